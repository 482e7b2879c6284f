//! What calibration and metrics read of one answered question.

use super::features::Lengths;
use super::state::State;
use crate::kinds::Kind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An answer that was judged, with its scores.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// Question set that it belongs to.
    #[serde(default)]
    pub set: String,
    /// Id within the set.
    #[serde(default)]
    pub id: String,
    /// By method; higher is less sure, finite only.
    pub scores: BTreeMap<String, f64>,
    /// Tokens of the answer, the end-of-turn token included.
    #[serde(default)]
    pub tokens: usize,
    /// Tokens of the prompt, the template's included.
    #[serde(default)]
    pub prompt_tokens: usize,
    /// The model's state at the answer's end.
    #[serde(default)]
    pub state: Option<State>,
    /// What kind of question it is, where the question is known.
    #[serde(default)]
    pub kind: Option<Kind>,
    /// Whether the answer is right.
    pub right: bool,
}

impl Item {
    /// Both lengths.
    pub fn lengths(&self) -> Lengths {
        Lengths { prompt: self.prompt_tokens, answer: self.tokens }
    }
}

/// The scores of a method, where there are any.
pub(super) fn column(id: &str, items: &[Item]) -> (Vec<f64>, Vec<bool>) {
    items.iter().filter_map(|item| Some((*item.scores.get(id)?, item.right))).unzip()
}
