//! RMS normalization over the last dimension, and its gradient.

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
    /// `y = x · r · w`, r = 1/√(mean x² + ε); `[.., width]` → the same.
    pub fn forward<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        let r = self.reciprocal(&x);
        x * r * self.weight.clone().unsqueeze::<D>()
    }

    /// `dx = r·(w·dy) − x·r³·mean(x·w·dy)` for the input `x` of the forward pass.
    pub fn backward<const D: usize>(&self, x: Tensor<D>, dy: Tensor<D>) -> Tensor<D> {
        let r = self.reciprocal(&x);
        let g = dy * self.weight.clone().unsqueeze::<D>();
        let projection = (x.clone() * g.clone()).mean_dim(D - 1) * r.clone().square() * r.clone();
        g * r - x * projection
    }

    fn reciprocal<const D: usize>(&self, x: &Tensor<D>) -> Tensor<D> {
        (x.clone().square().mean_dim(D - 1) + self.eps).sqrt().recip()
    }
}
