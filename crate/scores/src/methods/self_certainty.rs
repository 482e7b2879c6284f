//! Self-certainty: how far the next-token distributions are from uniform (arXiv 2502.18581).

use super::method::Method;
use super::need::Need;
use super::support;
use crate::evidence::Evidence;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "self_certainty",
    name: "Self-certainty",
    citation: "arXiv 2502.18581",
    needs: &[Need::Shapes],
    note: "A certainty, negated. LM-Polygraph leaves tokens of probability zero out of mean and vocabulary.",
    score,
    ..Method::BASE
};

/// −(1/T) Σ KL(uniform ‖ P_t) ≤ 0.
fn score(evidence: &Evidence) -> f64 {
    support::mean(
        evidence.shapes.iter().map(|shape| support::at_most_zero(shape.mean_logprob + (shape.vocab as f64).ln())),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::tests::shaped;

    #[test]
    fn uniform_is_zero_and_the_peak_is_far() {
        assert!(METHOD.value(&shaped(&[[0.25; 4]; 3])).abs() < 1e-15);
        // KL(uniform ‖ P) = −ln 4 − (ln .7 + 3·ln .1)/4.
        let want = 4f64.ln() + (0.7f64.ln() + 3.0 * 0.1f64.ln()) / 4.0;
        assert!((METHOD.value(&shaped(&[[0.7, 0.1, 0.1, 0.1]])) - want).abs() < 1e-12 && want < 0.0);
        assert!(METHOD.value(&shaped::<4>(&[])).is_nan() && METHOD.value(&shaped(&[[f64::NAN; 4]])).is_nan());
        assert_eq!(METHOD.value(&shaped(&[[1.0, 0.0, 0.0, 0.0]])), f64::NEG_INFINITY);
    }
}
