//! One transformer block: pre-norm attention and gated feed-forward with residuals (Llama, Qwen 2 and 3, Gemma 3).
//!
//! The forward pass leaves a [`Tape`] of what the backward pass needs. Weights are frozen, so the backward pass only pulls
//! the gradient of the output through to the input: no weight gradient is formed.

use super::attention::KeyValue;
use super::norm::RmsNorm;
use super::rope::RopeTable;
use super::tape::Tape;
use super::weight::Linear;
use crate::kernels::{self, Attended, Attention};
use crate::weights::config::Activation;
use burn::tensor::Tensor;

/// What a block needs to know about the positions it works on.
#[derive(Clone, Debug)]
pub struct Positions {
    /// Rotations of the new positions.
    pub rope: RopeTable,
    /// How many positions a query sees, its own included; `None` for all.
    pub window: Option<usize>,
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
        let q_raw = self.q.forward(n.clone());
        let k_raw = self.k.forward(n.clone());
        let v = self.v.forward(n);
        let (q, k) = match &self.qk_norm {
            Some((q_norm, k_norm)) => (q_norm.forward_heads(q_raw.clone()), k_norm.forward_heads(k_raw.clone())),
            None => (q_raw.clone(), k_raw.clone()),
        };
        let q = at.rope.rotate(q);
        let kv = KeyValue::append(past, k, v, &at.rope);
        let (out, log_sum) = kernels::attend(q.clone(), kv.k.clone(), kv.v.clone(), self.attention(at));
        let attended = self.o.forward(out.clone());

        let added = optional(&self.post_attention_norm, attended.clone());
        let (middle, n) = self.feed_forward_norm.forward_sum(x.clone(), added);
        let gate = self.gate.forward(n.clone());
        let up = self.up.forward(n);
        let projected = self.down.forward(kernels::glu(gate.clone(), up.clone(), self.activation));
        let y = middle.clone() + optional(&self.post_feed_forward_norm, projected.clone());
        let tape = Tape { x, q_raw, k_raw, q, out, log_sum, attended, middle, gate, up, projected, kv: kv.clone() };
        (y, kv, tape)
    }

    /// Gradient with respect to the block's input at the new positions, from that of its output: `[tokens, hidden]`.
    pub fn backward(&self, tape: Tape, at: &Positions, dy: Tensor<2>) -> Tensor<2> {
        let d_projected = optional_backward(&self.post_feed_forward_norm, tape.projected, dy.clone());
        let d_product = self.down.backward(d_projected);
        let (d_gate, d_up) = kernels::glu_backward(tape.gate, tape.up, d_product, self.activation);
        let d_n = self.gate.backward(d_gate) + self.up.backward(d_up);
        let d_middle = dy + self.feed_forward_norm.backward(tape.middle, d_n);

        let d_attended = optional_backward(&self.post_attention_norm, tape.attended, d_middle.clone());
        let d_out = self.o.backward(d_attended);
        let tokens = d_out.dims()[0];
        let Tape { q, out, log_sum, kv, .. } = tape;
        let attention = Attended { q, k: kv.k, v: kv.v, out, log_sum };
        let (d_q, d_kv) = kernels::attend_backward(attention, d_out, self.attention(at));
        let (d_k, d_v) = (d_kv.clone().narrow(0, 0, tokens), d_kv.narrow(0, tokens, tokens));
        let (d_q, d_k) = (at.rope.rotate_back(d_q), at.rope.rotate_back(d_k));
        let (d_q, d_k) = match &self.qk_norm {
            Some((q_norm, k_norm)) => (q_norm.backward_heads(tape.q_raw, d_q), k_norm.backward_heads(tape.k_raw, d_k)),
            None => (d_q, d_k),
        };
        let d_n = self.q.backward(d_q) + self.k.backward(d_k) + self.v.backward(d_v);
        d_middle + self.attention_norm.backward(tape.x, d_n)
    }

    fn attention(&self, at: &Positions) -> Attention {
        let Self { heads, kv_heads, head_dim, scale, .. } = *self;
        Attention { heads, kv_heads, width: head_dim, scale: scale as f32, window: at.window }
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
