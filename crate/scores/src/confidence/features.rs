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

/// What a feature tells of an answer. Several that tell the same are one reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aspect {
    /// How much it hesitated over its words: their rivals were probable, or training on them would change its head much.
    Words,
    /// How strongly the answer hangs on fine points of the question's meaning.
    Meaning,
    /// How little of its attention its latest words got.
    Attention,
    /// Whether other tries would mean something else, as a probe of its states predicts.
    Others,
    /// How long the answer is.
    AnswerLength,
    /// How long the question is.
    QuestionLength,
}

use Aspect::{AnswerLength, Attention, Meaning, Others, QuestionLength, Words};
use Transform::{Identity, Log};

/// What fitting tries to use, wherever the questions have it, and what that tells. Each grows with what its aspect says.
pub const CANDIDATES: &[(&str, Transform, Aspect)] = &[
    ("semgrad", Log, Meaning),
    ("semgrad_last", Log, Meaning),
    ("paragrad", Log, Words),
    ("exgrad", Log, Words),
    ("hybridgrad", Log, Meaning),
    ("gnll", Log, Words),
    ("perplexity", Log, Words),
    ("mean_token_entropy", Log, Words),
    ("max_token_entropy", Identity, Words),
    ("lsc", Identity, Words),
    ("boosted_prob", Identity, Words),
    ("self_certainty", Identity, Words),
    ("renyi", Identity, Words),
    ("fisher_rao", Identity, Words),
    ("attention_score", Identity, Attention),
    ("rauq", Identity, Words),
    ("nci", Identity, Words),
    ("fdbd", Identity, Words),
    ("sep", Identity, Others),
    ("sep_tbg", Identity, Others),
    (ANSWER_TOKENS, Log, AnswerLength),
    (PROMPT_TOKENS, Log, QuestionLength),
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
