//! Text to ids: cut out added tokens, normalize, pre-tokenize, look up; every token knows its place in the text.

use super::added::{Added, AddedTokens, Reading};
use crate::error::{Code, Error, Result};
use std::cell::RefCell;
use std::ops::Range as Span;
use std::sync::Arc;
use tokenizers::{
    Encoding, Model, ModelWrapper, NormalizedString, Normalizer, OffsetType, PreTokenizedString, PreTokenizer,
    Tokenizer,
};

/// Characters of a lost piece that a warning shows.
const SHOWN: usize = 40;

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
    Error::new(
        Code::CorruptWeights,
        format!("the tokenizer cannot read the text: {error}"),
        "The tokenizer's files lack something, its unknown token perhaps: take another conversion of the model.",
    )
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
        let mut pieces = self.pieces(text, read)?;
        pieces.tokenize(|piece| self.tokenizer.get_model().tokenize(piece.get())).map_err(failed)?;
        pieces.into_encoding(None, 0, OffsetType::Byte).map_err(failed)
    }

    /// What the model makes tokens of: the words of `text` between its added tokens.
    fn pieces(&self, text: &str, read: impl Fn(Span<usize>, &Added) -> Reading) -> Result<PreTokenizedString> {
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
        Ok(pieces)
    }

    /// A warning when characters of `text` are lost: the model has no token for them, and none that stands for unknown
    /// ones. The library leaves them out without a word.
    pub fn lost(&self, text: &str) -> Result<Option<String>> {
        let lost = RefCell::new(None);
        let mut pieces = self.pieces(text, |_, added| plain(added))?;
        let tokenize = |piece: &NormalizedString| {
            let tokens = self.tokenizer.get_model().tokenize(piece.get())?;
            let covered: usize = tokens.iter().map(|token| token.offsets.1 - token.offsets.0).sum();
            if covered < piece.get().len() {
                lost.borrow_mut().get_or_insert_with(|| piece.get_original().chars().take(SHOWN).collect::<String>());
            }
            Ok(tokens)
        };
        pieces.tokenize(tokenize).map_err(failed)?;
        let warning = |piece| {
            format!(
                "the tokenizer has no token for some characters of {piece:?}, and none for unknown ones: the model does \
                 not see them"
            )
        };
        Ok(lost.into_inner().map(warning))
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
