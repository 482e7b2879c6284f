//! What calibration and metrics read of one answered question.

use super::features::Lengths;
use super::state::State;
use crate::kinds::Kind;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
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
    /// Whether the answer was cut off before its end: then it is neither fitted to nor given a confidence.
    #[serde(default)]
    pub cut: bool,
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

/// The answers that came to their end, and a note on the others.
pub(super) fn whole(items: &[Item]) -> (Cow<'_, [Item]>, Option<String>) {
    let cut = items.iter().filter(|item| item.cut).count();
    if cut == 0 {
        return (items.into(), None);
    }
    let are = if cut == 1 { "answer was cut off and is" } else { "answers were cut off and are" };
    let kept: Vec<Item> = items.iter().filter(|item| !item.cut).cloned().collect();
    (kept.into(), Some(format!("{cut} {are} left out: there is no confidence for such answers")))
}

/// The scores of a method, where there are any.
pub(super) fn column(id: &str, items: &[Item]) -> (Vec<f64>, Vec<bool>) {
    items.iter().filter_map(|item| Some((*item.scores.get(id)?, item.right))).unzip()
}
