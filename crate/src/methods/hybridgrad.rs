//! HybridGrad: (1 − α)·SemGrad + α·ParaGrad with α = exp(−mean entropy) (arXiv 2605.04638 §3).
//!
//! Confident answers lean on the parameter gradient, uncertain ones on the semantic gradient.

use super::{Method, Need, paragrad, semgrad};
use crate::evidence::Evidence;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "hybridgrad",
    name: "HybridGrad",
    citation: "arXiv 2605.04638",
    needs: &[Need::HiddenGradients, Need::HeadGradient],
    passes: 2,
    score,
};

/// The blend of the two gradients.
pub fn score(evidence: &Evidence) -> f64 {
    let alpha = evidence.alpha();
    (1.0 - alpha) * semgrad::score(evidence) + alpha * paragrad::score(evidence)
}
