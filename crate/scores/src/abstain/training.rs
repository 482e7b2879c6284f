//! How to train an adapter, and what one step did: as callers and files have it. The training itself is `tune` in the crate
//! `semgrad`.

use crate::error::{Code, Error, Result};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// How an adapter is trained. The default is small enough for a browser: the upper half of the layers, queries and values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Options {
    /// Rank of the change.
    pub rank: usize,
    /// The change is multiplied by α/rank.
    pub alpha: f64,
    /// Share of inputs that a change does not see in training.
    pub dropout: f64,
    /// Largest step width.
    pub learning_rate: f64,
    /// Share of the steps in which the width rises to that; from there it falls as half a cosine to 0.
    pub warm_up: f64,
    /// Weights shrink by this times the step width.
    pub weight_decay: f64,
    /// Longer gradients of a batch are shortened to this; 0 for never.
    pub clip: f64,
    /// Times that each example is seen; left out, 3, and more often if there are few.
    pub epochs: Option<usize>,
    /// Examples of a step; left out, 8, and fewer if there are few.
    pub batch: Option<usize>,
    /// The first layer that is changed, and the one behind the last; left out, the upper half.
    #[serde(with = "pair")]
    #[cfg_attr(not(target_family = "wasm"), schemars(with = "Option<(usize, usize)>"))]
    pub layers: Option<Range<usize>>,
    /// Their linear layers that are, by the ends of their names.
    pub parts: Vec<String>,
    /// Weight of the divergence KL(before ‖ after) on replayed examples.
    pub kl: f64,
    /// Of the first values, the order and the dropout.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            rank: 8,
            alpha: 16.0,
            dropout: 0.05,
            // With 2e-4 the smallest models learn nothing from hundreds of short answers.
            learning_rate: 1e-3,
            warm_up: 0.05,
            weight_decay: 0.01,
            clip: 1.0,
            epochs: None,
            batch: None,
            layers: None,
            parts: ["q_proj", "v_proj"].map(str::to_owned).to_vec(),
            kl: 1.0,
            seed: 0,
        }
    }
}

impl Options {
    /// Layers that are changed, in a model of so many.
    pub fn range(&self, layers: usize) -> Range<usize> {
        // The upper half as the semantic gradient counts it.
        self.layers.clone().unwrap_or(layers - layers / 2..layers)
    }

    /// Examples of a step, of so many in all.
    pub fn batch(&self, examples: usize) -> usize {
        self.batch.unwrap_or((examples / 8).clamp(1, 8))
    }

    /// Times that each of so many examples is seen: about sixty steps move a model, and eight times are enough to know a
    /// short text by heart.
    pub fn epochs(&self, examples: usize) -> usize {
        let steps = examples.div_ceil(self.batch(examples)).max(1);
        self.epochs.unwrap_or(60_usize.div_ceil(steps).clamp(3, 8))
    }

    /// Refuses what nobody can have meant, of a model of so many layers of this width.
    ///
    /// # Errors
    /// `bad_input`.
    pub fn check(&self, layers: usize, hidden: usize) -> Result<()> {
        let refuse = |what: String| Err(Error::new(Code::BadInput, what, "Leave it out for the default."));
        let shares = [("dropout", self.dropout), ("warm_up", self.warm_up)];
        if let Some((name, value)) = shares.iter().find(|(_, value)| !(0.0..1.0).contains(value)) {
            return refuse(format!("{name} is {value}, not a share from 0 to less than 1"));
        }
        let amounts = [
            ("alpha", self.alpha),
            ("learning_rate", self.learning_rate),
            ("weight_decay", self.weight_decay),
            ("clip", self.clip),
            ("kl", self.kl),
        ];
        if let Some((name, value)) = amounts.iter().find(|(_, value)| !(value.is_finite() && *value >= 0.0)) {
            return refuse(format!("{name} is {value}, not a number from 0 on"));
        }
        let counts = [("rank", Some(self.rank)), ("epochs", self.epochs), ("batch", self.batch)];
        if let Some((name, _)) = counts.iter().find(|(_, value)| *value == Some(0)) {
            return refuse(format!("{name} is 0"));
        }
        if self.rank > hidden {
            return refuse(format!("rank {} is more than the model's width, {hidden}", self.rank));
        }
        let range = self.range(layers);
        if range.is_empty() || range.end > layers {
            return refuse(format!(
                "layers {} to {} are not of this model, which has {layers}",
                range.start,
                range.end.saturating_sub(1),
            ));
        }
        Ok(())
    }

