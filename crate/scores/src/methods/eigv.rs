//! EigV: sum of the eigenvalues of the samples' graph Laplacian, a soft count of meanings (arXiv 2305.19187).

use super::method::Method;
use super::need::Need;
use super::support::graph::{normalized_laplacian, weights};
use crate::evidence::Evidence;
use crate::evidence::observed::Matrix;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "eigv",
    name: "EigV",
    citation: "arXiv 2305.19187",
    needs: &[Need::Entailment],
    note: "W as in deg. UQ-NLG takes NLI logits at temperature 3.",
    score,
    ..Method::BASE
};

/// Σ max(0, 1 − λ) over the eigenvalues of I − D^(−1/2)·W·D^(−1/2), 1 … K.
fn score(evidence: &Evidence) -> f64 {
    weights(evidence).map_or(f64::NAN, |w| of_graph(&w))
}

pub(super) fn of_graph(w: &Matrix) -> f64 {
    let eigen = normalized_laplacian(w);
    eigen.map_or(f64::NAN, |eigen| eigen.values.iter().map(|value| (1.0 - value).max(0.0)).sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::tests::{BROKEN, NEVER, SURELY, graph, judged};

    #[test]
    fn known_value() {
        // methods.md §13.
        assert!((of_graph(&graph()) - 1.795547).abs() < 1e-6);
        let mut values = normalized_laplacian(&graph()).unwrap().values;
        values.sort_by(f64::total_cmp);
        for (got, want) in values.iter().zip([0.0, 0.303910, 0.900543]) {
            assert!((got - want).abs() < 1e-6);
        }
    }

    #[test]
    fn edges() {
        let of = |n, entry: &dyn Fn(usize, usize) -> _| {
            METHOD.value(&Evidence { entailment: Some(judged(n, entry)), ..Evidence::default() })
        };
        let near = |got: f64, want: f64| assert!((got - want).abs() < 1e-12, "{got} is not {want}");
        near(of(2, &|_, _| NEVER), 1.0);
        near(of(11, &|_, _| SURELY), 1.0);
        near(of(11, &|_, _| NEVER), 10.0);
        near(of(7, &|i, j| if (i < 4) == (j < 4) { SURELY } else { NEVER }), 2.0);
        assert!(of(3, &|i, j| if i * j == 2 { BROKEN } else { SURELY }).is_nan());
        assert!(METHOD.value(&Evidence::default()).is_nan());
    }
}
