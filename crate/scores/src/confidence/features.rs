//! What the combined confidence reads of an answer: scores that one pass gives, and the lengths of prompt and answer.
//!
//! Scores that grow by factors go in as logarithms, so that a straight line through log-odds can follow them; all are
//! then measured in standard deviations from their mean and clamped, so that one odd answer cannot outweigh everything
//! else.

use crate::statistics::spread;

/// Number of tokens of the answer, the end-of-turn token included: a feature beside the methods' ids.
pub const ANSWER_TOKENS: &str = "answer_tokens";
/// Number of tokens of the prompt, likewise: what is asked at length is asked more precisely.
pub const PROMPT_TOKENS: &str = "prompt_tokens";
/// Logarithms are of this at least: a certain answer has scores of 0.
const FLOOR: f64 = 1e-12;
/// Most standard deviations from the mean.
const CLAMP: f64 = 4.0;

/// What is done to a value first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transform {
    /// Its natural logarithm.
    Log,
    /// Nothing.
    Identity,
}

use Transform::{Identity, Log};

/// What fitting tries to use, wherever the questions have it.
pub const CANDIDATES: &[(&str, Transform)] = &[
    ("semgrad", Log),
    ("semgrad_last", Log),
    ("paragrad", Log),
    ("exgrad", Log),
    ("hybridgrad", Log),
    ("gnll", Log),
    ("perplexity", Log),
    ("mean_token_entropy", Log),
    ("max_token_entropy", Identity),
    ("lsc", Identity),
    ("boosted_prob", Identity),
    ("self_certainty", Identity),
    ("renyi", Identity),
    ("fisher_rao", Identity),
    ("attention_score", Identity),
    ("rauq", Identity),
    ("nci", Identity),
    ("fdbd", Identity),
    ("sep", Identity),
    ("sep_tbg", Identity),
    (ANSWER_TOKENS, Log),
    (PROMPT_TOKENS, Log),
];

/// Tokens of a prompt and of its answer; 0 where that is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lengths {
    /// The template's included.
    pub prompt: usize,
    /// The end-of-turn token included.
    pub answer: usize,
}

impl Lengths {
    /// Whether a feature is one of these, and no method.
    pub fn has(name: &str) -> bool {
        [ANSWER_TOKENS, PROMPT_TOKENS].contains(&name)
    }

    /// The feature of that name.
    pub fn get(self, name: &str) -> Option<f64> {
        let tokens = if name == PROMPT_TOKENS { self.prompt } else { self.answer };
        (Self::has(name) && tokens > 0).then_some(tokens as f64)
    }
}

/// A feature with its place in the fitted model.
#[derive(Clone, Debug, PartialEq)]
pub struct Feature {
    /// Id of a method, [`ANSWER_TOKENS`] or [`PROMPT_TOKENS`].
    pub name: String,
    /// What is done to it first.
    pub transform: Transform,
    /// Mean over the questions of fitting, after the transform.
    pub mean: f64,
    /// Standard deviation there.
    pub scale: f64,
    /// Change of the log-odds of being right by standard deviation.
    pub weight: f64,
}

impl Transform {
    /// As it is written in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Log => "log",
            Identity => "identity",
        }
    }

    /// The value as it goes in.
    pub fn apply(self, value: f64) -> f64 {
        match self {
            Log => value.max(FLOOR).ln(),
            Identity => value,
        }
    }
}

impl Feature {
    /// Mean and scale of transformed values.
    pub fn measured(name: &str, transform: Transform, values: impl Iterator<Item = f64> + Clone) -> Self {
        let (mean, scale) = spread(values);
        Self { name: name.to_owned(), transform, mean, scale, weight: 0.0 }
    }

    /// A transformed value in standard deviations, clamped.
    pub fn standardize(&self, value: f64) -> f64 {
        ((value - self.mean) / self.scale).clamp(-CLAMP, CLAMP)
    }
}
