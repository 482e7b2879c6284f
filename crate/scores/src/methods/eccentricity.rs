//! Eccentricity: how far the samples are from their center in the space of the graph's smoothest eigenvectors
//! (arXiv 2305.19187).

use super::method::Method;
use super::need::Need;
use super::support;
use super::support::graph::{normalized_laplacian, weights};
use crate::evidence::Evidence;
use crate::evidence::observed::Matrix;

/// Eigenvectors of smaller eigenvalues are kept.
pub const THRESHOLD: f64 = 0.9;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "eccentricity",
    name: "Eccentricity",
    citation: "arXiv 2305.19187",
    needs: &[Need::Entailment],
    settings: &[("threshold", THRESHOLD)],
    note: "W as in deg. UQ-NLG and LM-Polygraph agree, but for the NLI temperature of 3 in the first.",
    score,
    ..Method::BASE
};

/// ‖V − mean row‖, the columns of V being the eigenvectors with λ < 0.9; 0 when all samples are the same.
fn score(evidence: &Evidence) -> f64 {
    weights(evidence).map_or(f64::NAN, |w| of_graph(&w))
}

fn of_graph(w: &Matrix) -> f64 {
    let Some(eigen) = normalized_laplacian(w) else { return f64::NAN };
    let kept = eigen.values.iter().zip(&eigen.vectors).filter(|(value, _)| **value < THRESHOLD);
    let spread = kept.map(|(_, vector)| {
        let center = support::mean(vector.iter().copied());
        vector.iter().map(|v| (v - center).powi(2)).sum::<f64>()
    });
    spread.sum::<f64>().sqrt() + 0.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::tests::{BROKEN, NEVER, SURELY, graph, judged};

    #[test]
    fn known_value() {
        // methods.md §13: .900543 is excluded.
        assert!((of_graph(&graph()) - 1.000157).abs() < 1e-6);
    }

    #[test]
    fn edges() {
        let of = |n, entry: &dyn Fn(usize, usize) -> _| {
            METHOD.value(&Evidence { entailment: Some(judged(n, entry)), ..Evidence::default() })
        };
        assert!(of_graph(&vec![vec![1.0; 9]; 9]) < 1e-7);
        assert_eq!(of(2, &|_, _| NEVER), 0.0, "one sample");
        // Apart: four eigenvectors of 0, one for each sample, each √(1 − 1/4) away from its mean.
        assert!((of(5, &|_, _| NEVER) - 3f64.sqrt()).abs() < 1e-12);
        assert!(
            of(3, &|i, j| if i * j == 2 { BROKEN } else { SURELY }).is_nan()
                && METHOD.value(&Evidence::default()).is_nan()
        );
    }
}
