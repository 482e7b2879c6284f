//! What of a difference between two ways to abstain is noise: of the questions, and of the training's seed.

use crate::statistics::bootstrap::{interval, p_value};

/// Resamples behind an interval.
pub const RESAMPLES: usize = 1000;

/// A difference of two numbers of the same questions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// On the questions as they are.
    pub value: f64,
    /// Standard error: how much it varies from one resample of the questions to the next. NaN without resamples.
    pub error: f64,
    /// 95 % of the resamples lie in it.
    pub interval: Option<[f64; 2]>,
    /// Two-sided, that it is 0.
    pub p: f64,
}

/// `difference` of the questions and of their `resamples` (`statistics::bootstrap`), given how often each question counts.
/// Both systems see the same resample, so that what makes questions easy or hard for both is not counted as noise.
pub fn paired(questions: usize, resamples: &[Vec<usize>], difference: &dyn Fn(&[usize]) -> f64) -> Difference {
    let values: Vec<f64> = resamples.iter().map(|times| difference(times)).collect();
    Difference {
        value: difference(&vec![1; questions]),
        error: deviation(&values),
        interval: interval(&values),
        p: p_value(&values),
    }
}

/// A number that was measured with several seeds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mean {
    /// Mean; NaN of nothing.
    pub value: f64,
    /// Its standard error, √(Σ(x − mean)²/(n(n − 1))); NaN of fewer than two.
    pub error: f64,
}

/// Of one number a seed.
pub fn over_seeds(values: &[f64]) -> Mean {
    let n = values.len() as f64;
    Mean { value: values.iter().sum::<f64>() / n, error: deviation(values) / n.sqrt() }
}

/// Standard deviation of which these numbers are a sample; NaN of fewer than two.
fn deviation(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abstain::outcome::{Outcome, Tally};
    use crate::statistics::bootstrap::resamples;

    #[test]
    fn over_seeds_by_hand() {
        let found = over_seeds(&[0.5, 0.6, 0.7]);
        assert!((found.value - 0.6).abs() < 1e-12 && (found.error - 0.1 / 3f64.sqrt()).abs() < 1e-12);
        assert!(over_seeds(&[0.5]).error.is_nan() && over_seeds(&[0.5]).value == 0.5);
        assert!(over_seeds(&[]).value.is_nan());
    }

    #[test]
    fn noise_is_told_from_a_difference() {
        use Outcome::{Refused, Right, Wrong};
        let n = 400;
        let base: Vec<Outcome> = (0..n).map(|i| if i % 5 == 0 { Right } else { Wrong }).collect();
        // Two systems that refuse half of the questions without looking, and one that knows a little.
        let blind = |turn: usize| -> Vec<Outcome> {
            base.iter().enumerate().map(|(i, &o)| if (i / 5 + turn).is_multiple_of(2) { Refused } else { o }).collect()
        };
        let knows: Vec<Outcome> = base
            .iter()
            .enumerate()
            .map(|(i, &o)| if o == Wrong && i.is_multiple_of(2) { Refused } else { o })
            .collect();
        let draws = resamples(n, RESAMPLES, 0);
        let between = |a: &[Outcome], b: &[Outcome]| {
            let aed = |of: &[Outcome], times: &[usize]| Tally::drawn(of, times).aed();
            paired(n, &draws, &|times| aed(a, times) - aed(b, times))
        };
        let none = between(&blind(0), &blind(1));
        let [low, high] = none.interval.unwrap();
        assert!(none.value == 0.0 && low < 0.0 && high > 0.0 && none.p > 0.5 && none.error > 0.005, "{none:?}");
        let some = between(&knows, &blind(0));
        assert!(some.value < -4.0 * some.error && some.interval.unwrap()[1] < 0.0 && some.p < 0.01, "{some:?}");
        // A system differs from itself by nothing in any resample.
        let same = between(&knows, &knows);
        assert_eq!((same.value, same.error, same.interval, same.p), (0.0, 0.0, Some([0.0, 0.0]), 1.0));
    }
}
