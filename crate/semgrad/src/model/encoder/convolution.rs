//! The convolution over neighboring tokens beside the first block of some DeBERTa-v2 models.

use super::batch::{Batch, integers};
use super::norm::LayerNorm;
use crate::device::Device;
use crate::error::Result;
use crate::model::load::Loader;
use crate::model::weight::Weight;
use crate::ops;
use crate::weights::tensors::RawTensor;
use burn::tensor::Tensor;

/// A convolution of odd width whose result joins the residual stream.
#[derive(Debug)]
pub struct Convolution {
    weight: Weight,  // [hidden, width · hidden]
    bias: Tensor<1>, // [hidden]
    width: usize,
    norm: LayerNorm,
}

impl Convolution {
    /// Reads it, `width` tokens wide.
    ///
    /// # Errors
    /// As [`Loader::matrix`].
    pub async fn load(loader: &mut Loader<'_, '_>, width: usize, eps: f64) -> Result<Self> {
        let name = "encoder.conv.conv.weight";
        let raw = by_token(loader.raw(name).await?, width);
        Ok(Self {
            weight: Weight::new(name, raw, loader.device())?,
            bias: loader.vector("encoder.conv.conv.bias").await?,
            width,
            norm: LayerNorm::load(loader, "encoder.conv.LayerNorm", None, eps).await?,
        })
    }

    /// x, which entered the first block, and y, which left it, `[tokens, hidden]` → the same.
    pub fn forward(&self, x: Tensor<2>, y: Tensor<2>, batch: &Batch, device: &Device) -> Tensor<2> {
        let [tokens, hidden] = x.dims();
        let zeros = ops::zeros([1, hidden], &device.burn);
        let mut neighbors = Vec::with_capacity(tokens * self.width);
        for text in &batch.texts {
            for token in text.clone() {
                let rows = (token + 1..=token + self.width).map(|row| row.checked_sub(self.width / 2 + 1));
                // Beyond the ends of a text there are zeros.
                neighbors.extend(rows.map(|row| row.filter(|row| text.contains(row)).unwrap_or(tokens) as u32));
            }
        }
        let around = ops::take(ops::stack(vec![x, zeros]), integers(neighbors, device));
        let z = self.weight.forward(ops::reshape(around, [tokens, self.width * hidden]));
        self.norm.forward(y, ops::gelu(z, self.bias.clone()))
    }
}

/// `[out, in, width]` → `[out, width · in]`: what multiplies one token lies together.
fn by_token(raw: RawTensor, width: usize) -> RawTensor {
    let (size, row) = (raw.format.block_bytes(), raw.data.len() / raw.shape[0]);
    let mut data = Vec::with_capacity(raw.data.len());
    for row in raw.data.chunks_exact(row) {
        for token in 0..width {
            for value in row.chunks_exact(size).skip(token).step_by(width) {
                data.extend_from_slice(value);
            }
        }
    }
    RawTensor { shape: vec![raw.shape[0], width * raw.shape[1]], format: raw.format, data }
}
