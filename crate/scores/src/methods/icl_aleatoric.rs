//! In-context uncertainty of the data: how much the label hangs on the choice of demonstrations (arXiv 2402.10189 §3).
//!
//! Mutual information B of label and demonstration set; formulas and names are explained at `icl_epistemic`.

use super::icl_epistemic;
use super::method::Method;
use super::need::Need;
use crate::evidence::Evidence;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "icl_aleatoric",
    name: "ICL aleatoric (B)",
    citation: "arXiv 2402.10189",
    needs: &[Need::Demonstrations],
    passes: 4,
    settings: &[("smoothing", icl_epistemic::SMOOTHING)],
    note: "The paper calls A epistemic and B aleatoric, and so do the ids; its code returns them under each other's \
           name. Columns are scaled before TU, which keeps B from falling below 0; the code sums them as they are.",
    score,
};

/// B, total entropy minus mean entropy; NaN without demonstrations or when rows differ in length.
fn score(evidence: &Evidence) -> f64 {
    icl_epistemic::decompose(evidence).1
}
