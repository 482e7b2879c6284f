//! ESI: how much the answer's token distributions move when the question is disturbed but means the same
//! (arXiv 2510.13103).
//!
//! Mean over perturbations and tokens of ω_t·H_t: the Hellinger distance of the distribution after the original and
//! after the perturbed question, weighted by the former's entropy. Ten questions with one character missing in 30 % of
//! the words; no sampling, one teacher-forced pass each. The paper's code keeps the 100 largest logits and fills in the
//! rest; here distances are over the whole vocabulary.

use super::method::Method;
use super::need::Need;
use crate::evidence::Evidence;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "esi",
    name: "ESI",
    citation: "arXiv 2510.13103",
    needs: &[Need::PerturbedDistributions],
    passes: 10,
    settings: &[("perturbations", 10.0), ("share", 0.3)],
    note: "Distances over the whole vocabulary; the code keeps 100 logits and fills the rest with a tenth of the \
           smallest. Own reading: words of three letters without digits lose a character.",
    score,
};

/// Mean entropy-weighted distance; NaN without perturbations, without tokens or when their numbers differ.
fn score(evidence: &Evidence) -> f64 {
    let tokens = &evidence.tokens;
    let rows = evidence.perturbed.as_ref().map(|p| p.hellinger.as_slice()).unwrap_or_default();
    let weighted = |row: &Vec<f64>| row.iter().zip(tokens).map(|(h, token)| h * token.entropy).sum::<f64>();
    rows.iter().map(weighted).sum::<f64>() / (rows.len() * tokens.len()) as f64
}

/// √(½ Σ (√p − √q)²), 0 for equal and 1 for disjoint distributions.
pub fn hellinger(p: &[f64], q: &[f64]) -> f64 {
    let squares = p.iter().zip(q).map(|(p, q)| (p.sqrt() - q.sqrt()).powi(2));
    (0.5 * squares.sum::<f64>()).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::distribution::TokenStatistics;
    use crate::evidence::observed::{Matrix, Perturbed};

    fn evidence(entropy: &[f64], hellinger: Matrix) -> Evidence {
        let token = |&entropy| TokenStatistics { entropy, ..TokenStatistics::default() };
        Evidence {
            tokens: entropy.iter().map(token).collect(),
            perturbed: Some(Perturbed { hellinger, ..Perturbed::default() }),
            ..Evidence::default()
        }
    }

    #[test]
    fn known_distance() {
        // methods.md §13.
        assert!((hellinger(&[0.7, 0.2, 0.1], &[0.5, 0.3, 0.2]) - 0.148397).abs() < 1e-6);
        assert_eq!(hellinger(&[1.0, 0.0], &[0.0, 1.0]), 1.0);
    }

    #[test]
    fn mean_over_perturbations_and_tokens() {
        let e = evidence(&[2.0, 0.5], vec![vec![0.1, 0.4], vec![0.3, 0.0]]);
        assert!((METHOD.value(&e) - (0.2 + 0.2 + 0.6 + 0.0) / 4.0).abs() < 1e-12);
        assert_eq!(METHOD.value(&evidence(&[0.0; 3], vec![vec![0.5; 3]; 10])), 0.0, "certain tokens carry no weight");
        assert_eq!(METHOD.value(&evidence(&[1.0], vec![vec![0.25]])), 0.25);
        assert!((METHOD.value(&evidence(&[1.0; 2000], vec![vec![0.25; 2000]; 10])) - 0.25).abs() < 1e-12);
    }

    #[test]
    fn edges() {
        for e in [
            Evidence::default(),
            evidence(&[1.0], Vec::new()),
            evidence(&[], vec![Vec::new()]),
            evidence(&[1.0, 1.0], vec![vec![0.1]]),
            evidence(&[1.0], vec![vec![f64::NAN]]),
        ] {
            assert!(METHOD.value(&e).is_nan());
        }
        assert!(!METHOD.value(&evidence(&[f64::INFINITY], vec![vec![0.1]])).is_finite());
    }
}
