//! All blocks of an encoder, and what they share.

use super::batch::{Batch, integers};
use super::block::{Block, Context};
use super::convolution::Convolution;
use super::norm::{LayerNorm, parameters};
use super::rotated;
use crate::control::Pacer;
use crate::device::Device;
use crate::error::Result;
use crate::model::load::Loader;
use crate::model::rope::Rope;
use crate::ops::{Distances, cpu, upload};
use crate::weights::config::RopeScaling;
use crate::weights::encoder::config::EncoderConfig;
use crate::weights::encoder::distances::{BIASES, Relative, bias_row};
use crate::weights::encoder::family::Order;
use crate::weights::encoder::rotary::Rotary;
use crate::weights::format::dequantize_row;
use burn::tensor::Tensor;

/// The blocks.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "an encoder has one")]
pub enum Stack {
    /// Blocks that end with their norms.
    Normed {
        /// In order.
        blocks: Vec<Block>,
        /// What attention knows of distances.
        distances: Option<Known>,
        /// Beside the first block.
        convolution: Option<Convolution>,
    },
    /// Blocks that begin with their norms.
    Rotated {
        /// In order.
        blocks: Vec<rotated::Block>,
        /// Behind the last.
        norm: LayerNorm,
        /// Rotations of blocks that see far, and of those that see near.
        ropes: [Rope; 2],
        /// By block, whether it sees near.
        near: Vec<bool>,
    },
}

/// A table of distances on the host.
#[derive(Debug)]
pub struct Known {
    /// DeBERTa's embeddings `[2 · span, hidden]`, normalized where the model asks for it; or MPNet's biases `[32, heads]`.
    table: Vec<f32>,
    width: usize,
    relative: Option<Relative>,
}

impl Stack {
    /// Reads all blocks.
    ///
    /// # Errors
    /// As [`Loader::linear`].
    pub async fn load(loader: &mut Loader<'_, '_>, config: &EncoderConfig) -> Result<Self> {
        if let Some(rotary) = &config.rotary {
            return Self::rotated(loader, config, rotary).await;
        }
        let distances = Known::load(loader, config).await?;
        let mut blocks = Vec::with_capacity(config.layers);
        for layer in 0..config.layers {
            blocks.push(Block::load(loader, config, layer).await?);
        }
        let convolution = match config.convolution {
            Some(width) => Some(Convolution::load(loader, width, config.norm_eps).await?),
            None => None,
        };
        Ok(Self::Normed { blocks, distances, convolution })
    }

    async fn rotated(loader: &mut Loader<'_, '_>, config: &EncoderConfig, rotary: &Rotary) -> Result<Self> {
        let mut blocks = Vec::with_capacity(config.layers);
        for (layer, near) in rotary.near.iter().enumerate() {
            blocks.push(rotated::Block::load(loader, config, layer, near.then_some(rotary.reach)).await?);
        }
        let width = config.hidden / config.heads;
        Ok(Self::Rotated {
            blocks,
            norm: LayerNorm::load(loader, "final_norm", None, config.norm_eps).await?,
            ropes: rotary.thetas.map(|theta| Rope::new(theta, [width; 2], &RopeScaling::None)),
            near: rotary.near.clone(),
        })
    }

    /// Embeddings `[tokens, hidden]` → the last hidden states.
    ///
    /// # Errors
    /// `aborted` between two blocks.
    pub async fn forward(
        &self,
        mut x: Tensor<2>,
        batch: &Batch,
        device: &Device,
        pacer: &Pacer<'_>,
    ) -> Result<Tensor<2>> {
        let segments = batch.segments(device);
        match self {
            Self::Normed { blocks, distances, convolution } => {
                let distances = distances.as_ref().map(|known| known.between(batch.longest(), device));
                let context = Context { segments, distances };
                for (layer, block) in blocks.iter().enumerate() {
                    pacer.tick().await?;
                    let y = block.forward(x.clone(), &context);
                    x = match convolution {
                        Some(convolution) if layer == 0 => convolution.forward(x, y, batch, device),
                        _ => y,
                    };
                }
                Ok(x)
            }
            Self::Rotated { blocks, norm, ropes, near } => {
                let places: Vec<usize> = batch.places().collect();
                let [far, close] = ropes.each_ref().map(|rope| rope.table(&places, &device.burn));
                let mut state = (x, None);
                for (block, near) in blocks.iter().zip(near) {
                    pacer.tick().await?;
                    state = block.forward(state, segments.clone(), if *near { &close } else { &far });
                }
                Ok(match state {
                    (x, Some(delta)) => norm.forward(x, delta),
                    (x, None) => x, // there is a block at least
                })
            }
        }
    }
}

impl Known {
    /// Reads the table that the model has.
    async fn load(loader: &mut Loader<'_, '_>, config: &EncoderConfig) -> Result<Option<Self>> {
        let (name, width) = match (&config.relative, config.family.order) {
            (Some(_), _) => ("encoder.rel_embeddings.weight", config.hidden),
            (None, Order::Biased) => ("encoder.relative_attention_bias.weight", config.heads),
            (None, _) => return Ok(None),
        };
        let raw = loader.raw(name).await?;
        let mut table = vec![0.0; raw.shape.iter().product()];
        dequantize_row(raw.format, &raw.data, &mut table);
        if config.relative.as_ref().is_some_and(|relative| relative.normalized) {
            let parameters = parameters(loader, "encoder.LayerNorm", None).await?;
            table = cpu::layer_norm(&table, &vec![0.0; table.len()], &parameters, config.norm_eps as f32);
        }
        Ok(Some(Self { table, width, relative: config.relative.clone() }))
    }

    /// The rows that distances in texts of `longest` tokens use, and the row of each distance, rising.
    fn between(&self, longest: usize, device: &Device) -> Distances {
        let most = longest as i64 - 1;
        let (rows, used): (Vec<u32>, _) = match &self.relative {
            Some(relative) => {
                let first = relative.row(-most);
                let rows = (-most..=most).map(|d| (relative.row(d) - first) as u32).collect();
                (rows, first..relative.row(most) + 1)
            }
            None => ((-most..=most).map(|d| bias_row(d) as u32).collect(), 0..BIASES),
        };
        let values = self.table[used.start * self.width..used.end * self.width].to_vec();
        Distances {
            table: upload(values, [used.len(), self.width], &device.burn),
            rows: integers(rows, device),
            biased: self.relative.is_none(),
        }
    }
}
