//! HybridGrad: (1 − α)·SemGrad + α·ParaGrad with α = exp(−mean entropy) (arXiv 2605.04638 §3).
//!
//! Confident answers lean on the parameter gradient, uncertain ones on the semantic gradient. The extended form
//! (1 − α_τ)·SemGrad + β·α_τ·ParaGrad, α_τ = exp(−mean entropy / τ), weighs the two natural scales against each other.

use super::method::Method;
use super::need::Need;
use super::{paragrad, semgrad};
use crate::evidence::Evidence;

/// Weight β of ParaGrad's scale.
pub const BETA: f64 = 1.0;
/// Temperature τ of the entropy.
pub const TAU: f64 = 1.0;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "hybridgrad",
    name: "HybridGrad",
    citation: "arXiv 2605.04638",
    needs: &[Need::HiddenGradients, Need::HeadGradient],
    passes: 2,
    settings: &[("beta", BETA), ("tau", TAU)],
    note: "The two gradients are per scalar but on different natural scales; for another model look at both medians and \
           choose beta.",
    score,
};

/// The blend of the two gradients.
fn score(evidence: &Evidence) -> f64 {
    score_with(evidence, BETA, TAU)
}

/// The extended form.
pub(super) fn score_with(evidence: &Evidence, beta: f64, tau: f64) -> f64 {
    let alpha = (-evidence.mean_entropy() / tau).exp();
    (1.0 - alpha) * semgrad::score(evidence) + beta * alpha * paragrad::score(evidence)
}
