//! SemGrad: how strongly the answer depends on the question's meaning (arXiv 2605.04638 §3).
//!
//! Mean |∂ℒ/∂h| at the semantic token over the upper half of the layers. The paper sums over tokens and takes layers
//! L/2+1..L−1; as in its code, tokens are averaged and layers are L−⌊L/2⌋..L−1.

use super::method::Method;
use super::need::Need;
use crate::evidence::Evidence;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "semgrad",
    name: "SemGrad",
    citation: "arXiv 2605.04638",
    needs: &[Need::HiddenGradients],
    passes: 2,
    note: "Tokens averaged and layers L−⌊L/2⌋..L−1 as the authors' code, which presumably made the published numbers; the \
           paper sums over tokens and takes layers L/2+1..L−1.",
    score,
    ..Method::BASE
};

/// Mean over the upper half; NaN when a layer is missing.
pub(super) fn score(evidence: &Evidence) -> f64 {
    let layers = evidence.layers.len();
    let upper = &evidence.layers[layers - layers / 2..];
    upper.iter().map(|g| g.unwrap_or(f64::NAN)).sum::<f64>() / upper.len() as f64
}
