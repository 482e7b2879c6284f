//! A question that was asked, as files and callers have it.

use super::target::Known;
use serde::{Deserialize, Serialize};

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
