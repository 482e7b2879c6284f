//! A linear layer: its weights, and what an adapter adds to them.

use super::gradients::Gradients;
use super::low_rank::LowRank;
use super::weight::Weight;
use crate::ops;
use burn::tensor::Tensor;
use std::cell::RefCell;

/// A linear layer `y = x·wᵀ + b`, and what an adapter adds to it.
#[derive(Clone, Debug)]
pub struct Linear {
    /// Its name in the checkpoint, without `.weight`.
    pub name: String,
    /// `[out, in]`.
    pub weight: Weight,
    /// `[out]`.
    pub bias: Option<Tensor<1>>,
    /// Of the adapter in use; exchanged while the model is loaded.
    pub change: RefCell<Option<LowRank>>,
}

impl Linear {
    /// x `[tokens, in]` → `[tokens, out]`.
    pub fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let change = self.change.borrow();
        let added = change.as_ref().map(|change| change.forward(x.clone()));
        let y = self.weight.forward(x);
        let y = match &self.bias {
            Some(bias) => ops::add(y, bias.clone()),
            None => y,
        };
        match added {
            Some(added) => ops::add(y, added),
            None => y,
        }
    }

    /// dy `[tokens, out]` → `[tokens, in]`; `x` makes the input `[tokens, in]` again, should `gradients` want it.
    pub fn backward(&self, dy: Tensor<2>, x: impl FnOnce() -> Tensor<2>, gradients: &mut impl Gradients) -> Tensor<2> {
        gradients.linear(&self.name, x, &dy);
        let dx = self.weight.backward(dy.clone());
        match &*self.change.borrow() {
            Some(change) => ops::add(dx, change.backward(dy)),
            None => dx,
        }
    }
}
