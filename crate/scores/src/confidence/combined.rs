//! One confidence out of many scores: logistic regression with an L2 penalty, which shares weight among scores that say
//! nearly the same, on standardized features ([`super::features`]) and, where there is one, on the model's own state
//! ([`super::state`]). A state has hundreds of values, so each gets only a share of what a score may weigh.
//!
//! Penalty and share are those with the least log-loss of cross-fitted predictions; the state is left out where it does not
//! lower that by more than one standard error, as it cannot with few questions. These predictions then say whether the
//! result is calibrated: Platt scaling of its log-odds (folded into the weights, against shrinkage by the penalty) or
//! isotonic regression is added where it lowers the cross-fitted Brier score by more than one standard error.

use super::features::{Feature, Transform};
use super::quality::Quality;
use super::state::{Look, STATE, Standard};
use crate::error::Result;
use crate::statistics::folds::{Predict, cross_fit, folds};
use crate::statistics::isotonic::{self, Isotonic};
use crate::statistics::logistic::{Logistic, log_loss, sigmoid};
use crate::statistics::{platt, spread};
use serde::Serialize;

/// Penalties that are tried, in units of one squared weight. Smaller ones let nearly equal scores cancel each other, which
/// a few dozen right answers cannot justify.
const PENALTIES: [f64; 6] = [3.0, 10.0, 30.0, 100.0, 300.0, 1000.0];

/// Shares that are tried: a penalized weight moves the log-odds by this much less for a state's value than for a score.
const SHARES: [f64; 3] = [0.1, 0.2, 0.4];

/// A fitted combination.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Combined {
    /// Features with their weights.
    pub features: Vec<Feature>,
    /// Log-odds of being right where all features have their mean.
    pub intercept: f64,
    /// Penalty of the squared weights that cross-validation chose.
    pub penalty: f64,
    /// What the model's state adds, where that helped.
    pub look: Option<Look>,
    /// From negated log-odds to confidence, where that is better than their sigmoid.
    pub isotonic: Option<Isotonic>,
    /// Of cross-fitted confidences.
    pub quality: Quality,
}

