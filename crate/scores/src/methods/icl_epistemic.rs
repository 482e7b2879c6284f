//! In-context uncertainty of the model: label entropy with the demonstrations held fixed (arXiv 2402.10189 §3).
//!
//! With M[c, j] the mass of label c under demonstration set j, columns scaled to sum 1: A = mean entropy of the
//! columns, total TU = entropy of their mean, B = TU − A the information that the demonstrations carry. The paper calls
//! A epistemic (the model decides) and B aleatoric (the demonstrations are data); its code returns them under each
//! other's name. Ids here follow the paper. The code sums unscaled columns for TU, by which B may fall below 0.

use super::method::Method;
use super::need::Need;
use super::support;
use crate::evidence::Evidence;
use crate::evidence::observed::Matrix;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "icl_epistemic",
    name: "ICL epistemic (A)",
    citation: "arXiv 2402.10189",
    needs: &[Need::Demonstrations],
    passes: 4,
    settings: &[("smoothing", SMOOTHING)],
    note: "The paper calls A epistemic and B aleatoric, and so do the ids; its code returns them under each other's \
           name. Columns are scaled before TU, which keeps B from falling below 0; the code sums them as they are.",
    score,
};

/// Added to every mass, as in the paper's code: a set under which no label was given says nothing, so all alike.
pub(super) const SMOOTHING: f64 = 1e-7;

/// A, mean entropy of the columns; NaN without demonstrations or when rows differ in length.
fn score(evidence: &Evidence) -> f64 {
    decompose(evidence).0
}

/// A and B.
pub(super) fn decompose(evidence: &Evidence) -> (f64, f64) {
    let masses: &[Vec<f64>] = evidence.demonstrations.as_deref().unwrap_or_default();
    let number = |m: &f64| m.is_finite() && *m >= 0.0;
    if !masses.iter().flatten().all(number) {
        return (f64::NAN, f64::NAN);
    }
    let sets = masses[0].len();
    let columns: Matrix = (0..sets).map(|j| distribution(masses.iter().map(|row| row[j] + SMOOTHING))).collect();
    let total = distribution((0..masses.len()).map(|c| columns.iter().map(|column| column[c]).sum()));
    let a = support::mean(columns.iter().map(|column| support::entropy(column.iter().copied())));
    // Entropy is concave; only rounding can make the difference negative.
    (a, (support::entropy(total.into_iter()) - a).max(0.0))
}

fn distribution(masses: impl Iterator<Item = f64> + Clone) -> Vec<f64> {
    let sum: f64 = masses.clone().sum();
    masses.map(|mass| mass / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::icl_aleatoric;

    fn evidence(masses: Matrix) -> Evidence {
        Evidence { demonstrations: Some(masses), ..Evidence::default() }
    }

    #[test]
    fn known_values() {
        // methods.md §13, columns (.8, .2) and (.3, .7); the scale of a column does not matter.
        for scale in [1.0, 0.25] {
            let e = evidence(vec![vec![0.8, 0.3 * scale], vec![0.2, 0.7 * scale]]);
            let (a, b) = decompose(&e);
            assert!((a - 0.555633).abs() < 1e-6 && (b - 0.132505).abs() < 1e-6 && (a + b - 0.688139).abs() < 2e-6);
            assert_eq!((METHOD.value(&e), icl_aleatoric::METHOD.value(&e)), (a, b));
        }
    }

    #[test]
    fn edges() {
        let (a, b) = decompose(&evidence(vec![vec![0.5], vec![0.25], vec![0.25]]));
        assert!((a - 1.5 * 2f64.ln()).abs() < 1e-6 && b == 0.0, "one set: nothing to disagree about");
        let (a, b) = decompose(&evidence(vec![vec![0.0; 3]; 4]));
        assert!((a - 4f64.ln()).abs() < 1e-12 && b < 1e-12, "no label anywhere: uniform");
        let (a, b) = decompose(&evidence(vec![vec![1.0, 0.0], vec![0.0, 1.0]]));
        assert!(a < 1e-5 && (b - 2f64.ln()).abs() < 1e-5, "sure, and swayed by the demonstrations");
        let (a, b) = decompose(&evidence(vec![vec![1.0; 4]]));
        assert_eq!((a, b), (0.0, 0.0), "one label");
        for masses in [
            Vec::new(),
            vec![Vec::new()],
            vec![vec![1.0, 0.0], vec![0.0]],
            vec![vec![f64::NAN]],
            vec![vec![f64::INFINITY], vec![1.0]],
            vec![vec![-1.0], vec![2.0]],
        ] {
            assert!(METHOD.value(&evidence(masses)).is_nan());
        }
        assert!(icl_aleatoric::METHOD.value(&Evidence::default()).is_nan());
    }
}
