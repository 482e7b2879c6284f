//! Text to ids: cut out added tokens, normalize, pre-tokenize, look up; every token knows its place in the text.

use super::added::{Added, AddedTokens};
use crate::error::{Error, Result};
use std::ops::Range as Span;
use std::sync::Arc;
use tokenizers::{Encoding, Model, ModelWrapper, Normalizer, OffsetType, PreTokenizedString, PreTokenizer, Tokenizer};

/// A token and the bytes of the text that it stands for.
pub type Placed = (u32, Span<usize>);

/// A tokenizer that leaves the say about added tokens to the caller.
#[derive(Clone)]
pub struct Encoder {
    /// The stages.
    pub tokenizer: Arc<Tokenizer>,
    /// What is cut out first.
    pub added: AddedTokens,
}

fn failed(error: tokenizers::Error) -> Error {
    Error::internal(format!("the text cannot be tokenized: {error}"))
}

impl Encoder {
    /// Wraps a tokenizer.
    pub fn new(tokenizer: Tokenizer) -> Result<Self> {
        Ok(Self { added: AddedTokens::new(&tokenizer)?, tokenizer: Arc::new(tokenizer) })
    }

    /// Encodes `text` in one go. An added token counts where `accept` (its place in `text`) says so.
    pub fn encode(&self, text: &str, accept: impl Fn(Span<usize>, &Added) -> bool) -> Result<Vec<Placed>> {
        let encoding = self.encoding(text, accept)?;
        Ok(encoding.get_ids().iter().zip(encoding.get_offsets()).map(|(id, place)| (*id, place.0..place.1)).collect())
    }

    /// The same as the library's own record, to which a post-processor can add.
    pub fn encoding(&self, text: &str, accept: impl Fn(Span<usize>, &Added) -> bool) -> Result<Encoding> {
        let mut pieces = PreTokenizedString::from(text);
        pieces.split(|_, piece| Ok(self.added.split_raw(piece, &accept))).map_err(failed)?;
        pieces
            .split(|_, mut piece| {
                if let Some(normalizer) = self.tokenizer.get_normalizer() {
                    normalizer.normalize(&mut piece)?;
                }
                Ok(self.added.split_normalized(piece, &accept))
            })
            .map_err(failed)?;
        if matches!(self.tokenizer.get_model(), ModelWrapper::Unigram(_)) {
            pieces.split(|_, piece| Ok(self.added.break_up(piece))).map_err(failed)?;
        }
        if let Some(pre_tokenizer) = self.tokenizer.get_pre_tokenizer() {
            pre_tokenizer.pre_tokenize(&mut pieces).map_err(failed)?;
        }
        pieces.tokenize(|piece| self.tokenizer.get_model().tokenize(piece.get())).map_err(failed)?;
        pieces.into_encoding(None, 0, OffsetType::Byte).map_err(failed)
    }

    /// Encodes plain text: control tokens in it are characters like any other.
    pub fn encode_plain(&self, text: &str) -> Result<Vec<Placed>> {
        self.encode(text, |_, added| !added.control)
    }
}
