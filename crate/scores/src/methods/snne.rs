//! SNNE, semantic nearest neighbor entropy: how similar the samples are to each other, soft neighbors counted instead of
//! clusters (arXiv 2506.00245). Needs no model: the similarity is ROUGE-L.

use super::method::Method;
use super::need::Need;
use super::support;
use crate::evidence::Evidence;
use crate::evidence::observed::Matrix;
use crate::lexical::{Measure, similarity};

/// Temperature τ of the similarities.
pub const TAU: f64 = 1.0;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "snne",
    name: "SNNE",
    citation: "arXiv 2506.00245",
    needs: &[Need::SampleTexts],
    settings: &[("tau", TAU)],
    note: "τ = 1 as the paper; the released script picks the best of four on the evaluated data. ROUGE-L, the paper's best \
           similarity, that of a sample to itself included. Unweighted, not WSNNE.",
    score,
    ..Method::BASE
};

/// −(1/K) Σ_i ln Σ_j exp(sim(s_i, s_j)/τ).
fn score(evidence: &Evidence) -> f64 {
    evidence.sample_texts().map_or(f64::NAN, |texts| of_graph(&similarity(Measure::RougeL, &texts)))
}

fn of_graph(w: &Matrix) -> f64 {
    let row = |row: &Vec<f64>| support::log_sum_exp(&row.iter().map(|s| s / TAU).collect::<Vec<_>>());
    -support::mean(w.iter().map(row))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::tests::{graph, spoken};

    #[test]
    fn known_value() {
        // methods.md §13.
        assert!((of_graph(&graph()) + 1.745729).abs() < 1e-6);
    }

    #[test]
    fn edges() {
        assert_eq!(METHOD.value(&spoken("", &["one"])), -1.0);
        assert!((METHOD.value(&spoken("", &["yes"; 10])) + (10f64.ln() + 1.0)).abs() < 1e-12, "surest");
        let apart = -(1f64.exp() + 2.0).ln();
        assert!((METHOD.value(&spoken("", &["yes", "ja", "да"])) - apart).abs() < 1e-12);
        assert!(METHOD.value(&spoken("", &[])).is_nan());
    }
}
