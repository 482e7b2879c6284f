//! EigenScore (INSIDE): log-determinant of the covariance of the samples' inner states (arXiv 2402.03744).

use super::method::Method;
use super::need::Need;
use super::support;
use crate::evidence::Evidence;
use crate::evidence::observed::Matrix;
use crate::statistics::eigen::Eigen;

/// Added to the diagonal.
pub const ALPHA: f64 = 0.001;
/// Least eigenvalue, for the logarithm.
pub const FLOOR: f64 = 1e-10;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "eigenscore",
    name: "EigenScore",
    citation: "arXiv 2402.03744",
    needs: &[Need::Covariance],
    settings: &[("alpha", ALPHA), ("floor", FLOOR)],
    note: "Covariance X·J·Xᵀ/(d − 1) + αI as the authors' and the SemGrad code; LM-Polygraph leaves d − 1 out, beside which \
           α weighs less. Natural logarithm, the authors' code has log₁₀. Floor as LM-Polygraph. The paper's feature \
           clipping is not part of it. Paper: 10 samples at temperature 0.5.",
    score,
    ..Method::BASE
};

/// (1/K) Σ ln λ_i(Σ + αI).
fn score(evidence: &Evidence) -> f64 {
    evidence.covariance.as_ref().map_or(f64::NAN, of_covariance)
}

fn of_covariance(covariance: &Matrix) -> f64 {
    let entry = |i: usize, j: usize| covariance[i][j] + if i == j { ALPHA } else { 0.0 };
    let n = covariance.len();
    let shifted = (0..n).map(|i| (0..n).map(|j| entry(i, j)).collect()).collect();
    let Some(eigen) = Eigen::new(shifted) else { return f64::NAN };
    support::mean(eigen.values.iter().map(|value| value.max(FLOOR).ln()))
}

/// X·J·Xᵀ/(d − 1) of sentence vectors X `[K, d]`, J = I − 11ᵀ/d: what the evidence holds. In double precision; NaN for
/// d = 1.
pub fn covariance(vectors: &[Vec<f32>]) -> Matrix {
    let centered = vectors.iter().map(|x| {
        let center = support::mean(x.iter().map(|&v| f64::from(v)));
        x.iter().map(|&v| f64::from(v) - center).collect()
    });
    let centered: Vec<Vec<f64>> = centered.collect();
    let product =
        |x: &Vec<f64>, y: &Vec<f64>| x.iter().zip(y).map(|(a, b)| a * b).sum::<f64>() / (x.len() as f64 - 1.0);
    centered.iter().map(|x| centered.iter().map(|y| product(x, y)).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values() {
        // methods.md §13; single precision of the vectors is what the tolerance allows for.
        let x: Vec<Vec<f32>> = (0..3).map(|i| (0..4).map(|j| ((4 * i + j + 1) as f32).sin()).collect()).collect();
        let sigma = covariance(&x);
        assert!((of_covariance(&sigma) + 2.626728).abs() < 2e-6);
        let unscaled = sigma.iter().map(|row| row.iter().map(|v| 3.0 * v).collect()).collect();
        assert!((of_covariance(&unscaled) + 1.895347).abs() < 2e-6);
    }

    #[test]
    fn edges() {
        let same = covariance(&vec![vec![1.0, 2.0, 4.0]; 3]);
        let trace = 3.0 * same[0][0];
        let want = ((trace + ALPHA).ln() + 2.0 * ALPHA.ln()) / 3.0;
        assert!((of_covariance(&same) - want).abs() < 1e-6, "rank one");
        assert_eq!(of_covariance(&vec![vec![0.0]]), ALPHA.ln());
        assert!(of_covariance(&vec![vec![f64::NAN; 2]; 2]).is_nan());
        assert!(of_covariance(&covariance(&[vec![1.0]])).is_nan());
        let e = |covariance| Evidence { covariance, ..Evidence::default() };
        assert!(METHOD.value(&e(None)).is_nan() && METHOD.value(&e(Some(vec![]))).is_nan());
        assert!(METHOD.value(&e(Some(vec![vec![1.0, 0.0]]))).is_nan(), "not square");
    }
}
