//! Signals made one log likelihood ratio: logistic regression with an L2 penalty, wrong against right answers.
//!
//! Right and wrong answers of each writer weigh the same, and so do the writers: what is fitted is then the ratio itself and
//! not a probability, which would hold only where as many answers are wrong as here.

use super::row::Row;
use super::signals::SIGNALS;
use crate::confidence::features::{Feature, Transform};
use crate::error::{Code, Error, Result};
use crate::statistics::logistic::Logistic;
use crate::statistics::spread;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Penalty of a squared weight by standard deviation.
const PENALTY: f64 = 30.0;
/// How much less a value of the state may weigh than a signal.
const SHARE: f64 = 0.1;
/// Share of the answers that must have a signal for it to be used.
const THERE: f64 = 0.5;

/// What a ratio is fitted to besides the signals that every model gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Besides {
    /// Nothing.
    Nothing,
    /// The model's own state.
    State,
    /// What encoders say of its own answers.
    Encoders,
}

/// A fitted log likelihood ratio.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Fit {
    /// Signals.
    pub terms: Vec<Term>,
    /// Log ratio where all of them have their mean.
    pub intercept: f64,
    /// By value of the state where the model was asked whether the answer is correct; empty where it is not read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub state: Vec<f32>,
    /// What the mean state adds up to, which is taken off.
    #[serde(default)]
    pub shift: f64,
}

/// What a signal adds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Term {
    /// The signal.
    pub name: String,
    /// Its mean over the answers of fitting.
    pub mean: f64,
    /// Its standard deviation there.
    pub scale: f64,
    /// What one deviation more adds to the log ratio.
    pub weight: f64,
}

impl Term {
    /// What a value adds; nothing where there is none.
    pub fn add(&self, value: Option<f64>) -> f64 {
        self.weight * self.standard(value)
    }

    fn standard(&self, value: Option<f64>) -> f64 {
        let as_feature = Feature {
            name: String::new(),
            transform: Transform::Identity,
            mean: self.mean,
            scale: self.scale,
            weight: self.weight,
        };
        value.filter(|value| value.is_finite()).map_or(0.0, |value| as_feature.standardize(value))
    }
}

impl Fit {
    /// ln of how many times likelier this is with a wrong answer than with a right one.
    pub fn log_ratio(&self, signal: &dyn Fn(&str) -> Option<f64>, state: &[f32]) -> f64 {
        let terms: f64 = self.terms.iter().map(|term| term.add(signal(&term.name))).sum();
        self.intercept + terms + self.of_state(state)
    }

    /// What the state adds to it.
    pub fn of_state(&self, state: &[f32]) -> f64 {
        self.state.iter().zip(state).map(|(&w, &x)| f64::from(w) * f64::from(x)).sum::<f64>() - self.shift
    }

    /// That of a row.
    pub fn of(&self, row: &Row) -> f64 {
        self.log_ratio(&|name| row.signals.get(name).copied().flatten(), &row.state)
    }
}

/// Fits to `rows`.
///
/// # Errors
/// `bad_input` where no writer has both right and wrong answers.
pub fn fit(rows: &[&Row], besides: Besides) -> Result<Fit> {
    let weights = balanced(rows);
    if !weights.iter().any(|&weight| weight > 0.0) {
        return Err(Error::new(
            Code::BadInput,
            "of each writer all answers are right, or all are wrong.",
            "Give answers of both kinds by each writer, some hundred of each.",
        ));
    }
    let signals = SIGNALS.iter().filter(|signal| !signal.is_of_encoder || besides == Besides::Encoders);
    let mut terms: Vec<Term> = signals.filter_map(|signal| measured(signal.id, rows)).collect();
    let states = if besides == Besides::State { Standard::new(rows) } else { None };
    let row = |row: &&Row| -> Vec<f64> {
        let values = terms.iter().map(|term| term.standard(row.signals.get(&term.name).copied().flatten()));
        values.chain(states.iter().flat_map(|states| states.apply(&row.state))).collect()
    };
    let values: Vec<Vec<f64>> = rows.iter().map(row).collect();
    let wrong: Vec<f64> = rows.iter().map(|row| f64::from(!row.right)).collect();
    let values: Vec<&[f64]> = values.iter().map(Vec::as_slice).collect();
    let fitted = Logistic::fit_weighted(&values, &wrong, &weights, PENALTY)?;
    let (own, seen) = fitted.weights().split_at(terms.len());
    terms.iter_mut().zip(own).for_each(|(term, &weight)| term.weight = weight);
    let (state, shift) = states.map(|states| states.undo(seen)).unwrap_or_default();
    Ok(Fit { terms, intercept: fitted.bias(), state, shift })
}

/// A signal that enough rows have.
fn measured(name: &str, rows: &[&Row]) -> Option<Term> {
    let values: Vec<f64> = rows.iter().filter_map(|row| row.signals.get(name).copied().flatten()).collect();
    let (mean, scale) = spread(values.iter().copied());
    let is_there = values.len() as f64 >= THERE * rows.len() as f64;
    (is_there && scale > 0.0 && mean.is_finite()).then(|| Term { name: name.into(), mean, scale, weight: 0.0 })
}

