//! One line in, one line out: the contract of the command line, of the package and of what is built on them.
//!
//! The package's types, the flags of the command line and `pkg/contract.json` are made from these types with their comments
//! (`cargo xtask contract`), so a comment here is what a reader of any of them sees. What is a number here is null in JSON
//! where it is NaN or infinite, unless its field says `finite`.

use crate::confidence::combined::Part;
use crate::confidence::explanation::Explanation;
use crate::confidence::state::State;
use crate::confidence::verdict::{Bounds, Risk};
use crate::error::Error;
use crate::evidence::Evidence;
use crate::evidence::observed::Alternative;
use crate::given::examined::Examined;
use crate::kinds::Kind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub mod faults;
pub mod names;

/// A question, with an answer to judge or without: exactly one of `question`, `messages`, `prompt_ids`, and at most one of
/// `answer`, `response_ids`. Unknown fields are refused.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Request {
    /// Returned as it came.
    pub id: Option<serde_json::Value>,
    /// The user message.
    pub question: Option<String>,
    /// A whole conversation instead.
    pub messages: Option<Vec<Message>>,
    /// Its token ids instead.
    pub prompt_ids: Option<Vec<u32>>,
    /// Answer to judge; it is tokenized alone, and the end-of-turn token is appended.
    pub answer: Option<String>,
    /// Ids of an answer to judge, verbatim.
    pub response_ids: Option<Vec<u32>>,
    /// Most tokens to generate, of the answer and of every sample. Left out, it is what the calibration that fits was made
    /// with, else 128.
    pub max_tokens: Option<usize>,
    /// Answers to draw beside the greedy one, 1 to 256, side by side. 10 where a method needs some.
    pub samples: Option<usize>,
    /// Of the samples where some are asked for (1 by default), else of the answer (0, greedy, by default).
    pub temperature: Option<f64>,
    /// Seed of the draws.
    pub seed: Option<u64>,
    /// Scores to compute by their ids, or `all`.
    pub methods: Option<Vec<String>>,
    /// The prompt position whose hidden states SemGrad looks at: `header`, `profile`, or `-N` counted from the prompt's end.
    pub semantic_position: Option<String>,
    /// Also return mean |g| at this many last prompt positions, for every computed layer.
    pub tail: Option<usize>,
    /// Gradients at every hidden state instead of the upper half.
    pub all_layers: Option<bool>,
    /// Also return the prompt's tokens, and mean |g| at every one of them: which words the answer hangs on.
    pub attribute: Option<bool>,
    /// Also return with each token of the answer what else the model might have written there.
    pub rivals: Option<bool>,
    /// Who compares texts; a method whose engine is not named fails alone with `engine_required`.
    pub engines: Option<EngineNames>,
    /// Other wordings of the question, instead of those found by `wordings`.
    pub paraphrases: Option<Vec<String>>,
    /// Who finds other wordings: `model` is asked for them, `search` exchanges words by a list of synonyms, and is the
    /// default where one was loaded.
    #[cfg_attr(not(target_family = "wasm"), schemars(extend("enum" = ["model", "search"])))]
    pub wordings: Option<String>,
    /// Answers whose truth is known, shown to the model before it is asked about this one (`p_true`).
    pub examples: Option<Vec<Example>>,
    /// A classification by demonstrations (`icl_epistemic`, `icl_aleatoric`).
    pub demonstrations: Option<Demonstrations>,
    /// Also split the answer into claims and score each.
    pub spans: Option<bool>,
    /// Also examine the given answer: which of its words stand out, what the model would have said, and how far to doubt it.
    pub examine: Option<bool>,
    /// Short answers of the model's own that an examined answer is compared with, at most 16: 5 if left out, 0 for none.
    pub own_answers: Option<usize>,
    /// Also return what the methods read, as `evaluate` and `semgrad methods eval` take it.
    pub evidence: Option<bool>,
    /// Also return the hidden state that calibration can learn from.
    pub state: Option<bool>,
    /// What shares of wrong answers are tolerated, instead of the calibration's own, for the verdict.
    pub risk: Option<Risk>,
    /// Put before the question, verbatim; an empty text is none. Left out, it is that of the profile that fits weights and
    /// template, and none in a conversation of several turns: those were not calibrated.
    pub prefix: Option<String>,
    /// System message; without one the model's own template default applies.
    pub system: Option<String>,
}

impl Request {
    /// Fields that are missing here are taken from `defaults`.
    pub fn or(self, defaults: &Self) -> Self {
        macro_rules! pick { ($($field:ident)*) => { Self { $($field: self.$field.or_else(|| defaults.$field.clone())),* } } }
        pick!(id question messages prompt_ids answer response_ids max_tokens samples temperature seed methods semantic_position
              tail all_layers attribute rivals engines paraphrases wordings examples demonstrations spans examine own_answers evidence state risk prefix
              system)
    }

