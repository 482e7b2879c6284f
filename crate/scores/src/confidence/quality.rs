//! How good a confidence is, with 95 % intervals: percentiles of a bootstrap over questions.

use crate::statistics::calibration::{brier, brier_skill, ece_debiased, equal_mass, sorted};
use crate::statistics::folds::SEED;
use crate::statistics::{auroc, order};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Bins of equal mass.
pub(super) const BINS: usize = 10;
/// Resamples behind the intervals.
const RESAMPLES: usize = 1000;

/// Measures of a confidence; NaN (null) where undefined.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quality {
    /// Questions it was measured on.
    pub questions: usize,
    /// Probability that a right answer has the higher confidence; of a method's map, that a wrong one has the higher
    /// score.
    pub auroc: f64,
    /// Its interval.
    pub auroc_interval: [f64; 2],
    /// Debiased expected calibration error, ten bins of equal mass.
    pub ece: f64,
    /// Mean squared distance from the outcome.
    pub brier: f64,
    /// 1 − Brier / Brier of the base rate.
    pub skill: f64,
    /// Its interval.
    pub skill_interval: [f64; 2],
}

impl Default for Quality {
    fn default() -> Self {
        let (nan, none) = (f64::NAN, [f64::NAN; 2]);
        Self { questions: 0, auroc: nan, auroc_interval: none, ece: nan, brier: nan, skill: nan, skill_interval: none }
    }
}

impl Quality {
    /// Of confidences, without intervals.
    pub fn of(confidence: &[f64], right: &[bool]) -> Self {
        Self {
            questions: right.len(),
            auroc: auroc(confidence, right),
            ece: ece_debiased(&equal_mass(&sorted(confidence, right), BINS)),
            brier: brier(confidence, right),
            skill: brier_skill(confidence, right),
            ..Self::default()
        }
    }

    /// Of confidences, with intervals.
    pub fn with_intervals(confidence: &[f64], right: &[bool]) -> Self {
        Self {
            auroc_interval: interval(confidence, right, auroc),
            skill_interval: interval(confidence, right, brier_skill),
            ..Self::of(confidence, right)
        }
    }
}

/// Percentile bootstrap of `measure`; resamples where it is undefined (one label only) are left out.
fn interval(confidence: &[f64], right: &[bool], measure: fn(&[f64], &[bool]) -> f64) -> [f64; 2] {
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    let n = right.len();
    let mut values = Vec::with_capacity(RESAMPLES);
    for _ in 0..if n > 0 { RESAMPLES } else { 0 } {
        let draw = (0..n).map(|_| random.random_range(0..n as u64) as usize).map(|i| (confidence[i], right[i]));
        let (p, r): (Vec<f64>, Vec<bool>) = draw.unzip();
        values.push(measure(&p, &r));
    }
    values.retain(|value| value.is_finite());
    let order = order(&values);
    let at = |share: f64| order.get((share * order.len() as f64) as usize).map_or(f64::NAN, |&i| values[i]);
    [at(0.025), at(0.975)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_hold_the_value() {
        let confidence: Vec<f64> = (0..300).map(|i| f64::from(i) / 300.0).collect();
        let right: Vec<bool> = (0..300).map(|i| (i * 7919) % 300 < i).collect();
        let quality = Quality::with_intervals(&confidence, &right);
        for (value, [low, high]) in [(quality.auroc, quality.auroc_interval), (quality.skill, quality.skill_interval)] {
            assert!(low < value && value < high && high - low < 0.25, "{low} {value} {high}");
        }
        assert!(quality.ece < 0.03 && quality.skill > 0.2);
        // Hanley and McNeil's standard error of an AUROC of 0.84 with 150 of each is 0.023.
        let width = quality.auroc_interval[1] - quality.auroc_interval[0];
        assert!((width / 3.92 - 0.023).abs() < 0.004, "{width}");
    }

    #[test]
    fn undefined_is_nan() {
        let quality = Quality::with_intervals(&[0.3, 0.4], &[true, true]);
        assert!(quality.auroc.is_nan() && quality.auroc_interval[0].is_nan() && quality.skill.is_nan());
        assert!(Quality::with_intervals(&[], &[]).brier.is_nan());
    }
}
