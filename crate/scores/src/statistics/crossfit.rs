//! Probabilities for scores that are none: isotonic maps, each fitted without the answers it is applied to.

use super::isotonic;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Parts that the answers are divided into; each is mapped by what the others show.
pub const FOLDS: usize = 5;
/// Fewest answers with which that means something.
pub const LEAST: usize = 2 * FOLDS;

/// Probability of being right for every score (higher = less sure). Fitting and testing on the same answers would show a
/// calibration that nobody can have: isotonic regression reproduces its own data.
pub fn crossfit(scores: &[f64], right: &[bool]) -> Vec<f64> {
    let n = scores.len().min(right.len());
    let mut order: Vec<usize> = (0..n).collect();
    let mut random = ChaCha8Rng::seed_from_u64(0);
    (1..n).rev().for_each(|i| order.swap(i, random.random_range(0..=i)));
    let mut probabilities = vec![f64::NAN; n];
    for fold in 0..FOLDS {
        let others = || order.iter().enumerate().filter(|(place, _)| place % FOLDS != fold).map(|(_, &i)| i);
        let map = isotonic::fit(
            &others().map(|i| scores[i]).collect::<Vec<_>>(),
            &others().map(|i| right[i]).collect::<Vec<_>>(),
        );
        order.iter().skip(fold).step_by(FOLDS).for_each(|&i| probabilities[i] = map.apply(scores[i]));
    }
    probabilities
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::calibration::brier_skill;

    #[test]
    fn knows_what_a_score_knows_and_no_more() {
        let mut state = 5u64;
        let mut next = || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 11) as f64 / (1u64 << 53) as f64
        };
        let scores: Vec<f64> = (0..600).map(|_| next()).collect();
        let informed: Vec<bool> = scores.iter().map(|&score| next() > score).collect();
        let noise: Vec<bool> = scores.iter().map(|_| next() > 0.5).collect();
        let (known, unknown) = (crossfit(&scores, &informed), crossfit(&scores, &noise));
        // The skill of the true probabilities is 1 − (1/6)/(1/4) = 1/3.
        assert!((brier_skill(&known, &informed) - 1.0 / 3.0).abs() < 0.06);
        // On its own data the map would have skill here.
        let own = isotonic::fit(&scores, &noise);
        let own: Vec<f64> = scores.iter().map(|&score| own.apply(score)).collect();
        assert!(brier_skill(&own, &noise) > 0.005 && brier_skill(&unknown, &noise) < 0.0);
        assert!(known.iter().all(|p| (0.0..=1.0).contains(p)));
        assert!(crossfit(&[], &[]).is_empty());
    }
}
