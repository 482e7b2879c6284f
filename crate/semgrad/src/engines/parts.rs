//! What every engine consists of.

use crate::control::Pacer;
use crate::device::Device;
use crate::error::Result;
use crate::model::encoder::Encoder;
use crate::model::load::Progress;
use crate::text::{Input, Pieces};
use crate::weights::encoder::EncoderCheckpoint;
use crate::weights::encoder::sentence::Sentence;
use crate::weights::source::LocalFuture;

/// An encoder and its tokenizer.
pub struct Parts {
    pub encoder: Encoder,
    pub pieces: Pieces,
}

impl Parts {
    /// Reads both. In a box, so that a module holds the code once and not once for each engine.
    pub fn load<'a>(
        checkpoint: &'a EncoderCheckpoint,
        device: &'a Device,
        pacer: &'a Pacer<'a>,
        progress: Progress<'a>,
    ) -> LocalFuture<'a, Result<Self>> {
        Box::pin(async move {
            let pieces = Pieces::new(&checkpoint.tokenizer, checkpoint.config.max_tokens)?;
            Ok(Self { encoder: Encoder::load(checkpoint, device, pacer, progress).await?, pieces })
        })
    }

    /// What the encoder reads of a text, or of two.
    pub fn input(&self, text: &str, pair: Option<&str>) -> Result<Input> {
        let Sentence { prompt, lowercase, .. } = &self.encoder.config.sentence;
        let prepared = |text: String| match lowercase {
            true => text.chars().flat_map(char::to_lowercase).collect(),
            false => text,
        };
        match pair {
            None => self.pieces.encode(&prepared(format!("{prompt}{text}")), None),
            Some(pair) => self.pieces.encode(&prepared(text.to_owned()), Some(&prepared(pair.to_owned()))),
        }
    }
}
