//! Largest entropy of the answer's next-token distributions, over the full vocabulary.

use super::Method;
use crate::evidence::Evidence;

/// Registry entry.
pub const METHOD: Method =
    Method { id: "max_token_entropy", name: "Max token entropy", citation: "folklore", needs: &[], passes: 0, score };

/// max ω_t; NaN without tokens.
pub fn score(evidence: &Evidence) -> f64 {
    evidence.tokens.iter().map(|t| t.entropy).fold(f64::NAN, f64::max)
}
