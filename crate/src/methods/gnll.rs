//! G-NLL: negative log-likelihood of the greedy answer (arXiv 2412.15176). Grows with length by design.

use super::Method;
use crate::evidence::Evidence;

/// Registry entry.
pub const METHOD: Method =
    Method { id: "gnll", name: "G-NLL", citation: "arXiv 2412.15176", needs: &[], passes: 0, score };

/// −Σ ln p_t.
pub fn score(evidence: &Evidence) -> f64 {
    -evidence.tokens.iter().map(|t| t.logprob).sum::<f64>()
}
