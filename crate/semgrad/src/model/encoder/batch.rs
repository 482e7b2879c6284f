//! Texts side by side: ids in one row after the other, and what attention has to know about them.

use crate::device::Device;
use crate::error::{Code, Error, Result};
use crate::ops::upload_words;
use crate::text::Input;
use crate::weights::encoder::config::EncoderConfig;
use burn::tensor::{Int, Tensor};
use std::ops::Range;

/// Several texts or pairs.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// Token ids of all texts.
    pub ids: Vec<u32>,
    /// Token types, in step with `ids`.
    pub types: Vec<u32>,
    /// Tokens of each text.
    pub texts: Vec<Range<usize>>,
}

impl Batch {
    /// Adds a text behind the others.
    pub fn push(&mut self, input: &Input) {
        let start = self.ids.len();
        self.ids.extend_from_slice(&input.ids);
        self.types.extend_from_slice(&input.types);
        self.texts.push(start..self.ids.len());
    }

    /// Tokens of the longest text.
    pub fn longest(&self) -> usize {
        self.texts.iter().map(Range::len).max().unwrap_or(0)
    }

    /// Place of each token in its text.
    pub fn places(&self) -> impl Iterator<Item = usize> {
        self.texts.iter().flat_map(|text| 0..text.len())
    }

    /// First token of each token's text and one past the last, `[2 · tokens]`.
    pub fn segments(&self, device: &Device) -> Tensor<1, Int> {
        let pair = |text: &Range<usize>| [text.start as u32, text.end as u32].repeat(text.len());
        integers(self.texts.iter().flat_map(pair).collect(), device)
    }

    /// Checks the batch against the model.
    ///
    /// # Errors
    /// `bad_input` without tokens or for ids outside the vocabulary, `context_exceeded` for a text that is too long.
    pub fn check(&self, config: &EncoderConfig) -> Result<()> {
        let bad = |what: String| Error::new(Code::BadInput, what, "Encode texts with the encoder's own tokenizer.");
        if self.texts.is_empty() || self.texts.iter().any(Range::is_empty) {
            return Err(bad("there is a text without tokens".into()));
        }
        if let Some(id) = self.ids.iter().find(|&&id| id as usize >= config.vocab) {
            return Err(bad(format!("token id {id} is outside the encoder's vocabulary of {}", config.vocab)));
        }
        if self.longest() > config.max_tokens {
            return Err(Error::new(
                Code::ContextExceeded,
                format!("a text of {} tokens is longer than the {} of the encoder", self.longest(), config.max_tokens),
                "Cut the text.",
            ));
        }
        Ok(())
    }
}

/// An integer tensor.
pub fn integers(values: Vec<u32>, device: &Device) -> Tensor<1, Int> {
    upload_words(values, &device.burn)
}
