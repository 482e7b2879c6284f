//! When to abstain, so that wrong answers stay rare: conformal risk control (arXiv 2208.02814; for abstention
//! 2405.01563).
//!
//! A question costs 1 when it is answered (confidence at least λ) and wrong. Of n questions that are exchangeable with
//! the next one, λ̂ = inf{ λ : n/(n+1)·R̂(λ) + 1/(n+1) ≤ α } keeps its expected cost at α: the share of *all* questions
//! that are answered wrong. The infimum is taken over observed confidences: between two of them fewer questions would be
//! answered than the guarantee allows, never more.

use super::verdict::EVEN_ODDS;
use crate::statistics::calibration::sorted;
use crate::statistics::folds::{SEED, shuffle};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Random splits of [`splits`].
pub const SPLITS: usize = 200;

/// λ̂: answer where the confidence is at least this. Infinite where nothing may be answered, as always for
/// α < 1/(n + 1); −∞ where everything may.
pub fn threshold(confidence: &[f64], right: &[bool], alpha: f64) -> f64 {
    let order = sorted(confidence, right);
    // Wrong answers that n/(n+1)·R̂ + 1/(n+1) ≤ α leaves room for; the last term against rounding of α·(n + 1).
    let room = alpha * (order.len() + 1) as f64 - 1.0 + 1e-9;
    let (mut wrong, mut lowest) = (0, f64::INFINITY);
    if room < 0.0 {
        return lowest;
    }
    for tie in order.chunk_by(|a, b| a.0 == b.0).rev() {
        wrong += tie.iter().filter(|item| !item.1).count();
        if wrong as f64 > room {
            return lowest;
        }
        lowest = tie[0].0;
    }
    f64::NEG_INFINITY
}

/// What holds for this very calibration set, not on average over such sets: with probability 1 − δ its threshold's
/// expected cost is at most this (Hoeffding).
pub fn high_probability(alpha: f64, n: usize, delta: f64) -> f64 {
    let n = n as f64;
    alpha + (-delta.ln() / (2.0 * n)).sqrt() - (1.0 - alpha) / n
}

/// What thresholds of one half did on the other, on average over random splits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Split {
    /// Tolerated share of questions answered wrong.
    pub alpha: f64,
    /// Share of questions answered wrong.
    pub risk: f64,
    /// Standard error of the mean over the splits.
    pub risk_error: f64,
    /// Share of questions answered.
    pub coverage: f64,
    /// The same of a confidence that knows what is right.
    pub coverage_oracle: f64,
    /// The same of a confidence drawn at random.
    pub coverage_random: f64,
    /// `risk` of the verdict `answer`, which also takes [`EVEN_ODDS`].
    pub risk_answer: f64,
    /// `coverage` of it.
    pub coverage_answer: f64,
}

