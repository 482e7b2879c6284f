//! Largest entropy of the answer's next-token distributions, over the full vocabulary.

use super::method::Method;
use super::support;
use crate::evidence::Evidence;

/// Registry entry.
pub const METHOD: Method =
    Method { id: "max_token_entropy", name: "Max token entropy", citation: "folklore", score, ..Method::BASE };

/// max ω_t; NaN without tokens or when one is no number.
fn score(evidence: &Evidence) -> f64 {
    support::max(evidence.tokens.iter().map(|t| t.entropy))
}
