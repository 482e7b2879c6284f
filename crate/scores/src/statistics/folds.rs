//! Cross-fitting: a prediction for every question by a model that did not see it.

use crate::error::Result;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Folds of every cross-validation here.
pub const FOLDS: usize = 5;
/// The same folds every time.
pub const SEED: u64 = 0;

/// An order drawn at random (Fisher and Yates).
pub fn shuffle<T>(list: &mut [T], random: &mut ChaCha8Rng) {
    for i in (1..list.len()).rev() {
        list.swap(i, random.random_range(0..=i as u64) as usize);
    }
}

/// The fold of each question, by strata numbered from 0: members of a stratum are dealt out in random order, each stratum going on where the one
/// before stopped, so that folds have about equal sizes and equal shares of every stratum.
pub fn folds(strata: &[usize]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..strata.len()).collect();
    shuffle(&mut order, &mut ChaCha8Rng::seed_from_u64(SEED));
    let (mut folds, mut dealt) = (vec![0; strata.len()], 0);
    for stratum in 0..=strata.iter().copied().max().unwrap_or_default() {
        for &i in order.iter().filter(|&&i| strata[i] == stratum) {
            folds[i] = dealt % FOLDS;
            dealt += 1;
        }
    }
    folds
}

/// What a fold's model says about a question.
pub type Predict<'a> = Box<dyn Fn(usize) -> f64 + 'a>;

/// Predictions for all questions, each by what `fit` made of the other folds.
///
/// # Errors
/// Those of `fit`.
pub fn cross_fit<'a>(folds: &[usize], fit: &dyn Fn(&[usize]) -> Result<Predict<'a>>) -> Result<Vec<f64>> {
    let mut predictions = vec![f64::NAN; folds.len()];
    for fold in 0..FOLDS {
        let (test, train): (Vec<usize>, Vec<usize>) = (0..folds.len()).partition(|&i| folds[i] == fold);
        let predict = fit(&train)?;
        for i in test {
            predictions[i] = predict(i);
        }
    }
    Ok(predictions)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strata_are_shared_out_evenly() {
        let strata: Vec<usize> = (0..103).map(|i| i % 7 % 3).collect();
        let folds = folds(&strata);
        assert_eq!(folds, super::folds(&strata));
        for fold in 0..FOLDS {
            let size = folds.iter().filter(|&&f| f == fold).count();
            assert!((20..=21).contains(&size));
            for stratum in 0..3 {
                let all = strata.iter().filter(|&&s| s == stratum).count();
                let here = (0..103).filter(|&i| folds[i] == fold && strata[i] == stratum).count();
                assert!((all / FOLDS..=all / FOLDS + 1).contains(&here));
            }
        }
    }

    #[test]
    fn nobody_is_predicted_by_a_model_that_saw_it() {
        let folds = folds(&[0; 23]);
        let seen = |train: &[usize]| -> Result<Predict<'static>> {
            let train = train.to_vec();
            Ok(Box::new(move |i| f64::from(train.contains(&i))))
        };
        assert_eq!(cross_fit(&folds, &seen).unwrap(), vec![0.0; 23]);
    }
}
