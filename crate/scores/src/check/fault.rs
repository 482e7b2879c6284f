//! What is found.

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// A calculation.
    Arithmetic,
    /// A total that its parts do not make.
    Total,
    /// A day of the week, a span between dates, an age, a leap year.
    Date,
    /// A conversion between units.
    Unit,
    /// A number of letters, words or items.
    Count,
    /// A number that the answer states twice, differently.
    Contradiction,
    /// A quotation of the conversation that is not in it.
    Quotation,
}

/// A fault that an answer has, whatever is true in the world.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema))]
pub struct Fault {
    /// Its kind.
    pub kind: FaultKind,
    /// Where in the answer, in UTF-16 code units as JavaScript counts: the first, and one past the last.
    pub at: [usize; 2],
    /// What the answer says there.
    pub said: String,
    /// What would be right; null where only the contradiction is sure.
    pub meant: Option<String>,
    /// In a sentence.
    pub message: String,
}

/// A fault as the checks find it.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Its kind.
    pub kind: FaultKind,
    /// Bytes of the answer.
    pub at: Range<usize>,
    /// What would be right.
    pub meant: Option<String>,
    /// In a sentence.
    pub message: String,
}
