//! What every engine consists of.

use crate::control::Pacer;
use crate::device::Device;
use crate::error::Result;
use crate::model::encoder::Encoder;
use crate::model::load::Progress;
use crate::text::Pieces;
use crate::weights::encoder::EncoderCheckpoint;
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
}
