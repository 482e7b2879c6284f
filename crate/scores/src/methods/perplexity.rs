//! Perplexity of the answer: exp of its mean negative log-likelihood.

use super::gnll;
use super::method::Method;
use crate::evidence::Evidence;

/// Registry entry.
pub const METHOD: Method = Method { id: "perplexity", name: "Perplexity", citation: "folklore", score, ..Method::BASE };

/// exp(−(1/T) Σ ln p_t); NaN without tokens.
fn score(evidence: &Evidence) -> f64 {
    (gnll::score(evidence) / evidence.tokens.len() as f64).exp()
}
