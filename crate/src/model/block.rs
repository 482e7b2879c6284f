//! One transformer block: pre-norm attention and gated feed-forward with residuals (Llama, Qwen 2 and 3, Gemma 3).
//!
//! The forward pass leaves a [`Tape`] of what the backward pass needs. Weights are frozen, so the backward pass only pulls
//! the gradient of the output through to the input: no weight gradient is formed.

use super::attention::{KeyValue, attend, attend_backward};
use super::norm::RmsNorm;
use super::rope::RopeTable;
use super::tape::Tape;
use super::weight::Linear;
use crate::weights::config::Activation;
use burn::tensor::{Tensor, activation};

/// What a block needs to know about the positions it works on.
#[derive(Clone, Debug)]
pub struct Positions {
    /// Rotations of the new positions.
    pub rope: RopeTable,
    /// Additive mask `[1, tokens, keys]`.
    pub mask: Option<Tensor<3>>,
}

/// Weights of one block.
#[derive(Debug)]
pub struct Block {
    /// Before attention.
    pub attention_norm: RmsNorm,
    /// Query, key, value and output projections.
    pub q: Linear,
    /// `[kv_heads · head_dim, hidden]`.
    pub k: Linear,
    /// `[kv_heads · head_dim, hidden]`.
    pub v: Linear,
    /// `[hidden, heads · head_dim]`.
    pub o: Linear,
    /// Per-head norms of queries and keys (Qwen 3, Gemma 3).
    pub qk_norm: Option<(RmsNorm, RmsNorm)>,
    /// After attention, before the residual (Gemma 3).
    pub post_attention_norm: Option<RmsNorm>,
    /// Before the feed-forward.
    pub feed_forward_norm: RmsNorm,
    /// `[intermediate, hidden]`.
    pub gate: Linear,
    /// `[intermediate, hidden]`.
    pub up: Linear,
    /// `[hidden, intermediate]`.
    pub down: Linear,
    /// After the feed-forward, before the residual (Gemma 3).
    pub post_feed_forward_norm: Option<RmsNorm>,
    /// Nonlinearity of the gate.
    pub activation: Activation,
    /// Attention heads.
    pub heads: usize,
    /// Key and value heads.
    pub kv_heads: usize,
    /// Width of a head.
    pub head_dim: usize,
    /// Factor of the attention scores.
    pub scale: f64,
}

impl Block {
    /// x `[tokens, hidden]` behind the positions in `past` → output, keys and values of all positions, tape.
    pub fn forward(&self, x: Tensor<2>, past: Option<&KeyValue>, at: &Positions) -> (Tensor<2>, KeyValue, Tape) {
        let n = self.attention_norm.forward(x.clone());
        let q_raw = self.split(self.q.forward(n.clone()), self.heads);
        let k_raw = self.split(self.k.forward(n.clone()), self.kv_heads);
        let v = self.split(self.v.forward(n), self.kv_heads);
        let (q, k) = match &self.qk_norm {
            Some((q_norm, k_norm)) => (q_norm.forward(q_raw.clone()), k_norm.forward(k_raw.clone())),
            None => (q_raw.clone(), k_raw.clone()),
        };
        let q = at.rope.rotate(q);
        let kv = KeyValue::append(past, KeyValue { k: at.rope.rotate(k), v });
        let out = attend(q.clone(), &kv, at.mask.as_ref(), self.scale);
        let attended = self.o.forward(self.merge(out));
        let middle = x.clone() + optional(&self.post_attention_norm, attended.clone());

        let n = self.feed_forward_norm.forward(middle.clone());
        let gate = self.gate.forward(n.clone());
        let up = self.up.forward(n);
        let projected = self.down.forward(activate(self.activation, gate.clone()) * up.clone());
        let y = middle.clone() + optional(&self.post_feed_forward_norm, projected.clone());
        let tape = Tape { x, q_raw, k_raw, q, attended, middle, gate, up, projected, kv: kv.clone() };
        (y, kv, tape)
    }

    /// Gradient with respect to the block's input at the new positions, from that of its output: `[tokens, hidden]`.
    pub fn backward(&self, tape: Tape, at: &Positions, dy: Tensor<2>) -> Tensor<2> {
        let d_projected = optional_backward(&self.post_feed_forward_norm, tape.projected, dy.clone());
        let d_product = self.down.backward(d_projected);
        let d_up = d_product.clone() * activate(self.activation, tape.gate.clone());
        let d_gate = d_product * tape.up * activation_slope(self.activation, tape.gate);
        let d_n = self.gate.backward(d_gate) + self.up.backward(d_up);
        let d_middle = dy + self.feed_forward_norm.backward(tape.middle, d_n);

        let d_attended = optional_backward(&self.post_attention_norm, tape.attended, d_middle.clone());
        let d_out = self.split(self.o.backward(d_attended), self.heads);
        let d = attend_backward(tape.q, &tape.kv, at.mask.as_ref(), self.scale, d_out);
        let (d_q, d_k) = (at.rope.rotate_back(d.q), at.rope.rotate_back(d.k));
        let (d_q, d_k) = match &self.qk_norm {
            Some((q_norm, k_norm)) => (q_norm.backward(tape.q_raw, d_q), k_norm.backward(tape.k_raw, d_k)),
            None => (d_q, d_k),
        };
        let d_n =
            self.q.backward(self.merge(d_q)) + self.k.backward(self.merge(d_k)) + self.v.backward(self.merge(d.v));
        d_middle + self.attention_norm.backward(tape.x, d_n)
    }

    /// `[tokens, heads · head_dim]` → `[heads, tokens, head_dim]`.
    fn split(&self, x: Tensor<2>, heads: usize) -> Tensor<3> {
        let tokens = x.dims()[0];
        x.reshape([tokens, heads, self.head_dim]).swap_dims(0, 1)
    }

    /// `[heads, tokens, head_dim]` → `[tokens, heads · head_dim]`.
    fn merge(&self, x: Tensor<3>) -> Tensor<2> {
        let [heads, tokens, _] = x.dims();
        x.swap_dims(0, 1).reshape([tokens, heads * self.head_dim])
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

fn activate(kind: Activation, x: Tensor<2>) -> Tensor<2> {
    match kind {
        Activation::Silu => activation::silu(x),
        Activation::GeluTanh => {
            let t = gelu_inner(x.clone()).tanh();
            x * (t + 1.0) * 0.5
        }
    }
}

/// Derivative of [`activate`].
fn activation_slope(kind: Activation, x: Tensor<2>) -> Tensor<2> {
    match kind {
        Activation::Silu => {
            let s = activation::sigmoid(x.clone());
            s.clone() * (x * (s.neg() + 1.0) + 1.0)
        }
        Activation::GeluTanh => {
            let t = gelu_inner(x.clone()).tanh();
            let inner_slope = (x.clone().square() * (3.0 * GELU_CUBIC) + 1.0) * GELU_SCALE;
            (t.clone() + 1.0) * 0.5 + x * (t.square().neg() + 1.0) * inner_slope * 0.5
        }
    }
}

const GELU_SCALE: f64 = 0.797_884_560_802_865_4; // √(2/π)
const GELU_CUBIC: f64 = 0.044_715;

/// √(2/π)·(x + 0.044715·x³).
fn gelu_inner(x: Tensor<2>) -> Tensor<2> {
    let cube = x.clone().square() * x.clone();
    (x + cube * GELU_CUBIC) * GELU_SCALE
}
