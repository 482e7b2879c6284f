//! Kernel language entropy with the Matérn kernel (2ν/κ²·I + 𝓛)^(−ν) of the samples' graph (arXiv 2405.20003).

use super::method::Method;
use super::need::Need;
use super::support::graph::{graded, laplacian, von_neumann};
use crate::evidence::Evidence;
use crate::evidence::observed::Matrix;

/// Smoothness ν.
pub const SMOOTHNESS: f64 = 1.0;
/// Length scale κ.
pub const SCALE: f64 = 1.0;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "kle_matern",
    name: "Kernel language entropy, Matérn kernel",
    citation: "arXiv 2405.20003",
    needs: &[Need::Entailment],
    settings: &[("smoothness", SMOOTHNESS), ("scale", SCALE)],
    note: "ν = κ = 1 as the authors' code by default. Weights and scale as in kle_heat.",
    score,
    ..Method::BASE
};

/// −Σ λ ln λ of the normalized kernel, 0 … ln K.
fn score(evidence: &Evidence) -> f64 {
    graded(evidence).and_then(|w| of_graph(&w)).unwrap_or(f64::NAN)
}

fn of_graph(w: &Matrix) -> Option<f64> {
    let kernel = laplacian(w)?.map(|value| (2.0 * SMOOTHNESS / (SCALE * SCALE) + value).powf(-SMOOTHNESS));
    von_neumann(&kernel)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::tests::{NEVER, judged};

    #[test]
    fn two_answers_by_hand() {
        // L = [[w, −w], [−w, w]]; (2I + L)⁻¹ ∝ [[2 + w, w], [w, 2 + w]]; normalized off-diagonal r = w/(2 + w);
        // eigenvalues (1 ± r)/2.
        for w in [0.0, 0.5, 2.0] {
            let r: f64 = w / (2.0 + w);
            let want: f64 = [(1.0 + r) / 2.0, (1.0 - r) / 2.0].iter().map(|v| -v * v.ln()).sum();
            assert!((of_graph(&vec![vec![2.0, w], vec![w, 2.0]]).unwrap() - want).abs() < 1e-12);
        }
        let apart = Evidence { entailment: Some(judged(5, &|_, _| NEVER)), ..Evidence::default() };
        assert!((METHOD.value(&apart) - 4f64.ln()).abs() < 1e-12);
        assert!(METHOD.value(&Evidence::default()).is_nan());
    }
}