/// Questions as fitting reads them.
pub struct Data<'a> {
    /// Names and transforms, `[d]`.
    pub features: Vec<(&'a str, Transform)>,
    /// Transformed values, `[n][d]`.
    pub rows: Vec<Vec<f64>>,
    /// Hidden states of one layer, `[n][hidden]`; `None` where not every question has one.
    pub states: Option<(usize, Vec<&'a [f32]>)>,
    /// `[n]`.
    pub right: Vec<bool>,
    /// Question set and label of each, as one number.
    pub strata: Vec<usize>,
}

/// What a feature adds to the log-odds of an answer's being right.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema))]
pub struct Part {
    /// The feature's name, or `intercept`.
    pub name: String,
    /// Weight times standardized value.
    #[cfg_attr(not(target_family = "wasm"), schemars(extend("finite" = true)))]
    pub contribution: f64,
}

impl Combined {
    /// Confidence for transformed values, `[d]`, and the values of a state that [`Self::look`] reads.
    pub fn confidence(&self, values: &[f64], state: &[f32]) -> f64 {
        let logit = self.logit(values, state);
        self.isotonic.as_ref().map_or_else(|| sigmoid(logit), |map| map.apply(-logit))
    }

    /// What adds up to its log-odds.
    pub fn parts(&self, values: &[f64], state: &[f32]) -> Vec<Part> {
        let terms = self.features.iter().zip(self.terms(values));
        let part = |(feature, contribution): (&Feature, f64)| Part { name: feature.name.clone(), contribution };
        let intercept = Part { name: "intercept".into(), contribution: self.intercept };
        let look = self.look.iter().map(|look| Part { name: STATE.into(), contribution: look.term(state) });
        std::iter::once(intercept).chain(terms.map(part)).chain(look).collect()
    }

    fn logit(&self, values: &[f64], state: &[f32]) -> f64 {
        let look = self.look.as_ref().map_or(0.0, |look| look.term(state));
        self.intercept + self.terms(values).sum::<f64>() + look
    }

    fn terms(&self, values: &[f64]) -> impl Iterator<Item = f64> {
        self.features.iter().zip(values).map(|(feature, &v)| feature.weight * feature.standardize(v))
    }
}

impl Data<'_> {
    /// Fits the combination to the questions `at`, its quality left out.
    ///
    /// # Errors
    /// As [`Logistic::fit_targets`].
    pub fn train(&self, at: &[usize]) -> Result<Combined> {
        let folds = folds(&at.iter().map(|&i| self.strata[i]).collect::<Vec<_>>());
        let right: Vec<bool> = at.iter().map(|&i| self.right[i]).collect();
        let best = |shares: &[f64]| -> Result<Tried> {
            let mut best = Tried { sum: f64::INFINITY, ..Tried::default() };
            for (&share, penalty) in shares.iter().flat_map(|share| PENALTIES.map(|penalty| (share, penalty))) {
                let strength = Strength { penalty, share };
                let logits = cross_fit(&folds, &|train| {
                    let model = self.weigh(&pick(at, train), strength)?;
                    let predict: Predict<'_> = Box::new(move |i| model.logit(&self.rows[at[i]], self.state(at[i])));
                    Ok(predict)
                })?;
                let loss = logits.iter().zip(&right).map(|(&z, &right)| log_loss(z, f64::from(right)));
                let losses: Vec<f64> = loss.collect();
                let sum = losses.iter().sum();
                if sum < best.sum {
                    best = Tried { sum, losses, strength, logits };
                }
            }
            Ok(best)
        };
        let mut tried = best(&[0.0])?;
        if self.states.is_some() {
            let looking = best(&SHARES)?;
            if clear_gain(&tried.losses, &looking.losses).is_some() {
                tried = looking;
            }
        }
        let Tried { strength, logits, .. } = tried;
        let mut model = self.weigh(at, strength)?;
        let scores: Vec<f64> = logits.iter().map(|z| -z).collect();
        match recalibration(&scores, &right, &folds)? {
            Recalibration::None => {}
            Recalibration::Platt => {
                let map = platt::fit(&scores, &right)?;
                model.features.iter_mut().for_each(|feature| feature.weight *= -map.slope);
                model.look.iter_mut().for_each(|look| look.scale(-map.slope));
                model.intercept = map.intercept - map.slope * model.intercept;
            }
            Recalibration::Isotonic => model.isotonic = Some(isotonic::fit(&scores, &right)),
        }
        Ok(model)
    }

    /// Confidences for all questions, each by a combination that did not see it: its penalty and recalibration included.
    ///
    /// # Errors
    /// As [`Data::train`].
    pub fn cross_fitted(&self) -> Result<Vec<f64>> {
        cross_fit(&folds(&self.strata), &|train| {
            let model = self.train(train)?;
            Ok(Box::new(move |i| model.confidence(&self.rows[i], self.state(i))))
        })
    }

    /// The state of a question, `[hidden]`; empty without.
    fn state(&self, i: usize) -> &[f32] {
        self.states.as_ref().map_or(&[], |(_, states)| states[i])
    }

    /// The regression alone.
    fn weigh(&self, at: &[usize], Strength { penalty, share }: Strength) -> Result<Combined> {
        let mut features: Vec<Feature> = Vec::with_capacity(self.features.len());
        for (j, &(name, transform)) in self.features.iter().enumerate() {
            features.push(Feature::measured(name, transform, at.iter().map(|&i| self.rows[i][j])));
        }
        let looked = self
            .states
            .as_ref()
            .filter(|_| share > 0.0)
            .map(|&(layer, ref states)| (layer, Standard::of(&at.iter().map(|&i| states[i]).collect::<Vec<_>>())));
        let row = |&i: &usize| {
            let scores = features.iter().zip(&self.rows[i]).map(|(f, &v)| f.standardize(v));
            let state = looked.iter().flat_map(|(_, standard)| standard.apply(self.state(i), share));
            scores.chain(state).collect()
        };
        let rows: Vec<Vec<f64>> = at.iter().map(row).collect();
        let targets: Vec<f64> = at.iter().map(|&i| f64::from(self.right[i])).collect();
        let fitted = Logistic::fit_targets(&rows.iter().map(Vec::as_slice).collect::<Vec<_>>(), &targets, penalty)?;
        for (feature, &weight) in features.iter_mut().zip(fitted.weights()) {
            feature.weight = weight;
        }
        let of_state = &fitted.weights()[features.len()..];
        let look = looked.map(|(layer, standard)| standard.look(layer, of_state, share));
        Ok(Combined { features, intercept: fitted.bias(), penalty, look, ..Combined::default() })
    }
}

/// How much the fit may make of what it sees.
#[derive(Clone, Copy, Default)]
struct Strength {
    penalty: f64,
    /// Of a state's value, against a score's 1; 0 leaves the state out.
    share: f64,
}

/// What cross-fitting said of a strength.
#[derive(Default)]
struct Tried {
    /// Of the losses.
    sum: f64,
    /// Log-loss by question.
    losses: Vec<f64>,
    strength: Strength,
    /// Predictions by question.
    logits: Vec<f64>,
}

/// What is done to log-odds that are not calibrated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Recalibration {
    None,
    Platt,
    Isotonic,
}

