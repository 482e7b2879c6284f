//! A question that was asked, as files and callers have it.

use super::target::Known;
use serde::{Deserialize, Serialize};

/// How questions are asked by which a model is taught, unless somebody wishes otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Usual {
    /// Answers drawn for each question.
    pub samples: usize,
    /// Most tokens of an answer: short ones are taught, and a longer one that is cut off is not learned from.
    pub answer_tokens: usize,
    /// Most tokens of the answer to an ordinary instruction: it only has to hold the model where it is.
    pub replay_tokens: usize,
}

/// It.
pub const USUAL: Usual = Usual { samples: 10, answer_tokens: 32, replay_tokens: 80 };

/// A question with the model's answer: a line of the file that teaching can be resumed from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema))]
pub struct Asked {
    /// The question.
    pub question: String,
    /// Token ids of what the model was shown.
    pub prompt_ids: Vec<u32>,
    /// The greedy answer.
    pub answer: String,
    /// Its token ids, the one that ends it included where there is one.
    pub response_ids: Vec<u32>,
    /// The drawn answers; absent where none were drawn.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub samples: Vec<String>,
    /// How unsure the model is of it.
    #[serde(flatten)]
    pub known: Known,
}
