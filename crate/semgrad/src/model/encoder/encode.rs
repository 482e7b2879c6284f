//! An encoder: embeddings, blocks, and what is made of their output.

use super::batch::{Batch, integers};
use super::embeddings::Embeddings;
use super::head::{Head, pool, unit};
use super::stack::Stack;
use crate::control::Pacer;
use crate::device::Device;
use crate::error::{Code, Error, Result};
use crate::model::check_finite;
use crate::model::load::{Loader, Progress};
use crate::ops::{read, take};
use crate::weights::encoder::EncoderCheckpoint;
use crate::weights::encoder::config::EncoderConfig;
use crate::weights::encoder::sentence::Pooling;
use burn::tensor::Tensor;

/// A loaded encoder.
#[derive(Debug)]
pub struct Encoder {
    /// Sizes and conventions.
    pub config: EncoderConfig,
    /// Where it runs.
    pub device: Device,
    embeddings: Embeddings,
    stack: Stack,
    head: Option<Head>,
}

impl Encoder {
    /// Reads every tensor of the checkpoint to the device.
    ///
    /// # Errors
    /// Those of the source, `corrupt_weights`, `unsupported_architecture`, `out_of_memory`, `self_test_failed`, `aborted`.
    pub async fn load(
        checkpoint: &EncoderCheckpoint,
        device: &Device,
        pacer: &Pacer<'_>,
        progress: Progress<'_>,
    ) -> Result<Self> {
        let config = checkpoint.config.clone();
        let width = config.hidden / config.heads;
        if device.is_gpu() && !width.is_multiple_of(4) {
            return Err(Error::new(
                Code::UnsupportedArchitecture,
                format!("heads of {width} columns are not served on the GPU, which takes four at a time."),
                "Use the CPU device.",
            ));
        }
        device.test_encoders().await?;
        let mut loader = Loader::new(&checkpoint.tensors, device, pacer, progress);
        let embeddings = Embeddings::load(&mut loader, &config).await?;
        let stack = Stack::load(&mut loader, &config).await?;
        let head = if checkpoint.head { Some(Head::load(&mut loader, &config).await?) } else { None };
        Ok(Self { config, device: device.clone(), embeddings, stack, head })
    }

    /// Whether there is a classification head.
    pub fn has_head(&self) -> bool {
        self.head.is_some()
    }

    /// Last hidden states of all texts, `[tokens, hidden]`.
    ///
    /// # Errors
    /// As [`Batch::check`]; `aborted` between two layers.
    pub async fn forward(&self, batch: &Batch, pacer: &Pacer<'_>) -> Result<Tensor<2>> {
        batch.check(&self.config)?;
        let x = self.embeddings.forward(batch, &self.device);
        self.stack.forward(x, batch, &self.device, pacer).await
    }

    /// Logits of each text, `[texts][labels]`.
    ///
    /// # Errors
    /// As [`Encoder::forward`]; `bad_input` when the encoder has no head; `corrupt_weights` when its numbers overflow;
    /// `device_lost`.
    pub async fn logits(&self, batch: &Batch, pacer: &Pacer<'_>) -> Result<Vec<Vec<f32>>> {
        let Some(head) = &self.head else {
            return Err(Error::new(
                Code::BadInput,
                "the encoder has no classification head",
                "Choose a cross-encoder for natural language inference.",
            ));
        };
        let states = self.forward(batch, pacer).await?;
        let texts = match self.config.head_pooling {
            Pooling::First => {
                let firsts = batch.texts.iter().map(|text| text.start as u32).collect();
                read(take(states, integers(firsts, &self.device))).await?
            }
            pooling => self.pooled(states, batch, pooling).await?.into_iter().flatten().map(|x| x as f32).collect(),
        };
        let logits = head.logits(&texts);
        logits.iter().try_for_each(|row| check_finite(row, "logits"))?;
        Ok(logits)
    }

    /// A vector of length one for each text, `[texts][hidden]`.
    ///
    /// # Errors
    /// As [`Encoder::forward`]; `corrupt_weights` when its numbers overflow; `device_lost`.
    pub async fn vectors(&self, batch: &Batch, pacer: &Pacer<'_>) -> Result<Vec<Vec<f32>>> {
        let states = self.forward(batch, pacer).await?;
        let pooled = self.pooled(states, batch, self.config.sentence.pooling).await?;
        let vectors: Vec<_> = pooled.iter().map(|vector| unit(vector)).collect();
        vectors.iter().try_for_each(|vector| check_finite(vector, "vectors"))?;
        Ok(vectors)
    }

    /// A vector of each text from those of its tokens, `[texts][hidden]`.
    async fn pooled(&self, states: Tensor<2>, batch: &Batch, pooling: Pooling) -> Result<Vec<Vec<f64>>> {
        let (states, hidden) = (read(states).await?, self.config.hidden);
        let of = |text: &std::ops::Range<usize>| &states[text.start * hidden..text.end * hidden];
        Ok(batch.texts.iter().map(|text| pool(of(text), hidden, pooling)).collect())
    }
}
