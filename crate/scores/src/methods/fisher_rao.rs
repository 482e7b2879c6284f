//! Fisher–Rao distance of the next-token distributions from uniform at temperature 2, scaled to 0..1 (arXiv 2212.09171).

use super::method::Method;
use super::need::Need;
use super::support;
use crate::evidence::Evidence;
use std::f64::consts::PI;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "fisher_rao",
    name: "Fisher–Rao distance from uniform",
    citation: "arXiv 2212.09171",
    needs: &[Need::Shapes],
    settings: &[("temperature", 2.0)],
    note: "Far from uniform is sure, so the distance is negated; LM-Polygraph returns it as an uncertainty with its sign \
           kept.",
    score,
    ..Method::BASE
};

/// −(1/T) Σ (2/π)·arccos(Σ √(P₂/V)), −1..0.
fn score(evidence: &Evidence) -> f64 {
    -support::mean(evidence.shapes.iter().map(|shape| {
        let affinity = (shape.log_root_sum - 0.5 * (shape.vocab as f64).ln()).exp();
        // Rounding can exceed 1, where there is no arc; NaN stays.
        2.0 / PI * if affinity > 1.0 { 0.0 } else { affinity.acos() }
    })) + 0.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::tests::shaped;

    #[test]
    fn uniform_is_zero_and_the_peak_is_far() {
        assert!(METHOD.value(&shaped(&[[0.25; 4]; 3])).abs() < 1e-7);
        // One in four: arccos ½ = π/3.
        assert!((METHOD.value(&shaped(&[[1.0, 0.0, 0.0, 0.0]])) + 2.0 / 3.0).abs() < 1e-12);
        assert!(METHOD.value(&shaped::<4>(&[])).is_nan() && METHOD.value(&shaped(&[[f64::NAN; 4]])).is_nan());
    }
}
