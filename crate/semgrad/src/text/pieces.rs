//! One text or a pair of texts as an encoder sees them: between the special tokens of its template, cut to its length.
//!
//! Ids equal those of Hugging Face, except that special tokens which a text spells out stay text.

use super::encode::{self, Encoder};
use super::json;
use crate::error::{Code, Error, Result};
use tokenizers::{PostProcessor, TruncationParams};

/// What an encoder reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Input {
    /// Token ids.
    pub ids: Vec<u32>,
    /// By token: 1 for the second text of a pair, where the model tells them apart.
    pub types: Vec<u32>,
    /// Whether something was cut off.
    pub truncated: bool,
}

/// The tokenizer of an encoder.
#[derive(Clone)]
pub struct Pieces(Encoder);

impl Pieces {
    /// Reads a `tokenizer.json`; inputs get at most `limit` tokens, special ones included.
    ///
    /// # Errors
    /// `corrupt_weights` when it cannot be read or no text fits.
    pub fn new(tokenizer_json: &[u8], limit: usize) -> Result<Self> {
        let mut tokenizer = json::build(tokenizer_json, &mut Vec::new())?;
        let special = tokenizer.get_post_processor().map_or(0, |template| template.added_tokens(true));
        if limit <= special {
            return Err(Error::new(
                Code::CorruptWeights,
                format!("the encoder reads {limit} tokens, and its special tokens alone are {special}"),
                "The files of the encoder do not belong together.",
            ));
        }
        // The longer text of a pair is cut first, as Hugging Face does.
        let truncation = TruncationParams { max_length: limit, ..TruncationParams::default() };
        tokenizer.with_truncation(Some(truncation)).map_err(|e| Error::internal(e.to_string()))?;
        Ok(Self(Encoder::new(tokenizer)?))
    }

    /// Ids of one text, or of two.
    ///
    /// # Errors
    /// `internal` when the tokenizer fails.
    pub fn encode(&self, text: &str, pair: Option<&str>) -> Result<Input> {
        let plain = |text: &str| self.0.encoding(text, |_, added| encode::plain(added));
        let (first, second) = (plain(text)?, pair.map(plain).transpose()?);
        let encoding =
            self.0.tokenizer.post_process(first, second, true).map_err(|e| Error::internal(e.to_string()))?;
        Ok(Input {
            ids: encoding.get_ids().to_vec(),
            types: encoding.get_type_ids().to_vec(),
            truncated: !encoding.get_overflowing().is_empty(),
        })
    }
}
