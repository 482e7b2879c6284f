//! An encoder: embeddings, blocks, and what is made of their output.

use super::batch::{Batch, integers};
use super::block::{Block, Context};
use super::convolution::Convolution;
use super::embeddings::Embeddings;
use super::head::{Head, pool};
use crate::control::Pacer;
use crate::device::Device;
use crate::error::{Code, Error, Result};
use crate::model::check_finite;
use crate::model::load::{Loader, Progress};
use crate::ops::{cpu, read, take, upload};
use crate::weights::encoder::EncoderCheckpoint;
use crate::weights::encoder::config::{EncoderConfig, Relative};
use crate::weights::format::dequantize_row;
use burn::tensor::Tensor;

/// A loaded encoder.
#[derive(Debug)]
pub struct Encoder {
    /// Sizes and conventions.
    pub config: EncoderConfig,
    /// Where it runs.
    pub device: Device,
    embeddings: Embeddings,
    distances: Option<(Relative, Vec<f32>)>, // [2 · span, hidden], normalized where the model asks for it
    blocks: Vec<Block>,
    convolution: Option<Convolution>,
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
        let distances = match &config.relative {
            Some(relative) => Some((relative.clone(), table(&mut loader, relative, &config).await?)),
            None => None,
        };
        let mut blocks = Vec::with_capacity(config.layers);
        for layer in 0..config.layers {
            blocks.push(Block::load(&mut loader, &config, layer).await?);
        }
        let convolution = match config.convolution {
            Some(width) => Some(Convolution::load(&mut loader, width, config.norm_eps).await?),
            None => None,
        };
        let head = if checkpoint.head { Some(Head::load(&mut loader, &config).await?) } else { None };
        Ok(Self { config, device: device.clone(), embeddings, distances, blocks, convolution, head })
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
        let context = Context {
            segments: batch.segments(&self.device),
            distances: self.distances.as_ref().map(|(relative, table)| {
                let (rows, used) = rows(relative, batch.longest());
                let hidden = self.config.hidden;
                let values = table[used.start * hidden..used.end * hidden].to_vec();
                (upload(values, [used.len(), hidden], &self.device.burn), integers(rows, &self.device))
            }),
        };
        let mut x = self.embeddings.forward(batch, &self.device);
        for (layer, block) in self.blocks.iter().enumerate() {
            pacer.tick().await?;
            let y = block.forward(x.clone(), &context);
            x = match &self.convolution {
                Some(convolution) if layer == 0 => convolution.forward(x, y, batch, &self.device),
                _ => y,
            };
        }
        Ok(x)
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
        let firsts = batch.texts.iter().map(|text| text.start as u32).collect();
        let logits = head.logits(&read(take(states, integers(firsts, &self.device))).await?);
        logits.iter().try_for_each(|row| check_finite(row, "logits"))?;
        Ok(logits)
    }

    /// A vector of length one for each text, `[texts][hidden]`.
    ///
    /// # Errors
    /// As [`Encoder::forward`]; `corrupt_weights` when its numbers overflow; `device_lost`.
    pub async fn vectors(&self, batch: &Batch, pacer: &Pacer<'_>) -> Result<Vec<Vec<f32>>> {
        let states = read(self.forward(batch, pacer).await?).await?;
        let hidden = self.config.hidden;
        let of = |text: &std::ops::Range<usize>| &states[text.start * hidden..text.end * hidden];
        let vectors: Vec<_> =
            batch.texts.iter().map(|text| pool(of(text), hidden, self.config.sentence.pooling)).collect();
        vectors.iter().try_for_each(|vector| check_finite(vector, "vectors"))?;
        Ok(vectors)
    }
}

/// Embeddings of distances.
async fn table(loader: &mut Loader<'_, '_>, relative: &Relative, config: &EncoderConfig) -> Result<Vec<f32>> {
    let raw = loader.raw("encoder.rel_embeddings.weight").await?;
    let mut values = vec![0.0; raw.shape.iter().product()];
    dequantize_row(raw.format, &raw.data, &mut values);
    if !relative.normalized {
        return Ok(values);
    }
    let mut parameters = vec![0.0; config.hidden];
    parameters.extend(loader.values("encoder.LayerNorm.weight").await?);
    parameters.extend(loader.values("encoder.LayerNorm.bias").await?);
    Ok(cpu::layer_norm(&values, &vec![0.0; values.len()], &parameters, config.norm_eps as f32))
}

/// Among the rows that distances in texts of `longest` tokens use: the row of each distance, rising; and which they are.
fn rows(relative: &Relative, longest: usize) -> (Vec<u32>, std::ops::Range<usize>) {
    let most = longest as i64 - 1;
    let first = relative.row(-most);
    ((-most..=most).map(|d| (relative.row(d) - first) as u32).collect(), first..relative.row(most) + 1)
}
