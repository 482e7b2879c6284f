//! ExGrad: gradient of the mean negative log-likelihood at the head's weights; ParaGrad without entropy weights.

use super::method::Method;
use super::need::Need;
use crate::evidence::Evidence;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "exgrad",
    name: "ExGrad",
    citation: "baseline of arXiv 2605.04638",
    needs: &[Need::PlainHeadGradient],
    passes: 1,
    note: "As paragrad, without the weight of the token entropies.",
    score,
    ..Method::BASE
};

/// Mean |∂ℒ/∂W| over the head's weights, ω = 1.
fn score(evidence: &Evidence) -> f64 {
    evidence.exgrad.unwrap_or(f64::NAN)
}
