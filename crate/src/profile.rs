//! What was measured once for a model: where the question's meaning sits in its prompt (later: calibration).

use crate::error::{Code, Error, Result};
use serde::{Deserialize, Serialize};

/// A model's profile, one small JSON file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Which model and prompt it belongs to.
    pub key: Key,
    /// Chosen semantic position.
    pub semantic_position: SemanticPosition,
    /// The preservation scores it was chosen from.
    pub sps: SpsMap,
}

/// What a profile was fitted on; with another key it does not apply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// SHA-256 of the weight file, hexadecimal (of the concatenated shards for a folder).
    pub weights: String,
    /// SHA-256 of the chat template; null without one.
    pub template: Option<String>,
    /// Text put before every question.
    pub prefix: String,
}

/// A position counted from the prompt's end, and the layers that belong to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SemanticPosition {
    /// −1 is the last prompt token.
    pub offset: i64,
    /// The token that stands there in every prompt; null where the question's own words do.
    pub token: Option<String>,
    /// Mean preservation score over `layers`.
    pub score: f64,
    /// First and last hidden state that the score averages, the upper half.
    pub layers: [usize; 2],
    /// Why this position won.
    pub rule: String,
}

/// Semantic preservation by layer (0..=L) and by position (the last column is the last prompt token).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpsMap {
    /// Questions used.
    pub questions: usize,
    /// Paraphrases per question.
    pub paraphrases: usize,
    /// `within − across`.
    pub sps: Vec<Vec<f64>>,
}

impl Profile {
    /// Reads a profile.
    ///
    /// # Errors
    /// `bad_input` when it is not one.
    pub fn parse(json: &str) -> Result<Self> {
        let bad = |what: String| {
            Error::new(
                Code::BadInput,
                format!("the profile is not usable: {what}."),
                "Make it again with `semgrad sps`.",
            )
        };
        let profile: Self = serde_json::from_str(json).map_err(|e| bad(e.to_string()))?;
        if profile.semantic_position.offset >= 0 {
            return Err(bad(format!("semantic_position.offset is {}, not negative", profile.semantic_position.offset)));
        }
        Ok(profile)
    }
}
