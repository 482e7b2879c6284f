//! One line in, one line out: the contract of the command line and of the browser runner.

use crate::confidence::state::State;
use crate::confidence::verdict::{Bounds, Risk};
use crate::error::Error;
use crate::prompts::demonstrations::Demonstration;
use crate::prompts::truth::Example;
use crate::text::Message;
use semgrad_scores::confidence::combined::Part;
use semgrad_scores::evidence::Evidence;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A question, with an answer to judge or without. Unknown fields are ignored.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Request {
    /// Returned as it came.
    pub id: Option<serde_json::Value>,
    /// The user message.
    pub question: Option<String>,
    /// A whole conversation instead.
    pub messages: Option<Vec<Message>>,
    /// Token ids instead.
    pub prompt_ids: Option<Vec<u32>>,
    /// Answer to judge; tokenized alone, the end-of-turn token appended.
    pub answer: Option<String>,
    /// Answer to judge, verbatim.
    pub response_ids: Option<Vec<u32>>,
    /// Most tokens to generate.
    pub max_tokens: Option<usize>,
    /// Answers to draw beside the greedy one.
    pub samples: Option<usize>,
    /// Of the samples where some are asked for (1 if not said), else of the answer (0, greedy, if not said).
    pub temperature: Option<f64>,
    /// Seed of the draws.
    pub seed: Option<u64>,
    /// Ids of methods, or `all`.
    pub methods: Option<Vec<String>>,
    /// `header`, `profile` or `-N`.
    pub semantic_position: Option<String>,
    /// Also report gradient norms at this many last prompt positions.
    pub tail: Option<usize>,
    /// Also report gradient norms below the upper half.
    pub all_layers: Option<bool>,
    /// Also report the prompt's tokens, and gradient norms at every one of them.
    pub explain: Option<bool>,
    /// Who compares texts, where a method needs that.
    pub engines: Option<EngineNames>,
    /// Other wordings of the question, instead of those found by `wordings`.
    pub paraphrases: Option<Vec<String>>,
    /// Who finds other wordings: `model` is asked for them, `search` exchanges words by a list of synonyms (the default
    /// where one was loaded).
    pub wordings: Option<String>,
    /// Answers whose truth is known, shown before the model is asked about this one.
    pub examples: Option<Vec<Example>>,
    /// A classification by demonstrations, for the in-context uncertainties.
    pub demonstrations: Option<Demonstrations>,
    /// Also split the answer into claims and score each.
    pub spans: Option<bool>,
    /// Also report what the methods read.
    pub evidence: Option<bool>,
    /// Also report the hidden state that calibration can learn from.
    pub state: Option<bool>,
    /// What shares of wrong answers are tolerated, instead of those of the calibration.
    pub risk: Option<Risk>,
    /// Put before the question.
    pub prefix: Option<String>,
    /// System message.
    pub system: Option<String>,
}

impl Request {
    /// Fields that are missing here are taken from `defaults`.
    pub fn or(self, defaults: &Self) -> Self {
        macro_rules! pick { ($($field:ident)*) => { Self { $($field: self.$field.or_else(|| defaults.$field.clone())),* } } }
        pick!(id question messages prompt_ids answer response_ids max_tokens samples temperature seed methods semantic_position
              tail all_layers explain engines paraphrases wordings examples demonstrations spans evidence state risk prefix
              system)
    }

    /// Whether gradients are wanted at more positions than the semantic one.
    pub fn by_position(&self) -> bool {
        self.tail.unwrap_or(0) > 0 || self.explain.unwrap_or(false)
    }
}

/// Engines by name.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct EngineNames {
    /// Similarity: `lexical`, `encoder` (the default where one was loaded), or `none` though one was loaded.
    pub embed: Option<String>,
    /// Entailment: `lexical`, `judge` (the language model itself), `encoder` (the default where one was loaded), or
    /// `none` though one was loaded.
    pub nli: Option<String>,
}

/// A text to classify after sets of demonstrations.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Demonstrations {
    /// Names of the labels.
    pub labels: Vec<String>,
    /// The sets; each gives one prompt.
    pub sets: Vec<Vec<Demonstration>>,
    /// The text; the question where it is missing.
    pub text: Option<String>,
}

/// One token of an answer.
#[derive(Clone, Debug, Serialize)]
pub struct Token {
    /// Id.
    pub id: u32,
    /// Text; null without a tokenizer.
    pub text: Option<String>,
    /// Log-probability, nats.
    pub logprob: f64,
    /// Entropy of its distribution, nats.
    pub entropy: f64,
    /// Distance of the two largest logits.
    pub top2_margin: f64,
}

