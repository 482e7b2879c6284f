//! What calibration and metrics read of one answered question.

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
    /// Whether the answer is right.
    pub right: bool,
}
