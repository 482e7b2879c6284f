//! Degree matrix: how far the samples are from each other on average (arXiv 2305.19187).

use super::method::Method;
use super::need::Need;
use super::support::graph::weights;
use crate::evidence::Evidence;
use crate::evidence::observed::Matrix;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "deg",
    name: "Degree matrix",
    citation: "arXiv 2305.19187",
    needs: &[Need::Entailment],
    note: "W = probability of entailment, symmetrized, 1 on the diagonal; divided by K² as LM-Polygraph. UQ-NLG divides by K \
           without symmetrizing, which ranks the same, and takes NLI logits at temperature 3.",
    score,
    ..Method::BASE
};

/// Σ (1 − w_ij) / K², 0 … 1 − 1/K.
fn score(evidence: &Evidence) -> f64 {
    weights(evidence).map_or(f64::NAN, |w| of_graph(&w))
}

fn of_graph(w: &Matrix) -> f64 {
    w.iter().flatten().map(|w| 1.0 - w).sum::<f64>() / (w.len() * w.len()) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::tests::{BROKEN, NEVER, SURELY, graph, judged};

    #[test]
    fn known_value() {
        // methods.md §13.
        assert!((of_graph(&graph()) - 0.422222).abs() < 1e-6);
    }

    #[test]
    fn edges() {
        let of = |n, entry: &dyn Fn(usize, usize) -> _| {
            METHOD.value(&Evidence { entailment: Some(judged(n, entry)), ..Evidence::default() })
        };
        assert_eq!((of(2, &|_, _| NEVER), of(4, &|_, _| SURELY)), (0.0, 0.0), "one sample; all the same");
        assert!((of(4, &|_, _| NEVER) - 2.0 / 3.0).abs() < 1e-15);
        assert!(of(3, &|i, j| if i * j == 2 { BROKEN } else { SURELY }).is_nan());
        assert!(of(1, &|_, _| SURELY).is_nan() && METHOD.value(&Evidence::default()).is_nan());
    }
}