/// One score.
#[derive(Clone, Debug, Serialize)]
pub struct Score {
    /// Higher is less sure; null when undefined.
    pub score: f64,
    /// Calibrated probability of being right; null until a profile provides it.
    pub confidence: Option<f64>,
    /// Why there is no confidence, see [`crate::confidence::reasons`].
    pub confidence_reason: Option<&'static str>,
    /// What this score alone costs besides generating, ms.
    pub ms: f64,
    /// Passes through (a part of) the model besides generating.
    pub passes: u32,
    /// Why there is no score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Error>,
}

/// A part of the answer with scores of its own; higher is less sure.
#[derive(Clone, Debug, Serialize)]
pub struct Span {
    /// Its text.
    pub text: String,
    /// Its tokens: first, one past the last.
    pub tokens: (usize, usize),
    /// By method; null when undefined.
    pub scores: BTreeMap<&'static str, f64>,
}

/// One drawn answer.
#[derive(Clone, Debug, Serialize)]
pub struct SampleRecord {
    /// Its text; null without a tokenizer.
    pub text: Option<String>,
    /// Its ids, the end-of-turn token included where there is one.
    pub response_ids: Vec<u32>,
    /// Log-probabilities at temperature 1, nats.
    pub logprob: Vec<f64>,
    /// False when `max_tokens` cut it off.
    pub finished: bool,
}

/// Where the semantic token stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SemanticPosition {
    /// Index in the prompt.
    pub index: usize,
    /// −1 is the last prompt token.
    pub offset: i64,
    /// Its text; null without a tokenizer.
    pub token: Option<String>,
    /// How it was found: `header`, `profile`, `offset` or `last`.
    pub rule: &'static str,
}

/// What the gradients say about the prompt.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    /// The prompt.
    pub tokens: Vec<PromptToken>,
    /// Mean |∂ℒ/∂h|, `[layer][token]`; null where not computed.
    pub gradients: Vec<Option<Vec<f64>>>,
}

/// One token of the prompt.
#[derive(Clone, Debug, Serialize)]
pub struct PromptToken {
    /// Id.
    pub id: u32,
    /// Text; null without a tokenizer.
    pub text: Option<String>,
    /// `user` for the text of a message (the prefix included), `template` for what is around it; null where ids were
    /// given.
    pub part: Option<&'static str>,
}

/// Where the time went, ms.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Times {
    /// Loading the model (the same on every line).
    pub load: f64,
    /// The prompt, up to the first token of the answer.
    pub prefill: f64,
    /// The answer from its first token on.
    pub decode: f64,
    /// Samples.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub samples: Option<f64>,
    /// Waiting for engines that were still being loaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engines: Option<f64>,
    /// All scores together.
    pub score: f64,
}

/// An answer with its scores.
#[derive(Clone, Debug, Serialize)]
pub struct Record {
    /// As in the request.
    pub id: Option<serde_json::Value>,
    /// The prompt as the model saw it.
    pub prompt_ids: Vec<u32>,
    /// The answer, the end-of-turn token included where there is one.
    pub response_ids: Vec<u32>,
    /// Its text; null without a tokenizer.
    pub answer: Option<String>,
    /// `stop`, `length` or `given`.
    pub finish_reason: &'static str,
    /// By token.
    pub tokens: Vec<Token>,
    /// By method.
    pub scores: BTreeMap<&'static str, Score>,
    /// exp(−mean entropy).
    pub alpha: f64,
    /// Calibrated probability that the answer is right; null where no calibration fits.
    pub confidence: Option<f64>,
    /// Why there is none, see [`crate::confidence::reasons`].
    pub confidence_reason: Option<&'static str>,
    /// What made it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub confidence_parts: Vec<Part>,
    /// `answer`, `flag` or `abstain`; null without confidence.
    pub verdict: Option<&'static str>,
    /// Why, in one sentence.
    pub verdict_reason: Option<String>,
    /// The confidences that it changes at; null without a verdict, or where it is not made of a confidence.
    pub verdict_thresholds: Option<Bounds>,
    /// What the reader should know.
    pub warnings: Vec<String>,
    /// The token whose hidden states the semantic gradient looks at.
    pub semantic_position: SemanticPosition,
    /// Its index once more.
    pub semantic_index: usize,
    /// Mean |∂ℒ/∂h| there, hidden states 0..L−1; null where not computed.
    pub layers: Vec<Option<f64>>,
    /// The same at the last prompt positions, `[layer][position]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grad_l1_tail: Option<Vec<Option<Vec<f64>>>>,
    /// The prompt and its gradients, when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<Explanation>,
    /// Drawn answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub samples: Option<Vec<SampleRecord>>,
    /// Parts of the answer, when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spans: Option<Vec<Span>>,
    /// The hidden state that calibration can learn from, when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<State>,
    /// What the methods read, when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
    /// Times.
    pub ms: Times,
    /// `webgpu` or `cpu`.
    pub device: &'static str,
}

/// A request that failed.
#[derive(Clone, Debug, Serialize)]
pub struct Failure {
    /// As in the request.
    pub id: Option<serde_json::Value>,
    /// What happened.
    pub error: Error,
}
