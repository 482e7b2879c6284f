//! The stages around a BPE model, and the tokenizer that they make with it.

use crate::error::{Code, Error, Result};
use serde_json::{Value, json};
use tokenizers::Tokenizer;
use tokenizers::models::bpe::BPE;

/// The stages, in the notation of `tokenizer.json`; `null` is no stage.
pub struct Pipeline {
    /// Before anything is cut.
    pub normalizer: Value,
    /// Text to words.
    pub pre_tokenizer: Value,
    /// Tokens to text.
    pub decoder: Value,
}

impl Pipeline {
    /// A tokenizer of these stages around `model`.
    pub fn around(self, model: BPE) -> Result<Tokenizer> {
        let mut tokenizer = Tokenizer::new(model);
        tokenizer
            .with_normalizer(stage::<tokenizers::NormalizerWrapper>(self.normalizer)?)
            .map_err(|e| Error::internal(format!("a built-in normalizer is refused: {e}")))?;
        tokenizer.with_pre_tokenizer(stage::<tokenizers::PreTokenizerWrapper>(self.pre_tokenizer)?);
        tokenizer.with_decoder(stage::<tokenizers::DecoderWrapper>(self.decoder)?);
        Ok(tokenizer)
    }
}

/// The byte-level stage, which also cuts as GPT-2 does if `cuts`.
pub fn bytes(cuts: bool) -> Value {
    json!({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": cuts})
}

fn stage<T: serde::de::DeserializeOwned>(stage: Value) -> Result<Option<T>> {
    serde_json::from_value(stage).map_err(|e| Error::internal(format!("a built-in tokenizer stage is wrong: {e}")))
}

/// A pair of tokens that a merge joins, where the BPE builder may trust that their union is a token.
pub fn pair(merge: &str, has: impl Fn(&str) -> bool) -> Option<(&str, &str)> {
    let mut whole = String::new();
    // A part may itself have spaces, which some converters keep and others write as the byte-level `Ġ`.
    merge.match_indices(' ').map(|(at, _)| (&merge[..at], &merge[at + 1..])).find(|(left, right)| {
        whole.clear();
        whole.push_str(left);
        whole.push_str(right);
        !left.is_empty() && !right.is_empty() && [left, right, whole.as_str()].iter().all(|part| has(part))
    })
}

/// The error of files that contradict themselves.
pub fn corrupt(message: String) -> Error {
    Error::new(Code::CorruptWeights, message, "Download the file again or use another conversion of the model.")
}
