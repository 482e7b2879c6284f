//! Text while it is being generated: tokens go in, whole characters come out.

use crate::error::{Error, Result};
use std::sync::Arc;
use tokenizers::Tokenizer;

/// A character has at most four bytes; more tokens than this that make no character are broken text, not a beginning.
const LONGEST_WAIT: usize = 8;

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
        let text = self.decode()?;
        let waiting = self.window.len() - self.given;
        if text.ends_with('\u{fffd}') && waiting < LONGEST_WAIT {
            return Ok(String::new());
        }
        self.advance(&text)
    }

    /// Ends the text; returns what was held back.
    pub fn finish(&mut self) -> Result<String> {
        let text = self.decode()?;
        self.advance(&text)
    }

    /// Gives out what `text` has beyond the text given before, and drops the tokens that no decoder needs again.
    fn advance(&mut self, text: &str) -> Result<String> {
        let new = text.get(self.text.len()..).unwrap_or_default().to_owned();
        if new.is_empty() {
            return Ok(new);
        }
        if text.ends_with('\u{fffd}') {
            // Broken text that was given up on: nothing that follows may complete it.
            self.window.clear();
        }
        self.window.drain(..self.given.min(self.window.len()));
        self.given = self.window.len();
        self.text = self.decode()?;
        Ok(new)
    }

    fn decode(&self) -> Result<String> {
        self.tokenizer.decode(&self.window, true).map_err(|e| Error::internal(format!("the tokens do not decode: {e}")))
    }
}
