//! SemGrad on the last hidden state before the last block alone (arXiv 2605.04638, ablation "only layer L−1").

use super::method::Method;
use super::need::Need;
use crate::evidence::Evidence;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "semgrad_last",
    name: "SemGrad, last layer",
    citation: "arXiv 2605.04638",
    needs: &[Need::LastHiddenGradient],
    passes: 1,
    note: "The paper's ablation \"only layer L−1\", nearly as good as the band.",
    score,
    ..Method::BASE
};

/// Mean |∂ℒ/∂h| at layer L−1.
fn score(evidence: &Evidence) -> f64 {
    evidence.layers.last().copied().flatten().unwrap_or(f64::NAN)
}
