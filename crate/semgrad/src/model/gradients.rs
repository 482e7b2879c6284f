//! Where a backward pass leaves what it comes by besides the gradient of its input.

use burn::tensor::Tensor;

/// A sink for gradients. Weights are frozen unless somebody trains them: then a sink takes what gradients of weights are made
/// of. The empty sink `()` takes nothing, and nothing is computed for it.
pub trait Gradients {
    /// Of a linear layer y = x·wᵀ + b, by its name in the checkpoint: dy `[tokens, out]`, and `x` makes the layer's input
    /// `[tokens, in]`. ∂ℒ/∂w is dyᵀ·x, ∂ℒ/∂b the sum of dy over the tokens.
    fn linear(&mut self, _name: &str, _x: impl FnOnce() -> Tensor<2>, _dy: &Tensor<2>) {}

    /// Of hidden state `layer`, the input of that block, at the positions of the pass: `[tokens, hidden]`; from the top down.
    fn hidden(&mut self, _layer: usize, _d: &Tensor<2>) {}
}

impl Gradients for () {}
