//! How much a number could differ on other questions: the nonparametric bootstrap over questions (Efron 1979).

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Share of the resamples that an interval leaves out on each side.
const TAIL: f64 = 0.025;
/// Share of the resamples that must have a value.
const DEFINED: f64 = 0.9;

/// `count` draws of n out of n questions with replacement: how often each question was drawn, `[resample][question]`. The
/// same seed gives the same draws, so that methods are compared on the same questions.
pub fn resamples(n: usize, count: usize, seed: u64) -> Vec<Vec<usize>> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut draw = || {
        let mut times = vec![0; n];
        (0..n).for_each(|_| times[random.random_range(0..n)] += 1);
        times
    };
    (0..count).map(|_| draw()).collect()
}

/// The percentile interval of 95 %. Resamples without a value (one class only) are left out; none when these are more than
/// a tenth.
pub fn interval(values: &[f64]) -> Option<[f64; 2]> {
    let mut defined: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
    defined.sort_by(f64::total_cmp);
    let enough = !defined.is_empty() && defined.len() as f64 >= DEFINED * values.len() as f64;
    enough.then(|| [quantile(&defined, TAIL), quantile(&defined, 1.0 - TAIL)])
}

/// The pivotal interval, 2θ − percentiles, for what resampling biases: the error of a resample has the noise of its bins
/// twice, so that the percentiles alone lie above the estimate (Kumar, Liang and Ma 2019 do the same). Not below `least`.
pub fn pivotal(value: f64, values: &[f64], least: f64) -> Option<[f64; 2]> {
    interval(values).map(|[low, high]| [2.0 * value - high, 2.0 * value - low].map(|end| end.max(least)))
}

/// Two-sided p-value that a difference is 0: twice the smaller share of resamples on either side of it, no smaller than
/// the number of resamples can tell (Davison and Hinkley 1997, §4.4). NaN without values.
pub fn p_value(differences: &[f64]) -> f64 {
    let defined = differences.iter().filter(|difference| !difference.is_nan());
    let (mut below, mut above, mut all) = (0, 0, 0);
    for &difference in defined {
        all += 1;
        below += usize::from(difference <= 0.0);
        above += usize::from(difference >= 0.0);
    }
    match all {
        0 => f64::NAN,
        _ => (2.0 * (below.min(above) + 1) as f64 / (all + 1) as f64).min(1.0),
    }
}

/// The quantile of sorted numbers, interpolated linearly as numpy does.
fn quantile(sorted: &[f64], q: f64) -> f64 {
    let place = q * (sorted.len() - 1) as f64;
    let (low, high) = (sorted[place as usize], sorted[place.ceil() as usize]);
    low + (high - low) * place.fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_has_its_normal_interval() {
        // 200 answers, 30 % right: 1.96·√(0.3·0.7/200) = 0.0635.
        let means: Vec<f64> =
            resamples(200, 4000, 1).iter().map(|times| times.iter().take(60).sum::<usize>() as f64 / 200.0).collect();
        let [low, high] = interval(&means).unwrap();
        assert!((low - 0.2365).abs() < 0.006 && (high - 0.3635).abs() < 0.006, "{low} {high}");
        // The difference to 0.25 has z = 1.54: p = 0.12.
        let p = p_value(&means.iter().map(|mean| mean - 0.25).collect::<Vec<_>>());
        assert!((p - 0.12).abs() < 0.03, "{p}");
        assert_eq!(p_value(&means), 2.0 / 4001.0);
        assert_eq!(p_value(&[0.0; 99]), 1.0);
    }

    #[test]
    fn draws_are_whole_and_repeatable() {
        let draws = resamples(17, 50, 3);
        assert!(draws.iter().all(|times| times.len() == 17 && times.iter().sum::<usize>() == 17));
        assert_eq!(draws, resamples(17, 50, 3));
        assert_ne!(draws, resamples(17, 50, 4));
        assert_eq!(resamples(0, 2, 0), [vec![0; 0], vec![0; 0]]);
    }

    #[test]
    fn edges() {
        assert_eq!(interval(&[]), None);
        assert_eq!(interval(&[1.0, f64::NAN]), None);
        assert_eq!(interval(&[2.0]), Some([2.0, 2.0]));
        assert!(p_value(&[f64::NAN]).is_nan());
        let values: Vec<f64> = (0..=1000).map(f64::from).collect();
        assert_eq!(interval(&values), Some([25.0, 975.0]));
        assert_eq!(pivotal(500.0, &values, 30.0), Some([30.0, 975.0]));
        assert_eq!(pivotal(400.0, &values, 0.0), Some([0.0, 775.0]));
    }
}
