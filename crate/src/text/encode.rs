//! Text to ids: cut out added tokens, normalize, pre-tokenize, look up; every token knows its place in the text.

use super::added::{Added, AddedTokens, Reading};
use crate::error::{Error, Result};
use std::cell::Cell;
use std::ops::Range as Span;
use std::sync::Arc;
use tokenizers::{
    Encoding, Model, ModelWrapper, NormalizedString, Normalizer, OffsetType, PreTokenizedString, PreTokenizer,
    Tokenizer,
};

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

/// Whether the model makes token `id` of `text`, which is normalized.
fn makes(tokenizer: &Tokenizer, text: &str, id: u32) -> tokenizers::Result<bool> {
    let mut pieces = PreTokenizedString::from(text);
    if let Some(pre_tokenizer) = tokenizer.get_pre_tokenizer() {
        pre_tokenizer.pre_tokenize(&mut pieces)?;
    }
    pieces.tokenize(|piece| tokenizer.get_model().tokenize(piece.get()))?;
    Ok(pieces.into_encoding(None, 0, OffsetType::Byte)?.get_ids().contains(&id))
}

impl Encoder {
    /// Wraps a tokenizer.
    pub fn new(tokenizer: Tokenizer) -> Result<Self> {
        let mut added = AddedTokens::new(&tokenizer)?;
        let unigram = matches!(tokenizer.get_model(), ModelWrapper::Unigram(_));
        added.find_made(|text, id| unigram || makes(&tokenizer, text, id).unwrap_or(true));
        Ok(Self { added, tokenizer: Arc::new(tokenizer) })
    }

    /// Encodes `text` in one go. `read` says what a place in `text` that spells an added token is.
    pub fn encode(&self, text: &str, read: impl Fn(Span<usize>, &Added) -> Reading) -> Result<Vec<Placed>> {
        let encoding = self.encoding(text, read)?;
        Ok(encoding.get_ids().iter().zip(encoding.get_offsets()).map(|(id, place)| (*id, place.0..place.1)).collect())
    }

    /// The same as the library's own record, to which a post-processor can add.
    pub fn encoding(&self, text: &str, read: impl Fn(Span<usize>, &Added) -> Reading) -> Result<Encoding> {
        let mut pieces = PreTokenizedString::from(text);
        pieces.split(|_, piece| Ok(self.added.split_raw(piece, &read))).map_err(failed)?;
        pieces
            .split(|_, mut piece| {
                if let Some(normalizer) = self.tokenizer.get_normalizer() {
                    normalizer.normalize(&mut piece)?;
                }
                Ok(self.added.split_normalized(piece, &read))
            })
            .map_err(failed)?;
        pieces.split(|_, piece| Ok(self.added.break_up(piece, &read))).map_err(failed)?;
        if let Some(pre_tokenizer) = self.tokenizer.get_pre_tokenizer() {
            pre_tokenizer.pre_tokenize(&mut pieces).map_err(failed)?;
        }
        pieces.tokenize(|piece| self.tokenizer.get_model().tokenize(piece.get())).map_err(failed)?;
        pieces.into_encoding(None, 0, OffsetType::Byte).map_err(failed)
    }

    /// A warning when there are characters that this tokenizer loses: the model has no token for them, and none that
    /// stands for unknown ones. One character for every byte that UTF-8 can have is tried.
    pub fn lost(&self) -> Result<Option<String>> {
        let (one, next, two) = (0..0x80, 0x80..0xc0, (0xc0..0x800).step_by(0x40));
        let three = [0x800].into_iter().chain((0x1000..0x1_0000).step_by(0x1000));
        let four = [0x1_0000].into_iter().chain((0x4_0000..0x11_0000).step_by(0x4_0000));
        let mut lost = Vec::new();
        for c in one.chain(next).chain(two).chain(three).chain(four).filter_map(char::from_u32) {
            let mut piece = NormalizedString::from(c.to_string());
            if let Some(normalizer) = self.tokenizer.get_normalizer() {
                normalizer.normalize(&mut piece).map_err(failed)?;
            }
            // Without the normalizer's additions: the question is what the model makes of this character alone.
            let mut pieces = PreTokenizedString::from(piece.get());
            if let Some(pre_tokenizer) = self.tokenizer.get_pre_tokenizer() {
                pre_tokenizer.pre_tokenize(&mut pieces).map_err(failed)?;
            }
            let whole = Cell::new(true);
            let model = self.tokenizer.get_model();
            let tokenize = |piece: &NormalizedString| {
                let tokens = model.tokenize(piece.get())?;
                let covered: usize = tokens.iter().map(|token| token.offsets.1 - token.offsets.0).sum();
                whole.set(whole.get() && covered >= piece.get().len());
                Ok(tokens)
            };
            pieces.tokenize(tokenize).map_err(failed)?;
            if !whole.get() {
                lost.push(c);
            }
        }
        let Some(first) = lost.first() else { return Ok(None) };
        Ok(Some(format!(
            "the tokenizer has no token for some characters ({first:?} and {} more of those that were tried), and none for \
             unknown ones: texts with them lose them",
            lost.len() - 1
        )))
    }

    /// Encodes plain text: control tokens in it are characters like any other.
    pub fn encode_plain(&self, text: &str) -> Result<Vec<Placed>> {
        self.encode(text, |_, added| plain(added))
    }
}

/// How plain text is read: control tokens in it are text, others count.
pub fn plain(added: &Added) -> Reading {
    if added.control { Reading::Text } else { Reading::Token }
}
