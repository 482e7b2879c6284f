//! One transformer block: a mixer between tokens (attention in most) and a gated feed-forward, with norms and residuals.
//!
//! The forward pass leaves a [`Tape`] of what the backward pass needs. Weights are frozen, so the backward pass only pulls
//! the gradient of the output through to the input; what gradients of weights are made of goes to a sink ([`Gradients`]).

use super::gradients::Gradients;
use super::linear::Linear;
use super::mixer::attention::Positions;
use super::mixer::{Mixer, State};
use super::norm::RmsNorm;
use super::tape::Tape;
use crate::error::Result;
use crate::ops;
use crate::weights::config::Activation;
use burn::tensor::Tensor;

/// Weights of one block.
#[derive(Debug)]
pub struct Block {
    /// Before the mixer, in families that have it.
    pub mixer_norm: Option<RmsNorm>,
    /// Between tokens.
    pub mixer: Mixer,
    /// After the mixer, before the residual, in families that have it.
    pub post_mixer_norm: Option<RmsNorm>,
    /// Before the feed-forward, in families that have it.
    pub feed_forward_norm: Option<RmsNorm>,
    /// `[intermediate, hidden]`.
    pub gate: Linear,
    /// `[intermediate, hidden]`.
    pub up: Linear,
    /// `[hidden, intermediate]`.
    pub down: Linear,
    /// After the feed-forward, before the residual, in families that have it.
    pub post_feed_forward_norm: Option<RmsNorm>,
    /// Nonlinearity of the gate.
    pub activation: Activation,
    /// Factor of what mixer and feed-forward add to the residual stream.
    pub residual_scale: Option<f64>,
}

/// The second half of a block: its output, and on the way there what a [`Tape`] keeps.
struct Finished {
    y: Tensor<2>,
    middle: Tensor<2>,
    gate: Tensor<2>,
    up: Tensor<2>,
    projected: Tensor<2>,
}

impl Block {
    /// x `[tokens, hidden]` behind the positions in `past` → output, what the mixer remembers of all positions, tape.
    pub fn forward(&self, x: Tensor<2>, past: Option<State>, at: &Positions) -> (Tensor<2>, State, Tape) {
        let (mixed, state, mixer) = self.mixer.forward(optional(&self.mixer_norm, x.clone()), past, at);
        let Finished { y, middle, gate, up, projected } = self.finish(&x, mixed.clone());
        (y, state, Tape { x, mixer, mixed, middle, gate, up, projected })
    }

    /// One new token of each of several sequences: x `[sequences, hidden]`, each behind its own `past` → output. The
    /// rotations in `at` are one row per sequence, all of the same position.
    pub fn forward_batch(&self, x: Tensor<2>, past: &mut [&mut Option<State>], at: &Positions) -> Tensor<2> {
        let mixed = self.mixer.forward_batch(optional(&self.mixer_norm, x.clone()), past, at);
        self.finish(&x, mixed).y
    }

    /// From what the mixer gave, `[tokens, hidden]`, to the block's output.
    fn finish(&self, x: &Tensor<2>, mixed: Tensor<2>) -> Finished {
        let added = self.scaled(optional(&self.post_mixer_norm, mixed));
        let (middle, n) = match &self.feed_forward_norm {
            Some(norm) => norm.forward_sum(x.clone(), added),
            None => {
                let sum = ops::add(x.clone(), added);
                (sum.clone(), sum)
            }
        };
        let gate = self.gate.forward(n.clone());
        let up = self.up.forward(n);
        let projected = self.down.forward(ops::glu(gate.clone(), up.clone(), self.activation));
        let added = self.scaled(optional(&self.post_feed_forward_norm, projected.clone()));
        let y = ops::add(middle.clone(), added);
        Finished { y, middle, gate, up, projected }
    }

    /// Gradient with respect to the block's input at the new positions, from that of its output: `[tokens, hidden]`.
    pub fn backward(&self, tape: Tape, at: &Positions, dy: Tensor<2>, gradients: &mut impl Gradients) -> Tensor<2> {
        let d_projected = optional_backward(&self.post_feed_forward_norm, tape.projected, self.scaled(dy.clone()));
        let product = || ops::glu(tape.gate.clone(), tape.up.clone(), self.activation);
        let d_product = self.down.backward(d_projected, product, gradients);
        let (d_gate, d_up) = ops::glu_backward(tape.gate, tape.up, d_product, self.activation);
        let n = || optional(&self.feed_forward_norm, tape.middle.clone());
        let d_n = ops::add(self.gate.backward(d_gate, n, gradients), self.up.backward(d_up, n, gradients));
        let d_middle = ops::add(dy, optional_backward(&self.feed_forward_norm, tape.middle, d_n));

        let d_mixed = optional_backward(&self.post_mixer_norm, tape.mixed, self.scaled(d_middle.clone()));
        let n = || optional(&self.mixer_norm, tape.x.clone());
        let d_n = self.mixer.backward(tape.mixer, &n, at, d_mixed, gradients);
        ops::add(d_middle, optional_backward(&self.mixer_norm, tape.x, d_n))
    }

    /// See [`Mixer::attention_to_self`].
    ///
    /// # Errors
    /// `device_lost`.
    pub async fn attention_to_self(&self, tape: &Tape, from: usize) -> Result<Option<Vec<Vec<f64>>>> {
        self.mixer.attention_to_self(&tape.mixer, from).await
    }

    /// Its linear layers.
    pub fn linears(&self) -> Vec<&Linear> {
        let mut all = self.mixer.linears();
        all.extend([&self.gate, &self.up, &self.down]);
        all
    }

    /// As it joins the residual stream; the gradient of that is the same.
    fn scaled(&self, x: Tensor<2>) -> Tensor<2> {
        match self.residual_scale {
            Some(scale) => ops::scale(x, scale as f32),
            None => x,
        }
    }
}

fn optional(norm: &Option<RmsNorm>, x: Tensor<2>) -> Tensor<2> {
    match norm {
        Some(norm) => norm.forward(x),
        None => x,
    }
}

fn optional_backward(norm: &Option<RmsNorm>, x: Tensor<2>, dy: Tensor<2>) -> Tensor<2> {
    match norm {
        Some(norm) => norm.backward(x, dy),
        None => dy,
    }
}
