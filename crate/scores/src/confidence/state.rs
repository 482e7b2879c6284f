//! The model's own state as a part of the confidence: the hidden state at the answer's end, late in the network. A linear
//! look at it tells right from wrong answers beyond what scores show ("The Internal State of an LLM Knows When It's
//! Lying", arXiv 2304.13734; the accuracy probes of arXiv 2406.15927), and it comes with the pass that scores need.

use crate::statistics::spread;
use serde::{Deserialize, Serialize};

/// Name of the state's part of a confidence, beside the features' names.
pub const STATE: &str = "state";

/// Which hidden state is looked at, counted from 0, the embedding, in a model of `layers` layers: three quarters up. Tried
/// on a few hundred questions of one model of 24 layers: 16 to 20 differed by little, 12 and 22 were worse.
pub fn layer(layers: usize) -> usize {
    layers * 3 / 4
}

/// What the model's own state was: a hidden state at the last token before the end token, and where the question is read
/// and no word of the answer is chosen yet.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema))]
pub struct State {
    /// Which one, counted from 0, the embedding.
    pub layer: usize,
    /// At the answer's end, `[hidden]`.
    pub values: Vec<f32>,
    /// At the prompt's last token, `[hidden]`; empty where that is not known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub question: Vec<f32>,
}

/// A linear function of a state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Look {
    /// The hidden state that it reads.
    pub layer: usize,
    /// Change of the log-odds of being right by unit of each value, `[hidden]`.
    pub weights: Vec<f32>,
    /// What makes the mean state of fitting add nothing.
    pub bias: f64,
}

impl State {
    /// Whether all values are numbers.
    pub fn is_finite(&self) -> bool {
        self.values.iter().chain(&self.question).all(|value| value.is_finite())
    }
}

impl Look {
    /// Whether this state is one that it reads.
    pub fn reads(&self, state: &State) -> bool {
        state.layer == self.layer && state.values.len() == self.weights.len() && state.is_finite()
    }

    /// What the values `[hidden]` of such a state add to the log-odds.
    pub fn term(&self, values: &[f32]) -> f64 {
        self.weights.iter().zip(values).fold(self.bias, |sum, (&w, &x)| sum + f64::from(w) * f64::from(x))
    }

    /// The same, this many times as strong.
    pub fn scale(&mut self, factor: f64) {
        self.weights.iter_mut().for_each(|weight| *weight = (f64::from(*weight) * factor) as f32);
        self.bias *= factor;
    }
}

/// States in standard deviations from their mean, so that one penalty fits all values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Standard {
    mean: Vec<f64>,
    scale: Vec<f64>,
}

impl Standard {
    /// Of these means and deviations, both `[hidden]`.
    pub fn new(mean: Vec<f64>, scale: Vec<f64>) -> Self {
        Self { mean, scale }
    }

    /// Measured on states `[n][hidden]`.
    pub fn of(states: &[&[f32]]) -> Self {
        let width = states.first().map_or(0, |state| state.len());
        let column = |j: usize| spread(states.iter().map(move |state| f64::from(state[j])));
        let (mean, scale) = (0..width).map(column).unzip();
        Self { mean, scale }
    }

    /// A state `[hidden]`, times `share`.
    pub fn apply<'a>(&'a self, state: &'a [f32], share: f64) -> impl Iterator<Item = f64> + 'a {
        let standard = self.mean.iter().zip(&self.scale);
        state.iter().zip(standard).map(move |(&x, (mean, scale))| share * (f64::from(x) - mean) / scale)
    }

    /// Mean square of a state `[hidden]` in standard deviations: 1 on average over the states that were measured.
    pub fn distance(&self, state: &[f32]) -> f64 {
        self.apply(state, 1.0).map(|value| value * value).sum::<f64>() / self.mean.len().max(1) as f64
    }

    /// Values of a state.
    pub fn width(&self) -> usize {
        self.mean.len()
    }

    /// Means and deviations, both `[hidden]`.
    pub fn parts(&self) -> [&[f64]; 2] {
        [&self.mean, &self.scale]
    }

    /// The look with these weights of what [`Self::apply`] gives.
    pub fn look(&self, layer: usize, weights: &[f64], share: f64) -> Look {
        let scaled = weights.iter().zip(&self.scale).map(|(weight, scale)| share * weight / scale);
        let weights: Vec<f32> = scaled.map(|weight| weight as f32).collect();
        let bias = -weights.iter().zip(&self.mean).map(|(&weight, mean)| f64::from(weight) * mean).sum::<f64>();
        Look { layer, weights, bias }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_is_what_was_fitted_to_standardized_states() {
        let states: [&[f32]; 4] = [&[1.0, 200.0, 7.0], &[2.0, 100.0, 7.0], &[4.0, 400.0, 7.0], &[5.0, -100.0, 7.0]];
        let (standard, weights) = (Standard::of(&states), [0.5, -2.0, 3.0]);
        let look = standard.look(20, &weights, 0.25);
        let mut sum = 0.0;
        for state in states {
            let want: f64 = standard.apply(state, 0.25).zip(weights).map(|(x, w)| x * w).sum();
            assert!((look.term(state) - want).abs() < 1e-5, "{} is not {want}", look.term(state));
            sum += want;
        }
        assert!(sum.abs() < 1e-9, "the mean adds nothing");
        let mut strong = look.clone();
        strong.scale(3.0);
        assert!((strong.term(states[0]) - 3.0 * look.term(states[0])).abs() < 1e-5);
    }

    #[test]
    fn other_states_are_not_read() {
        let look = Look { layer: 20, weights: vec![1.0, 2.0], bias: 0.5 };
        let state = |layer, values: &[f32]| State { layer, values: values.to_vec(), ..State::default() };
        assert!(look.reads(&state(20, &[1.0, 2.0])));
        for other in [state(19, &[1.0, 2.0]), state(20, &[1.0]), state(20, &[1.0, f32::NAN]), State::default()] {
            assert!(!look.reads(&other));
        }
        assert_eq!(look.term(&[1.0, 2.0]), 5.5);
        assert_eq!([30, 24, 28, 1].map(layer), [22, 18, 21, 0]);
    }
}
