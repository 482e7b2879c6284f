//! Which questions a calibration applies to, in the model's own eyes: those that it reads as it read the questions of
//! fitting. That is told by the hidden state at the prompt's end, which the pass over the answer has anyway, and needs no
//! table of words: so it also holds for questions in any language, and for whatever somebody fits a profile to.
//!
//! The distance is Mahalanobis' with the variances alone, as the mean over all values: 1 on average for the questions of
//! fitting ("A Simple Unified Framework for Detecting Out-of-Distribution Samples", arXiv 1807.03888, has it with the whole
//! covariance, for which a few hundred questions are too few). The limit is what nearly all of them keep.

use super::state::{Standard, State};
use crate::error::Result;
use crate::statistics::folds::{Predict, cross_fit, folds};
use crate::statistics::order;

/// Share of the questions of fitting within the limit, each measured from others than itself.
const WITHIN: f64 = 0.98;

/// The questions of fitting, as the model read them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Domain {
    /// The hidden state that is compared, counted from 0, the embedding.
    pub layer: usize,
    /// Its mean and deviation, `[hidden]`.
    pub standard: Standard,
    /// Largest distance of a question that the calibration applies to.
    pub limit: f64,
}

impl Domain {
    /// Of states at the prompts' ends, `[n][hidden]`, of questions of these strata.
    ///
    /// # Errors
    /// As [`cross_fit`].
    pub fn fit(layer: usize, states: &[&[f32]], strata: &[usize]) -> Result<Self> {
        let distances = cross_fit(&folds(strata), &|train| {
            let standard = Standard::of(&train.iter().map(|&i| states[i]).collect::<Vec<_>>());
            let predict: Predict<'_> = Box::new(move |i| standard.distance(states[i]));
            Ok(predict)
        })?;
        let last = (WITHIN * states.len() as f64).ceil() as usize;
        let limit = order(&distances).get(last.saturating_sub(1)).map_or(f64::INFINITY, |&i| distances[i]);
        Ok(Self { layer, standard: Standard::of(states), limit })
    }

    /// How far a question is from those of fitting; nothing where its state is not known, or is another one.
    pub fn distance(&self, state: &State) -> Option<f64> {
        let same = state.layer == self.layer && state.question.len() == self.standard.width() && state.is_finite();
        same.then(|| self.standard.distance(&state.question))
    }

    /// Whether a question is further away than nearly all of fitting.
    pub fn excludes(&self, state: &State) -> bool {
        self.distance(state).is_some_and(|distance| distance > self.limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    /// States of 40 values of different sizes, moved by so many deviations.
    fn states(n: usize, seed: u64, moved: f64) -> Vec<Vec<f32>> {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut noise = || f64::from(random.random::<u32>()) * 2f64.powi(-31) - 1.0;
        let scale = |j: usize| if j.is_multiple_of(7) { 300.0 } else { 0.1 };
        (0..n).map(|_| (0..40).map(|j| ((noise() + moved * 0.577) * scale(j)) as f32).collect()).collect()
    }

    fn excluded(domain: &Domain, states: Vec<Vec<f32>>) -> usize {
        let state = |question| State { layer: 3, values: vec![1.0], question };
        states.into_iter().map(state).filter(|state| domain.excludes(state)).count()
    }

    #[test]
    fn takes_nearly_all_like_those_of_fitting_and_hardly_any_other() {
        let fitted = states(500, 1, 0.0);
        let domain = Domain::fit(3, &fitted.iter().map(Vec::as_slice).collect::<Vec<_>>(), &[0; 500]).unwrap();
        let mean = fitted.iter().map(|state| domain.standard.distance(state)).sum::<f64>() / 500.0;
        assert!((mean - 1.0).abs() < 1e-6 && domain.limit > 1.0, "{mean} {}", domain.limit);
        // Two of 100, within four standard errors.
        let alike = excluded(&domain, states(2000, 2, 0.0));
        assert!((15..=65).contains(&alike), "{alike}");
        assert!(excluded(&domain, states(200, 3, 1.5)) > 190);
    }

    #[test]
    fn what_is_not_known_is_not_far() {
        let domain = Domain { layer: 3, standard: Standard::new(vec![0.0; 2], vec![1.0; 2]), limit: 4.0 };
        let state = |layer, question: &[f32]| State { layer, values: vec![1.0], question: question.to_vec() };
        assert_eq!(domain.distance(&state(3, &[2.0, 4.0])), Some(10.0));
        assert!(domain.excludes(&state(3, &[2.0, 4.0])) && !domain.excludes(&state(3, &[2.0, 2.0])));
        for other in [state(2, &[9.0, 9.0]), state(3, &[9.0]), state(3, &[]), state(3, &[9.0, f32::NAN])] {
            assert_eq!(domain.distance(&other), None);
        }
        assert_eq!(Domain::fit(0, &[], &[]).unwrap().limit, f64::INFINITY);
    }
}
