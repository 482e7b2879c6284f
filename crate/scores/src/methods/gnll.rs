//! G-NLL: negative log-likelihood of the greedy answer (arXiv 2412.15176). Grows with length by design.

use super::method::Method;
use crate::evidence::Evidence;

/// Registry entry.
pub const METHOD: Method = Method { id: "gnll", name: "G-NLL", citation: "arXiv 2412.15176", score, ..Method::BASE };

/// −Σ ln p_t; NaN without tokens.
pub(super) fn score(evidence: &Evidence) -> f64 {
    if evidence.tokens.is_empty() {
        return f64::NAN;
    }
    // Not −0 for a certain answer.
    0.0 - evidence.tokens.iter().map(|t| t.logprob).sum::<f64>()
}