/// Weights that make right and wrong answers of each writer, and the writers, count the same; one by row on average. A writer
/// of whom all are right, or all wrong, says nothing.
fn balanced(rows: &[&Row]) -> Vec<f64> {
    let mut counts: HashMap<(&str, bool), f64> = HashMap::new();
    rows.iter().for_each(|row| *counts.entry((&row.writer, row.right)).or_default() += 1.0);
    let weight = |row: &&Row| match counts.contains_key(&(row.writer.as_str(), !row.right)) {
        true => 1.0 / counts[&(row.writer.as_str(), row.right)],
        false => 0.0,
    };
    let weights: Vec<f64> = rows.iter().map(weight).collect();
    let all: f64 = weights.iter().sum();
    weights.iter().map(|weight| weight * rows.len() as f64 / all).collect()
}

/// States in deviations from their mean.
struct Standard {
    mean: Vec<f64>,
    scale: Vec<f64>,
}

impl Standard {
    /// `None` where not all rows have one of the same width.
    fn new(rows: &[&Row]) -> Option<Self> {
        let width = rows.first().map_or(0, |row| row.state.len());
        if width == 0 || rows.iter().any(|row| row.state.len() != width) {
            return None;
        }
        let by_value = |j: usize| spread(rows.iter().map(move |row| f64::from(row.state[j])));
        let (mean, scale) = (0..width).map(by_value).unzip();
        Some(Self { mean, scale })
    }

    fn apply<'a>(&'a self, state: &'a [f32]) -> impl Iterator<Item = f64> + 'a {
        let one = |((&x, mean), scale): ((&f32, &f64), &f64)| {
            if *scale > 0.0 { SHARE * (f64::from(x) - mean) / scale } else { 0.0 }
        };
        state.iter().zip(&self.mean).zip(&self.scale).map(one)
    }

    /// Weights of the values as they are, and what makes the mean state add nothing.
    fn undo(&self, weights: &[f64]) -> (Vec<f32>, f64) {
        let plain = |(w, scale): (&f64, &f64)| if *scale > 0.0 { (SHARE * w / scale) as f32 } else { 0.0 };
        let plain: Vec<f32> = weights.iter().zip(&self.scale).map(plain).collect();
        let shift = plain.iter().zip(&self.mean).map(|(&w, mean)| f64::from(w) * mean).sum();
        (plain, shift)
    }
}

#[cfg(test)]
mod tests {
    use super::super::row::tests::rows;
    use super::*;
    use crate::statistics::auroc;

    #[test]
    fn the_ratio_is_that_of_the_classes_whatever_their_shares() {
        // Wrong answers have a signal that is one deviation higher: the log ratio rises by 1 with it.
        for share in [0.5, 0.2] {
            let rows = rows(4000, share, 1.0);
            let fit = fit(&rows.iter().collect::<Vec<_>>(), Besides::Nothing).unwrap();
            let at = |x: f64| fit.log_ratio(&|name| (name == "surprisal").then_some(x), &[]);
            let slope = at(1.0) - at(0.0);
            // Where both are as likely, between the two means.
            assert!((slope - 1.0).abs() < 0.12 && at(0.5).abs() < 0.1, "{share}: {slope} {}", at(0.5));
        }
    }

    #[test]
    fn states_help_where_they_tell() {
        let mut rows = rows(1200, 0.3, 0.3);
        for (i, row) in rows.iter_mut().enumerate() {
            let noise = |j: usize| ((i * 7 + j * 13) % 17) as f32 / 17.0;
            row.state = vec![noise(1), 5.0 + noise(2) + if row.right { 0.0 } else { 0.7 }, 3.0];
        }
        let all: Vec<&Row> = rows.iter().collect();
        let wrong: Vec<bool> = rows.iter().map(|row| !row.right).collect();
        let of = |besides| {
            let fit = fit(&all, besides).unwrap();
            (auroc(&rows.iter().map(|row| fit.of(row)).collect::<Vec<_>>(), &wrong), fit)
        };
        let ((plain, _), (better, fit)) = (of(Besides::Nothing), of(Besides::State));
        assert!(better > plain + 0.1, "{plain} {better}");
        assert!(fit.state.len() == 3 && fit.state[2] == 0.0);
    }

    #[test]
    fn a_ratio_needs_no_encoder_unless_it_is_to_have_one() {
        let mut rows = rows(300, 0.3, 0.3);
        rows.iter_mut().for_each(|row| _ = row.signals.insert("own_distance".into(), Some(f64::from(!row.right))));
        let all: Vec<&Row> = rows.iter().collect();
        let terms =
            |besides| -> Vec<String> { fit(&all, besides).unwrap().terms.into_iter().map(|term| term.name).collect() };
        assert_eq!(terms(Besides::State), ["surprisal"]);
        assert_eq!(terms(Besides::Encoders), ["surprisal", "own_distance"]);
    }

    #[test]
    fn edges() {
        let all = rows(50, 0.0, 1.0);
        assert_eq!(fit(&all.iter().collect::<Vec<_>>(), Besides::Nothing).unwrap_err().code, Code::BadInput);
        let mut apart = rows(60, 0.5, 1.0);
        apart.iter_mut().for_each(|row| row.right = row.writer == "a");
        assert!(fit(&apart.iter().collect::<Vec<_>>(), Besides::Nothing).is_err(), "the writer alone tells");
        let term = Term { name: "surprisal".into(), mean: 1.0, scale: 2.0, weight: 3.0 };
        assert_eq!([Some(3.0), None, Some(f64::NAN)].map(|value| term.add(value)), [3.0, 0.0, 0.0]);
    }
}