/// The best of the three by the Brier score of cross-fitted confidences, as long as it beats doing nothing clearly.
fn recalibration(scores: &[f64], right: &[bool], folds: &[usize]) -> Result<Recalibration> {
    let losses = |confidence: Vec<f64>| -> Vec<f64> {
        confidence.iter().zip(right).map(|(p, &right)| (p - f64::from(right)).powi(2)).collect()
    };
    let plain = losses(scores.iter().map(|s| sigmoid(-s)).collect());
    let mut best = (0.0, Recalibration::None);
    for (map, kind) in [(Map::Platt, Recalibration::Platt), (Map::Isotonic, Recalibration::Isotonic)] {
        let loss = losses(mapped(map, scores, right, folds)?);
        if let Some(gain) = clear_gain(&plain, &loss).filter(|gain| *gain > best.0) {
            best = (gain, kind);
        }
    }
    Ok(best.1)
}

/// How much lower losses become on average, if by more than one standard error.
fn clear_gain(before: &[f64], after: &[f64]) -> Option<f64> {
    let gains = before.iter().zip(after).map(|(before, after)| before - after);
    let (mean, deviation) = spread(gains);
    (mean > deviation / (before.len() as f64).sqrt()).then_some(mean)
}

/// The two maps from one score to a confidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Map {
    /// [`super::isotonic`].
    Isotonic,
    /// [`super::platt`].
    Platt,
}

/// Cross-fitted confidences from one score.
///
/// # Errors
/// As [`platt::fit`].
pub fn mapped(map: Map, scores: &[f64], right: &[bool], folds: &[usize]) -> Result<Vec<f64>> {
    cross_fit(folds, &|train| {
        let (s, r): (Vec<f64>, Vec<bool>) = train.iter().map(|&i| (scores[i], right[i])).unzip();
        Ok(match map {
            Map::Isotonic => {
                let map = isotonic::fit(&s, &r);
                Box::new(move |i| map.apply(scores[i]))
            }
            Map::Platt => {
                let map = platt::fit(&s, &r)?;
                Box::new(move |i| map.apply(scores[i]))
            }
        })
    })
}

fn pick(at: &[usize], positions: &[usize]) -> Vec<usize> {
    positions.iter().map(|&p| at[p]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::auroc;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    /// Two noisy views of the same log-odds, and noise.
    fn example(n: usize) -> Data<'static> {
        let mut random = ChaCha8Rng::seed_from_u64(11);
        let mut noise = || f64::from(random.random::<u32>()) * 2f64.powi(-31) - 1.0;
        let (mut rows, mut right) = (Vec::new(), Vec::new());
        for _ in 0..n {
            let logit = 2.0 * noise() - 0.5;
            rows.push(vec![-logit + 1.5 * noise(), -3.0 * logit + 4.5 * noise() + 100.0, noise()]);
            right.push(noise() * 0.5 + 0.5 < sigmoid(2.0 * logit));
        }
        let strata = right.iter().map(|&r| usize::from(r)).collect();
        let features = ["a", "b", "c"].map(|name| (name, Transform::Identity)).to_vec();
        Data { features, rows, states: None, right, strata }
    }

    #[test]
    fn is_better_than_each_of_its_features() {
        let data = example(600);
        let confidence = data.cross_fitted().unwrap();
        let wrong: Vec<bool> = data.right.iter().map(|r| !r).collect();
        let best = (0..3).map(|j| auroc(&data.rows.iter().map(|row| row[j]).collect::<Vec<_>>(), &wrong));
        let best = best.fold(0.0, f64::max);
        assert!(auroc(&confidence, &data.right) > best + 0.01, "{} {best}", auroc(&confidence, &data.right));
        let model = data.train(&(0..600).collect::<Vec<_>>()).unwrap();
        assert!(model.features[0].weight < -0.2 && model.features[1].weight < -0.2);
        assert!(model.features[2].weight.abs() < 0.3);
    }

    #[test]
    fn recalibration_only_where_it_helps() {
        let data = example(800);
        let folds = folds(&data.strata);
        let all: Vec<usize> = (0..800).collect();
        let scores: Vec<f64> = {
            let model = data.weigh(&all, Strength { penalty: 1.0, share: 0.0 }).unwrap();
            data.rows.iter().map(|row| -model.logit(row, &[])).collect()
        };
        assert_eq!(recalibration(&scores, &data.right, &folds).unwrap(), Recalibration::None);
        // Four times too sure.
        let bold: Vec<f64> = scores.iter().map(|s| 4.0 * s).collect();
        assert_eq!(recalibration(&bold, &data.right, &folds).unwrap(), Recalibration::Platt);
        // A kink that no line follows.
        let bent: Vec<f64> = scores.iter().map(|s| if *s > 0.0 { 40.0 * s } else { 0.1 * s }).collect();
        assert_eq!(recalibration(&bent, &data.right, &folds).unwrap(), Recalibration::Isotonic);
    }
}
