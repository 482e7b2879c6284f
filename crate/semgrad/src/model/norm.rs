//! RMS normalization over the columns, and its gradient.

use crate::ops::{self, reshape};
use burn::tensor::Tensor;

/// Root-mean-square normalization with a learned scale.
#[derive(Clone, Debug)]
pub struct RmsNorm {
    /// Final multiplier (Gemma's "+1" is already in it), `[width]`.
    pub weight: Tensor<1>,
    /// Added to the mean square.
    pub eps: f64,
}

impl RmsNorm {
    /// `y = x · r · w`, r = 1/√(mean x² + ε); `[rows, width]` → the same.
    pub fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        ops::rms_norm(x, self.weight.clone(), self.eps as f32)
    }

    /// x + delta, and [`RmsNorm::forward`] of that.
    pub fn forward_sum(&self, x: Tensor<2>, delta: Tensor<2>) -> (Tensor<2>, Tensor<2>) {
        ops::rms_norm_residual(x, delta, self.weight.clone(), self.eps as f32)
    }

    /// `dx = r·(w·dy) − x·r³·mean(x·w·dy)` for the input `x` of the forward pass.
    pub fn backward(&self, x: Tensor<2>, dy: Tensor<2>) -> Tensor<2> {
        ops::rms_norm_backward(x, self.weight.clone(), dy, self.eps as f32)
    }

    /// [`RmsNorm::forward`] of every head: `[tokens, heads · width]` → the same.
    pub fn forward_heads(&self, x: Tensor<2>) -> Tensor<2> {
        let (shape, rows) = (x.dims(), self.head_rows(&x));
        reshape(self.forward(reshape(x, rows)), shape)
    }

    /// [`RmsNorm::backward`] of every head: `[tokens, heads · width]` → the same.
    pub fn backward_heads(&self, x: Tensor<2>, dy: Tensor<2>) -> Tensor<2> {
        let (shape, rows) = (x.dims(), self.head_rows(&x));
        reshape(self.backward(reshape(x, rows), reshape(dy, rows)), shape)
    }

    fn head_rows(&self, x: &Tensor<2>) -> [usize; 2] {
        let ([tokens, columns], width) = (x.dims(), self.weight.dims()[0]);
        [tokens * columns / width, width]
    }
}