/// Thresholds of random halves, tried on the other halves.
pub fn splits(confidence: &[f64], right: &[bool], alphas: &[f64]) -> Vec<Split> {
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    // 2⁻³²: enough digits to tell questions apart.
    let drawn: Vec<f64> = right.iter().map(|_| f64::from(random.random::<u32>()) * 2f64.powi(-32)).collect();
    let oracle: Vec<f64> = drawn.iter().zip(right).map(|(d, &right)| d + f64::from(right)).collect();
    let mut order: Vec<usize> = (0..right.len()).collect();
    let mut sums = vec![[0.0; 7]; alphas.len()]; // risk, risk², coverage, of the oracle, at random, of the verdict
    for _ in 0..SPLITS {
        shuffle(&mut order, &mut random);
        let (calibration, test) = order.split_at(order.len() / 2);
        for (sum, &alpha) in sums.iter_mut().zip(alphas) {
            let tried = |scores: &[f64], least: f64| {
                let (s, r): (Vec<f64>, Vec<bool>) = calibration.iter().map(|&i| (scores[i], right[i])).unzip();
                let threshold = threshold(&s, &r, alpha).max(least);
                let answered: Vec<usize> = test.iter().copied().filter(|&i| scores[i] >= threshold).collect();
                let wrong = answered.iter().filter(|&&i| !right[i]).count();
                let n = test.len().max(1) as f64;
                (wrong as f64 / n, answered.len() as f64 / n)
            };
            let any = f64::NEG_INFINITY;
            let (risk, coverage) = tried(confidence, any);
            let (risk_answer, coverage_answer) = tried(confidence, EVEN_ODDS);
            let (oracle, drawn) = (tried(&oracle, any).1, tried(&drawn, any).1);
            let new = [risk, risk * risk, coverage, oracle, drawn, risk_answer, coverage_answer];
            sum.iter_mut().zip(new).for_each(|(sum, new)| *sum += new / SPLITS as f64);
        }
    }
    let split = |(&alpha, sums): (&f64, [f64; 7])| {
        let [risk, square, coverage, coverage_oracle, coverage_random, risk_answer, coverage_answer] = sums;
        let risk_error = ((square - risk * risk).max(0.0) / (SPLITS - 1) as f64).sqrt();
        Split { alpha, risk, risk_error, coverage, coverage_oracle, coverage_random, risk_answer, coverage_answer }
    };
    alphas.iter().zip(sums).map(split).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_thresholds() {
        // methods.md §13.
        let scores: Vec<f64> = (1..=9).map(|i| f64::from(i) / 10.0).collect();
        let right = [false, false, true, false, true, true, true, true, true];
        assert_eq!(threshold(&scores, &right, 0.25), 0.3);
        assert_eq!(threshold(&scores, &right, 0.05), f64::INFINITY, "1/(n + 1) is 0.1");
        assert_eq!(threshold(&scores, &right, 0.1), 0.5, "exactly 1/(n + 1): no wrong answer");
        assert_eq!(threshold(&scores, &right, 0.4), f64::NEG_INFINITY, "room for all three");
        assert_eq!(threshold(&[], &[], 0.5), f64::INFINITY);
        assert_eq!(threshold(&[], &[], 1.0), f64::NEG_INFINITY);
        // Ties are answered together, or not at all.
        assert_eq!(threshold(&[0.5; 9], &right, 0.25), f64::INFINITY);
        assert_eq!(threshold(&[0.5; 9], &right, 0.4), f64::NEG_INFINITY);
    }

    #[test]
    fn high_probability_bound() {
        // 0.1 + √(ln 20 / 400) − 0.9/200.
        assert!((high_probability(0.1, 200, 0.05) - 0.182041).abs() < 1e-6);
    }

    /// Confidences that hold, from a generator that is good enough here.
    fn calibrated(n: usize, seed: u64) -> (Vec<f64>, Vec<bool>) {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut draw = move || f64::from(random.random::<u32>()) * 2f64.powi(-32);
        let confidence: Vec<f64> = (0..n).map(|_| draw()).collect();
        let right = confidence.iter().map(|&p| draw() < p).collect();
        (confidence, right)
    }

    #[test]
    fn the_guarantee_holds_and_is_not_empty() {
        let (confidence, right) = calibrated(500, 3);
        for split in splits(&confidence, &right, &[0.05, 0.1, 0.2]) {
            assert!(split.risk <= split.alpha + 2.0 * split.risk_error, "{split:?}");
            assert!(split.risk >= split.alpha - 0.02, "no more cautious than needed: {split:?}");
            assert!(split.coverage_random < split.coverage && split.coverage < split.coverage_oracle, "{split:?}");
            assert!(split.coverage_oracle <= right.iter().filter(|&&r| r).count() as f64 / 500.0 + split.alpha + 0.03);
        }
        // On average over fresh calibration sets and fresh questions, too.
        let (mut risks, rounds) = (Vec::new(), 400);
        for round in 0..rounds {
            let (confidence, right) = calibrated(100, 1000 + round);
            let threshold = threshold(&confidence, &right, 0.1);
            let (confidence, right) = calibrated(200, 9000 + round);
            let wrong = confidence.iter().zip(&right).filter(|(p, r)| **p >= threshold && !**r).count();
            risks.push(wrong as f64 / 200.0);
        }
        let mean = risks.iter().sum::<f64>() / rounds as f64;
        let error = (risks.iter().map(|r| (r - mean).powi(2)).sum::<f64>() / (rounds * rounds) as f64).sqrt();
        assert!(mean <= 0.1 + 2.0 * error && mean > 0.08, "{mean} ± {error}");
    }

    #[test]
    fn the_verdict_answers_no_more_than_the_bound_allows() {
        // Confidences that hold and reach 0.4 at most: the bound of 0.2 lets answers pass, the verdict none.
        let (confidence, _) = calibrated(500, 4);
        let low: Vec<f64> = confidence.iter().map(|p| 0.4 * p).collect();
        let (drawn, _) = calibrated(500, 5);
        let right: Vec<bool> = low.iter().zip(&drawn).map(|(p, draw)| draw < p).collect();
        let split = splits(&low, &right, &[0.2])[0];
        assert!(split.coverage > 0.15 && split.risk > 0.1, "{split:?}");
        assert_eq!((split.coverage_answer, split.risk_answer), (0.0, 0.0));
        // With more, it answers what reaches one half: on average over halves, the share of all that does.
        let (confidence, right) = calibrated(2000, 3);
        for split in splits(&confidence, &right, &[0.05, 0.2]) {
            assert!(split.coverage_answer <= split.coverage && split.risk_answer <= split.risk, "{split:?}");
        }
        let strict = splits(&confidence, &right, &[0.05])[0];
        assert_eq!(
            (strict.coverage_answer, strict.risk_answer),
            (strict.coverage, strict.risk),
            "above one half anyway"
        );
        let lax = splits(&confidence, &right, &[0.2])[0];
        let sure = || confidence.iter().zip(&right).filter(|(p, _)| **p >= 0.5);
        let [coverage, risk] =
            [sure().count(), sure().filter(|(_, right)| !**right).count()].map(|n| n as f64 / 2000.0);
        assert!((lax.coverage_answer - coverage).abs() < 0.002 && (lax.risk_answer - risk).abs() < 0.002, "{lax:?}");
    }

    proptest! {
        #[test]
        fn less_risk_needs_more_confidence(
            data in prop::collection::vec((0u8..20, any::<bool>()), 0..60), a in 0.001f64..0.999, b in 0.001f64..0.999,
        ) {
            let (confidence, right): (Vec<f64>, Vec<bool>) = data.iter().map(|d| (f64::from(d.0) / 20.0, d.1)).unzip();
            let (strict, lax) = (threshold(&confidence, &right, a.min(b)), threshold(&confidence, &right, a.max(b)));
            prop_assert!(strict >= lax);
            // The definition itself.
            let n = right.len() as f64;
            let answered_wrong = confidence.iter().zip(&right).filter(|(p, r)| **p >= lax && !**r).count() as f64;
            prop_assert!(lax == f64::INFINITY || (answered_wrong + 1.0) / (n + 1.0) <= a.max(b) + 1e-9);
        }
    }
}