    /// Whether gradients are wanted at more positions than the semantic one.
    pub fn by_position(&self) -> bool {
        self.tail.unwrap_or(0) > 0 || self.attribute.unwrap_or(false)
    }
}

/// One message of a conversation. It may have more fields, which are not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema))]
pub struct Message {
    /// `system`, `user`, `assistant`, …; what the template knows.
    pub role: String,
    /// The text. Control tokens in it stay text.
    pub content: String,
}

/// Who compares texts, by name.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema))]
#[serde(default)]
pub struct EngineNames {
    /// Similarity: `lexical`, `encoder` (the default where one was loaded), or `none` though one was loaded.
    pub embed: Option<String>,
    /// Entailment: `lexical`, `judge` (the language model itself), `encoder` (the default where one was loaded), or
    /// `none` though one was loaded.
    pub nli: Option<String>,
}

/// An answer whose truth is known, shown to the model before it is asked about this one (`p_true`).
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema), schemars(extend("required" = ["question", "answer", "truth"])))]
#[serde(default)]
pub struct Example {
    /// The question.
    pub question: String,
    /// Other answers to it.
    pub brainstormed: Vec<String>,
    /// The answer in question.
    pub answer: String,
    /// Whether it is true.
    pub truth: bool,
}

/// A text to classify after sets of demonstrations (`icl_epistemic`, `icl_aleatoric`).
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema), schemars(extend("required" = ["labels", "sets"])))]
#[serde(default)]
pub struct Demonstrations {
    /// Names of the labels.
    pub labels: Vec<String>,
    /// Each set gives one prompt; `label` is an index.
    pub sets: Vec<Vec<Demonstration>>,
    /// The text; the question where it is missing.
    pub text: Option<String>,
}

/// A text with the index of its label.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema))]
pub struct Demonstration {
    /// The text.
    pub text: String,
    /// Index among the labels.
    pub label: usize,
}

/// One token of the answer; numbers in nats over the full vocabulary.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema))]
pub struct Token {
    /// Id.
    pub id: u32,
    /// Text; null without a tokenizer.
    pub text: Option<String>,
    /// Log-probability.
    pub logprob: f64,
    /// Entropy of its distribution.
    pub entropy: f64,
    /// Difference of the two largest logits.
    pub top2_margin: f64,
    /// Its most probable rivals, falling: at most three, of probability 0.01 or more. Absent where there are none, and where
    /// `rivals` does not ask for them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rivals: Vec<Alternative>,
}

/// One score; higher means less sure.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema))]
pub struct Score {
    /// Null when undefined.
    pub score: f64,
    /// Calibrated probability of being right; null when no profile fits.
    pub confidence: Option<f64>,
    /// Why there is none, in one sentence.
    pub confidence_reason: Option<&'static str>,
    /// What this score alone cost besides generating, in milliseconds.
    #[cfg_attr(not(target_family = "wasm"), schemars(extend("finite" = true)))]
    pub ms: f64,
    /// Forward and backward passes through (a part of) the model that it needed besides generating.
    pub passes: u32,
    /// Why there is no score, where this method alone failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Error>,
}

/// A part of the answer with scores of its own; higher means less sure.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema))]
pub struct Span {
    /// Its text.
    pub text: String,
    /// Its tokens: the first, and one past the last.
    pub tokens: (usize, usize),
    /// By method; null where undefined.
    pub scores: BTreeMap<&'static str, f64>,
}

/// One drawn answer.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema))]
pub struct SampleRecord {
    /// Its text; null without a tokenizer.
    pub text: Option<String>,
    /// Its ids, the end-of-turn token included where there is one.
    pub response_ids: Vec<u32>,
    /// Log-probabilities by token, in nats, at temperature 1 whatever temperature drew them.
    #[cfg_attr(not(target_family = "wasm"), schemars(extend("finite" = true)))]
    pub logprob: Vec<f64>,
    /// False when `max_tokens` cut it off.
    pub finished: bool,
    /// Which of the drawn answers say the same have the same number; 0 is what the answer itself says. Null without texts.
    pub group: Option<usize>,
}

/// The prompt token at which the gradients were taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema))]
pub struct SemanticPosition {
    /// Index in the prompt.
    pub index: usize,
    /// The same from the end: -1 is the last prompt token.
    pub offset: i64,
    /// Its text; null without a tokenizer.
    pub token: Option<String>,
    /// Why this one: `header`, `profile`, `offset` or `last`.
    pub rule: &'static str,
}

/// What the gradients say about the prompt.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema))]
pub struct Attribution {
    /// The prompt.
    pub tokens: Vec<PromptToken>,
    /// Mean |g|, `[layer][token]`; a layer is null where not computed: below the upper half, unless all
    /// layers were asked for.
    pub gradients: Vec<Option<Vec<f64>>>,
}

