//! The graph of the samples: what is near what, and how many meanings that makes (arXiv 2305.19187, 2405.20003).

use super::entropy;
use crate::evidence::Evidence;
use crate::evidence::observed::Matrix;
use crate::statistics::eigen::Eigen;

/// W `[K, K]`: probability of entailment, mean of both directions; 1 on the diagonal. `None` without the entailment
/// matrix.
pub fn weights(evidence: &Evidence) -> Option<Matrix> {
    let judged = evidence.entailment.as_ref()?;
    let weight = |i: usize, j: usize| if i == j { 1.0 } else { (judged[i][j].entail + judged[j][i].entail) / 2.0 };
    Some((1..judged.len()).map(|i| (1..judged.len()).map(|j| weight(i, j)).collect()).collect())
}

/// 2·W with half of neutral added to entailment, 0..2 (KLE); the diagonal cancels in the Laplacian.
pub fn graded(evidence: &Evidence) -> Option<Matrix> {
    let judged = evidence.entailment.as_ref()?;
    let half = |i: usize, j: usize| judged[i][j].entail + 0.5 * judged[i][j].neutral;
    let weight = |i: usize, j: usize| if i == j { 2.0 } else { half(i, j) + half(j, i) };
    Some((1..judged.len()).map(|i| (1..judged.len()).map(|j| weight(i, j)).collect()).collect())
}

/// I − D^(−1/2)·W·D^(−1/2), D the sums of the rows; eigenvalues 0..2, as many near 0 as there are meanings.
pub fn normalized_laplacian(w: &Matrix) -> Option<Eigen> {
    let roots: Vec<f64> = w.iter().map(|row| row.iter().sum::<f64>().sqrt()).collect();
    let entry = |i: usize, j: usize| f64::from(u8::from(i == j)) - w[i][j] / roots[i] / roots[j];
    Eigen::new((0..w.len()).map(|i| (0..w.len()).map(|j| entry(i, j)).collect()).collect())
}

/// D − W.
pub fn laplacian(w: &Matrix) -> Option<Eigen> {
    let degree = |row: &Vec<f64>| row.iter().sum::<f64>();
    let row = |(i, row): (usize, &Vec<f64>)| {
        row.iter().enumerate().map(|(j, v)| if i == j { degree(row) - v } else { -v }).collect()
    };
    Eigen::new(w.iter().enumerate().map(row).collect())
}

/// Entropy −Σ λ ln λ of a kernel over the answers, scaled to 1/n on its diagonal.
pub fn von_neumann(kernel: &Matrix) -> Option<f64> {
    let n = kernel.len();
    let entry = |i: usize, j: usize| kernel[i][j] / (kernel[i][i] * kernel[j][j]).sqrt() / n as f64;
    let eigen = Eigen::new((0..n).map(|i| (0..n).map(|j| entry(i, j)).collect()).collect())?;
    // The kernel is positive: what is below zero is rounding.
    Some(entropy(eigen.values.into_iter().filter(|&v| v > 0.0)))
}