    /// Step width at `step` of `steps`, counted from 0.
    pub fn rate(&self, step: usize, steps: usize) -> f64 {
        let warm = (self.warm_up * steps as f64).ceil();
        let step = step as f64;
        if step < warm {
            return self.learning_rate * (step + 1.0) / warm;
        }
        let done = (step - warm) / (steps as f64 - warm).max(1.0);
        self.learning_rate * 0.5 * (1.0 + (std::f64::consts::PI * done).cos())
    }
}

/// Two numbers in files.
mod pair {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::ops::Range;

    pub fn serialize<S: Serializer>(range: &Option<Range<usize>>, to: S) -> Result<S::Ok, S::Error> {
        range.as_ref().map(|range| [range.start, range.end]).serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Range<usize>>, D::Error> {
        Ok(Option::<[usize; 2]>::deserialize(from)?.map(|[start, end]| start..end))
    }
}

/// What a step of the training did.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema))]
pub struct Step {
    /// Steps taken with this one.
    pub step: usize,
    /// Steps in all.
    pub steps: usize,
    /// Mean −ln p over the batch's target tokens, before the step.
    #[cfg_attr(not(target_family = "wasm"), schemars(extend("finite" = true)))]
    pub loss: f64,
    /// Mean KL(before ‖ after) over the batch's replayed tokens; null without any.
    pub divergence: Option<f64>,
    /// Length of the gradient, before it was shortened.
    #[cfg_attr(not(target_family = "wasm"), schemars(extend("finite" = true)))]
    pub gradient: f64,
    /// Tokens that went through the model, prompts included.
    pub tokens: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_step_width_rises_and_falls() {
        let options = Options { learning_rate: 1.0, warm_up: 0.2, ..Options::default() };
        let rates: Vec<f64> = (0..10).map(|step| options.rate(step, 10)).collect();
        assert_eq!(rates[..3], [0.5, 1.0, 1.0]);
        assert!(rates[2..].windows(2).all(|pair| pair[1] < pair[0]) && rates[9] > 0.0, "{rates:?}");
        assert!((rates[6] - 0.5).abs() < 1e-12);
    }

    #[test]
    fn few_examples_are_seen_more_often_and_in_smaller_steps() {
        let of = |examples| (Options::default().batch(examples), Options::default().epochs(examples));
        assert_eq!([1, 16, 88, 300, 5000].map(of), [(1, 8), (2, 8), (8, 6), (8, 3), (8, 3)]);
        let options = Options { batch: Some(5), epochs: Some(1), ..Options::default() };
        assert_eq!((options.batch(16), options.epochs(16)), (5, 1));
        let refused = |options: Options| options.check(4, 64).is_err();
        assert!(refused(Options { batch: Some(0), ..Options::default() }));
        assert!(refused(Options { epochs: Some(0), ..Options::default() }));
    }

    #[test]
    fn options_are_read_as_they_were_written() {
        let options = Options { layers: Some(2..5), ..Options::default() };
        let text = serde_json::to_string(&options).unwrap();
        assert!(text.contains(r#""layers":[2,5]"#), "{text}");
        assert_eq!(serde_json::from_str::<Options>(&text).unwrap(), options);
        assert_eq!(serde_json::from_str::<Options>("{}").unwrap(), Options::default());
    }

    #[test]
    fn the_upper_half_unless_layers_are_named() {
        assert_eq!((Options::default().range(30), Options::default().range(5)), (15..30, 3..5));
        let of = |layers| Options { layers: Some(layers), ..Options::default() }.check(4, 64);
        assert!(of(1..4).is_ok() && of(2..5).is_err() && of(3..3).is_err());
        let error = Options { rank: 65, ..Options::default() }.check(4, 64).unwrap_err();
        assert!(error.message.contains("rank 65"), "{error}");
        assert!(Options { dropout: 1.0, ..Options::default() }.check(4, 64).is_err());
        assert!(Options { learning_rate: f64::NAN, ..Options::default() }.check(4, 64).is_err());
    }
}