/// One token of the prompt.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema))]
pub struct PromptToken {
    /// Id.
    pub id: u32,
    /// Text; null without a tokenizer.
    pub text: Option<String>,
    /// `user` for the text of a message (the prefix included), `template` for what is around it; null where ids were
    /// given.
    #[cfg_attr(not(target_family = "wasm"), schemars(extend("enum" = ["user", "template", null])))]
    pub part: Option<&'static str>,
}

/// Where the time of one question went, in milliseconds.
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema))]
pub struct Times {
    /// Loading the model (the same on every line).
    pub load: f64,
    /// The prompt, up to the first token of the answer.
    pub prefill: f64,
    /// The answer from its first token on.
    pub decode: f64,
    /// Samples; absent where none were drawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub samples: Option<f64>,
    /// Waiting for engines that were not loaded yet when the answer was there; absent where no method needs one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engines: Option<f64>,
    /// All scores together.
    pub score: f64,
}

/// An answer, and how far to trust it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema))]
pub struct Record {
    /// As in the request.
    pub id: Option<serde_json::Value>,
    /// The prompt as the model saw it.
    pub prompt_ids: Vec<u32>,
    /// What was put before the question: the request's prefix, or else the profile's; empty where nothing was.
    pub prefix: String,
    /// The answer, the end-of-turn token included where there is one.
    pub response_ids: Vec<u32>,
    /// Its text; null without a tokenizer.
    pub answer: Option<String>,
    /// Why the answer ends.
    #[cfg_attr(not(target_family = "wasm"), schemars(extend("enum" = ["stop", "length", "given"])))]
    pub finish_reason: &'static str,
    /// The answer by token.
    pub tokens: Vec<Token>,
    /// The scores that were asked for, by id.
    pub scores: BTreeMap<&'static str, Score>,
    /// exp(-mean entropy), the mixing weight of `hybridgrad`.
    pub alpha: f64,
    /// What kind of question it is, by its words; null where it did not come as text.
    pub kind: Option<Kind>,
    /// Calibrated probability that the answer is right, 0..1; null where no calibration fits.
    pub confidence: Option<f64>,
    /// Why there is none, in one sentence.
    pub confidence_reason: Option<&'static str>,
    /// What made the confidence, where there is one: `intercept` first, then by signal (a method's id, `answer_tokens`,
    /// `prompt_tokens`, `state`) what it adds to the log-odds of being right.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub confidence_parts: Vec<Part>,
    /// What to do with the answer; null without a confidence.
    #[cfg_attr(not(target_family = "wasm"), schemars(extend("enum" = ["answer", "flag", "abstain", null])))]
    pub verdict: Option<&'static str>,
    /// The verdict in one sentence.
    pub verdict_reason: Option<String>,
    /// Where the verdict changes; null without one, and where it is not made of the confidence (mode `entropy`).
    pub verdict_thresholds: Option<Bounds>,
    /// The same in plain words, for people: how far to trust the answer and why, or why nobody can say.
    pub explanation: Explanation,
    /// What the reader should know.
    pub warnings: Vec<String>,
    /// The token whose hidden states the semantic gradient looks at.
    #[cfg_attr(not(target_family = "wasm"), schemars(with = "Option<SemanticPosition>"))]
    pub semantic_position: SemanticPosition,
    /// Its index once more.
    #[cfg_attr(not(target_family = "wasm"), schemars(with = "Option<usize>"))]
    pub semantic_index: usize,
    /// Mean |g| there for hidden states 0..L-1; null where not computed.
    pub layers: Vec<Option<f64>>,
    /// The same at the last prompt positions, where `tail` asks for it: `[layer][position]`, the last column for the last
    /// prompt token; a layer is null where not computed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grad_l1_tail: Option<Vec<Option<Vec<f64>>>>,
    /// The prompt and its gradients, where `attribute` asks for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribution: Option<Attribution>,
    /// What was drawn beside the answer, where there are `samples`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub samples: Option<Vec<SampleRecord>>,
    /// Parts of the answer, where `spans` asks for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spans: Option<Vec<Span>>,
    /// What the model makes of a given answer, where `examine` asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub examined: Option<Examined>,
    /// The model's own state at the answer's end, where `state` asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<State>,
    /// What the methods read, where `evidence` asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
    /// Where the time went.
    pub ms: Times,
    /// Where it was computed.
    #[cfg_attr(not(target_family = "wasm"), schemars(extend("enum" = ["webgpu", "cpu"])))]
    pub device: &'static str,
}

/// A request that failed.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema))]
pub struct Failure {
    /// As in the request.
    pub id: Option<serde_json::Value>,
    /// What happened.
    pub error: Error,
}
