//! Mean entropy of the answer's next-token distributions, over the full vocabulary.

use super::method::Method;
use crate::evidence::Evidence;

/// Registry entry.
pub const METHOD: Method =
    Method { id: "mean_token_entropy", name: "Mean token entropy", citation: "folklore", score, ..Method::BASE };

/// (1/T) Σ ω_t.
fn score(evidence: &Evidence) -> f64 {
    evidence.mean_entropy()
}
