//! When to abstain, so that what is answered is rarely wrong: Learn then Test (arXiv 2110.01052) with fixed-sequence
//! testing and exact binomial tails, that is Clopper–Pearson bounds.
//!
//! Other than the conformal threshold ([`super::conformal`]), which bounds wrong answers among all questions on average,
//! this bounds them among those *answered*, with probability 1 − δ over calibration sets.

/// Steps of the grid of thresholds between 0 and 1.
const STEPS: usize = 100;

/// The lowest confidence of a fixed grid down to which every threshold passes the test that at most the share `risk` of
/// what it answers is wrong; infinite when none does. Thresholds with too few answers to pass even without a mistake are
/// skipped: that depends on counts alone and leaves each test exact.
pub fn threshold(confidence: &[f64], right: &[bool], risk: f64, delta: f64) -> f64 {
    let mut lowest = f64::INFINITY;
    for step in (0..=STEPS).rev() {
        let threshold = step as f64 / STEPS as f64;
        let answered = confidence.iter().zip(right).filter(|(p, _)| **p >= threshold);
        let (n, wrong) = answered.fold((0, 0), |(n, wrong), (_, &right)| (n + 1, wrong + usize::from(!right)));
        if binomial_tail(n, 0, risk) > delta {
            continue;
        }
        if binomial_tail(n, wrong, risk) > delta {
            break;
        }
        lowest = threshold;
    }
    lowest
}

/// P(X ≤ k) for X ~ Binomial(n, p), 0 < p < 1. At most δ exactly where the Clopper–Pearson upper bound at 1 − δ for k of
/// n is at most p.
pub fn binomial_tail(n: usize, k: usize, p: f64) -> f64 {
    // In logarithms: (1 − p)ⁿ may be too small for a number.
    let odds = p.ln() - (-p).ln_1p();
    let mut term = n as f64 * (-p).ln_1p();
    let mut sum = term.exp();
    for i in 0..k.min(n) {
        term += ((n - i) as f64 / (i + 1) as f64).ln() + odds;
        sum += term.exp();
    }
    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    #[test]
    fn binomial_tails() {
        assert!((binomial_tail(10, 2, 0.3) - 0.3827827864).abs() < 1e-10);
        assert!((binomial_tail(29, 0, 0.1) - 0.9f64.powi(29)).abs() < 1e-12);
        assert!((binomial_tail(5, 5, 0.4) - 1.0).abs() < 1e-12);
        assert_eq!(binomial_tail(0, 0, 0.5), 1.0);
        // (1 − p)ⁿ underflows; half of the distribution lies below its mean.
        assert!((binomial_tail(20_000, 10_000, 0.5) - 0.5).abs() < 0.01);
    }

    #[test]
    fn passes_as_far_as_clopper_and_pearson_allow() {
        // 60 sure answers, none wrong; then 40 of which half are wrong.
        let confidence: Vec<f64> = (0..100).map(|i| if i < 60 { 0.9 } else { 0.4 }).collect();
        let right: Vec<bool> = (0..100).map(|i| i < 60 || i % 2 == 0).collect();
        // The upper bound for 0 of 60 is 1 − 0.05^(1/60) = 0.0487.
        assert_eq!(threshold(&confidence, &right, 0.05, 0.05), 0.41);
        assert_eq!(threshold(&confidence, &right, 0.048, 0.05), f64::INFINITY);
        // For 20 of 100 it is 0.277.
        assert_eq!(threshold(&confidence, &right, 0.28, 0.05), 0.0);
        assert_eq!(threshold(&confidence, &right, 0.27, 0.05), 0.41);
        assert_eq!(threshold(&[], &[], 0.5, 0.05), f64::INFINITY);
    }

    #[test]
    fn fails_at_most_as_often_as_said() {
        // P(wrong | p) = 1 − p, uniform p: of what is at least t, (1 − t)/2 are wrong.
        let mut random = ChaCha8Rng::seed_from_u64(5);
        let mut draw = || f64::from(random.random::<u32>()) * 2f64.powi(-32);
        let (mut failures, mut some) = (0, 0);
        for _ in 0..1000 {
            let confidence: Vec<f64> = (0..200).map(|_| draw()).collect();
            let right: Vec<bool> = confidence.iter().map(|&p| draw() < p).collect();
            let threshold = threshold(&confidence, &right, 0.2, 0.1);
            some += usize::from(threshold.is_finite());
            failures += usize::from(threshold.is_finite() && (1.0 - threshold) / 2.0 > 0.2);
        }
        assert!(failures <= 100 + 2 * 10, "{failures}");
        assert!(some > 600, "{some}");
    }
}
