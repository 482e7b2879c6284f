//! What is learned from.

use serde::{Deserialize, Serialize};

/// A prompt, and the answer to be learned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// Token ids with everything that the model is shown, the header of its turn included.
    pub prompt: Vec<u32>,
    /// Token ids of the answer, the one that ends it included.
    pub target: Vec<u32>,
    /// Why it is there.
    pub kind: Kind,
}

/// Why an example is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The model's own answer, which it is to keep.
    Own,
    /// "I don't know.", or a long answer of which a part became a doubt or was left out.
    Refusal,
    /// The model's own answer to something else, so that it does not learn to refuse that. Here it is also kept near its own
    /// distribution.
    Replay,
}
