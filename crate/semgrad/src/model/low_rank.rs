//! What an adapter adds to a linear layer: `y += s·(x·aᵀ)·bᵀ` with a `[rank, in]` and b `[out, rank]` (LoRA, arXiv
//! 2106.09685). The layer's own weights stay packed and untouched.

use super::weight::Weight;
use crate::device::Device;
use crate::error::Result;
use crate::ops;
use crate::weights::format::Format;
use crate::weights::tensors::RawTensor;
use burn::tensor::Tensor;
use std::collections::BTreeMap;

/// Changes of linear layers, by their names in the checkpoint.
pub type Changes = BTreeMap<String, LowRank>;

/// A low-rank change of one layer, on the model's device.
#[derive(Clone, Debug)]
pub struct LowRank {
    a: Weight, // [rank, in]
    b: Weight, // [out, rank], times s
    dropout: Option<Dropout>,
}

/// Which of a layer's inputs the change does not see, while it is trained.
#[derive(Clone, Copy, Debug)]
pub struct Dropout {
    /// The same one leaves out the same inputs.
    pub seed: u32,
    /// Share of the inputs.
    pub rate: f32,
}

/// What the gradients of a and b are made of: ∂ℒ/∂a is hᵀ·x, and ∂ℒ/∂(s·b) is dyᵀ·u.
pub struct Factors {
    /// The layer's input as the change sees it, `[tokens, in]`.
    pub x: Tensor<2>,
    /// x·aᵀ, `[tokens, rank]`.
    pub u: Tensor<2>,
    /// s·dy·b, `[tokens, rank]`.
    pub h: Tensor<2>,
}

impl LowRank {
    /// Moves a `[rank, in]` and b `[out, rank]`, which is multiplied by `scale`, to the device.
    ///
    /// # Errors
    /// `out_of_memory`, see [`Weight::new`].
    pub fn new(a: &[f32], b: &[f32], rank: usize, scale: f32, device: &Device) -> Result<Self> {
        let b: Vec<f32> = b.iter().map(|b| b * scale).collect();
        let matrix = |name: &str, values: &[f32], rows: usize| {
            let data = values.iter().flat_map(|value| value.to_le_bytes()).collect();
            Weight::new(name, RawTensor { shape: vec![rows, values.len() / rows], format: Format::F32, data }, device)
        };
        Ok(Self { a: matrix("lora_A", a, rank)?, b: matrix("lora_B", &b, b.len() / rank)?, dropout: None })
    }

    /// The same with some of the inputs left out.
    pub fn with_dropout(self, dropout: Dropout) -> Self {
        Self { dropout: Some(dropout).filter(|dropout| dropout.rate > 0.0), ..self }
    }

    /// What it adds for x `[tokens, in]`: `[tokens, out]`.
    pub fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        self.b.forward(self.a.forward(self.masked(x)))
    }

    /// What it adds to the gradient of x, from that of the layer's output: dy `[tokens, out]` → `[tokens, in]`.
    pub fn backward(&self, dy: Tensor<2>) -> Tensor<2> {
        self.masked(self.a.backward(self.b.backward(dy)))
    }

    /// For the gradients of a and b at x `[tokens, in]` and dy `[tokens, out]`.
    pub fn factors(&self, x: Tensor<2>, dy: Tensor<2>) -> Factors {
        let x = self.masked(x);
        Factors { u: self.a.forward(x.clone()), h: self.b.backward(dy), x }
    }

    fn masked(&self, x: Tensor<2>) -> Tensor<2> {
        match self.dropout {
            Some(Dropout { seed, rate }) => ops::dropout(x, seed, rate),
            None => x,
        }
    }
}
