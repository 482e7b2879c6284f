//! Text while it is being generated: tokens go in, whole characters come out.

use crate::error::{Error, Result};
use std::sync::Arc;
use tokenizers::Tokenizer;

/// A character has at most four bytes; more tokens than this that make no character are broken text, not a beginning.
const LONGEST_WAIT: usize = 8;
/// The last tokens of broken text that a character may have begun with.
const BEGINNING: usize = 3;

/// Incremental detokenizer. Control tokens give no text.
#[derive(Clone)]
pub struct Stream {
    tokenizer: Arc<Tokenizer>,
    /// Tokens since the last place where the text was whole, and a few before it (decoders look at neighbors).
    window: Vec<u32>,
    /// How many tokens of the window have been given out.
    given: usize,
    /// Text of those.
    text: String,
}

impl Stream {
    pub(super) fn new(tokenizer: Arc<Tokenizer>) -> Self {
        Self { tokenizer, window: Vec::new(), given: 0, text: String::new() }
    }

    /// Adds a token; returns the text that became complete, often empty inside a character.
    pub fn push(&mut self, id: u32) -> Result<String> {
        self.window.push(id);
        let text = self.decode(self.window.len())?;
        let waiting = self.window.len() - self.given;
        match text.ends_with('\u{fffd}') {
            false => self.advance(&text),
            true if waiting < LONGEST_WAIT => Ok(String::new()),
            true => self.give_up(),
        }
    }

    /// Ends the text; returns what was held back.
    pub fn finish(&mut self) -> Result<String> {
        let text = self.decode(self.window.len())?;
        self.advance(&text)
    }

    /// Gives out broken text, which may be one that was written so, but not the beginning of a character behind it: of the
    /// last places that with the fewest broken characters before it.
    fn give_up(&mut self) -> Result<String> {
        let (mut end, mut broken, mut given) = (self.window.len(), usize::MAX, String::new());
        for last in (self.window.len() - BEGINNING..=self.window.len()).rev() {
            let text = self.decode(last)?;
            let count = text.matches('\u{fffd}').count();
            if count < broken {
                (end, broken, given) = (last, count, text);
            }
        }
        let new = given.get(self.text.len()..).unwrap_or_default().to_owned();
        // Nothing that follows may complete it.
        self.window.drain(..end);
        (self.given, self.text) = (0, String::new());
        Ok(new)
    }

    /// Gives out what `text` has beyond the text given before, and drops the tokens that no decoder needs again.
    fn advance(&mut self, text: &str) -> Result<String> {
        let new = text.get(self.text.len()..).unwrap_or_default().to_owned();
        if new.is_empty() {
            return Ok(new);
        }
        self.window.drain(..self.given.min(self.window.len()));
        self.given = self.window.len();
        self.text = self.decode(self.given)?;
        Ok(new)
    }

    /// The text of the first tokens of the window.
    fn decode(&self, tokens: usize) -> Result<String> {
        self.tokenizer
            .decode(&self.window[..tokens], true)
            .map_err(|e| Error::internal(format!("the tokens do not decode: {e}")))
    }
}
