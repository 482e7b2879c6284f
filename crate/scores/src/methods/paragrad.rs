//! ParaGrad: entropy-weighted gradient at the head's weights (arXiv 2605.04638 §3), in closed form.
//!
//! The head's use as head only; with tied weights the paper's code adds the embedding path.

use super::method::Method;
use super::need::Need;
use crate::evidence::Evidence;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "paragrad",
    name: "ParaGrad",
    citation: "arXiv 2605.04638",
    needs: &[Need::HeadGradient],
    passes: 1,
    note: "The head's use as head. With tied weights the authors' code adds the embedding path.",
    score,
    ..Method::BASE
};

/// Mean |∂ℒ/∂W| over the head's weights.
pub(super) fn score(evidence: &Evidence) -> f64 {
    evidence.paragrad.unwrap_or(f64::NAN)
}
