//! Rényi divergence of the next-token distributions from uniform, order ½ at temperature 2 (arXiv 2212.09171).

use super::method::Method;
use super::need::Need;
use super::support;
use crate::evidence::Evidence;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "renyi",
    name: "Rényi divergence from uniform",
    citation: "arXiv 2212.09171",
    needs: &[Need::Shapes],
    settings: &[("order", 0.5), ("temperature", 2.0)],
    note: "Far from uniform is sure, so the divergence is negated. LM-Polygraph returns it as an uncertainty with its sign \
           kept and the term of the vocabulary's size subtracted instead of added: ours is −(theirs + 2 ln V).",
    score,
    ..Method::BASE
};

/// −(1/T) Σ D_½(P₂ ‖ uniform) ≤ 0, D_½ = ln V − 2 ln Σ √P₂.
fn score(evidence: &Evidence) -> f64 {
    support::mean(
        evidence.shapes.iter().map(|shape| support::at_most_zero(2.0 * shape.log_root_sum - (shape.vocab as f64).ln())),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::tests::shaped;

    #[test]
    fn uniform_is_zero_and_the_peak_is_ln_v() {
        assert!(METHOD.value(&shaped(&[[0.25; 4]; 3])).abs() < 1e-14);
        assert!((METHOD.value(&shaped(&[[1.0, 0.0, 0.0, 0.0]])) + 4f64.ln()).abs() < 1e-14);
        // P₂ ∝ √P: (.7, .1, .1, .1) becomes (.468627, .177124, .177124, .177124).
        let want = 2.0 * (0.468627f64.sqrt() + 3.0 * 0.177124f64.sqrt()).ln() - 4f64.ln();
        assert!((METHOD.value(&shaped(&[[0.7, 0.1, 0.1, 0.1]])) - want).abs() < 1e-5);
        assert!(METHOD.value(&shaped::<4>(&[])).is_nan() && METHOD.value(&shaped(&[[f64::NAN; 4]])).is_nan());
    }
}
