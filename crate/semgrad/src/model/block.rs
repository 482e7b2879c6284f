//! One transformer block: pre-norm attention and gated feed-forward with residuals.
//!
//! The forward pass leaves a [`Tape`] of what the backward pass needs. Weights are frozen, so the backward pass only pulls
//! the gradient of the output through to the input; what gradients of weights are made of goes to a sink ([`Gradients`]).

use super::attention::KeyValue;
use super::gradients::Gradients;
use super::linear::Linear;
use super::norm::RmsNorm;
use super::rope::RopeTable;
use super::tape::Tape;
use crate::error::Result;
use crate::ops::{self, Attended, Attention, read};
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
    /// Before attention, in families that have it.
    pub attention_norm: Option<RmsNorm>,
    /// Query, key, value and output projections.
    pub q: Linear,
    /// `[kv_heads · head_dim, hidden]`.
    pub k: Linear,
    /// `[kv_heads · head_dim, hidden]`.
    pub v: Linear,
    /// `[hidden, heads · head_dim]`.
    pub o: Linear,
    /// Norms of queries and keys, of each head or of all of them as one, in families that have them.
    pub qk_norm: Option<(RmsNorm, RmsNorm)>,
    /// After attention, before the residual, in families that have it.
    pub post_attention_norm: Option<RmsNorm>,
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
    /// Attention heads.
    pub heads: usize,
    /// Key and value heads.
    pub kv_heads: usize,
    /// Width of a head.
    pub head_dim: usize,
    /// Factor of the attention scores.
    pub scale: f64,
    /// Bound that the scores are bent towards.
    pub cap: Option<f64>,
    /// Factor of what attention and feed-forward add to the residual stream.
    pub residual_scale: Option<f64>,
}

/// The inputs of attention, and what they were before their norms.
struct Projected {
    q_raw: Tensor<2>,
    k_raw: Tensor<2>,
    q: Tensor<2>,
    k: Tensor<2>,
    v: Tensor<2>,
}

/// The second half of a block: its output, and on the way there what a [`Tape`] keeps.
struct Finished {
    y: Tensor<2>,
    attended: Tensor<2>,
    middle: Tensor<2>,
    gate: Tensor<2>,
    up: Tensor<2>,
    projected: Tensor<2>,
}

impl Block {
    /// x `[tokens, hidden]` behind the positions in `past` → output, keys and values of all positions, tape.
    pub fn forward(&self, x: Tensor<2>, past: Option<&KeyValue>, at: &Positions) -> (Tensor<2>, KeyValue, Tape) {
        let Projected { q_raw, k_raw, q, k, v } = self.project(&x, at);
        let kv = KeyValue::append(past, k, v, &at.rope);
        let (out, log_sum) = ops::attend(q.clone(), kv.k.clone(), kv.v.clone(), self.attention(at));
        let Finished { y, attended, middle, gate, up, projected } = self.finish(&x, out.clone());
        let tape = Tape { x, q_raw, k_raw, q, out, log_sum, attended, middle, gate, up, projected, kv: kv.clone() };
        (y, kv, tape)
    }

    /// One new token of each of several sequences: x `[sequences, hidden]`, each behind its own `past` → output. The
    /// rotations in `at` are one row per sequence, all of the same position.
    pub fn forward_batch(&self, x: Tensor<2>, past: &mut [&mut Option<KeyValue>], at: &Positions) -> Tensor<2> {
        let Projected { q, k, v, .. } = self.project(&x, at);
        let one = at.rope.first();
        let outs = past.iter_mut().enumerate().map(|(i, past)| {
            let row = |t: &Tensor<2>| ops::cut_rows(t.clone(), i, 1);
            let kv = KeyValue::append(past.as_ref(), row(&k), row(&v), &one);
            let (out, _) = ops::attend(row(&q), kv.k.clone(), kv.v.clone(), self.attention(at));
            **past = Some(kv);
            out
        });
        let out = ops::stack(outs.collect());
        self.finish(&x, out).y
    }

    /// Queries (rotated), keys (not yet) and values of x `[tokens, hidden]`.
    fn project(&self, x: &Tensor<2>, at: &Positions) -> Projected {
        let n = optional(&self.attention_norm, x.clone());
        let q_raw = self.q.forward(n.clone());
        let k_raw = self.k.forward(n.clone());
        let v = self.v.forward(n);
        let (q, k) = match &self.qk_norm {
            Some((q_norm, k_norm)) => (q_norm.forward_heads(q_raw.clone()), k_norm.forward_heads(k_raw.clone())),
            None => (q_raw.clone(), k_raw.clone()),
        };
        Projected { q: at.rope.rotate_queries(q), q_raw, k_raw, k, v }
    }

    /// From what attention gave, `[tokens, heads · head_dim]`, to the block's output.
    fn finish(&self, x: &Tensor<2>, out: Tensor<2>) -> Finished {
        let attended = self.o.forward(out);

        let added = self.scaled(optional(&self.post_attention_norm, attended.clone()));
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
        Finished { y, attended, middle, gate, up, projected }
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

        let d_attended = optional_backward(&self.post_attention_norm, tape.attended, self.scaled(d_middle.clone()));
        let d_out = self.o.backward(d_attended, || tape.out.clone(), gradients);
        let tokens = d_out.dims()[0];
        let Tape { q, out, log_sum, kv, .. } = tape;
        let attention = Attended { q, k: kv.k, v: kv.v, out, log_sum };
        let (d_q, d_kv) = ops::attend_backward(attention, d_out, self.attention(at));
        let (d_k, d_v) = (ops::cut_rows(d_kv.clone(), 0, tokens), ops::cut_rows(d_kv, tokens, tokens));
        let (d_q, d_k) = at.rope.backward(d_q, d_k);
        let (d_q, d_k) = match &self.qk_norm {
            Some((q_norm, k_norm)) => (q_norm.backward_heads(tape.q_raw, d_q), k_norm.backward_heads(tape.k_raw, d_k)),
            None => (d_q, d_k),
        };
        let n = || optional(&self.attention_norm, tape.x.clone());
        let (d_q, d_k) = (self.q.backward(d_q, n, gradients), self.k.backward(d_k, n, gradients));
        let d_n = ops::add(ops::add(d_q, d_k), self.v.backward(d_v, n, gradients));
        ops::add(d_middle, optional_backward(&self.attention_norm, tape.x, d_n))
    }

    /// Attention of each position from row `from` of the tape on to itself, after the softmax: `[heads][positions]`.
    ///
    /// # Errors
    /// `device_lost`.
    pub async fn attention_to_self(&self, tape: &Tape, from: usize) -> Result<Vec<Vec<f64>>> {
        let [tokens, _] = tape.q.dims();
        let [keys, _] = tape.kv.k.dims();
        let k = ops::cut_rows(tape.kv.k.clone(), keys - tokens, tokens);
        let (q, k) = (read(tape.q.clone()).await?, read(k).await?);
        let log_sum = read(tape.log_sum.clone()).await?;
        let (width, attention) = (self.head_dim, self.heads_seeing(None));
        let weight = |head: usize, t: usize| {
            let q = &q[(t * self.heads + head) * width..][..width];
            let k = &k[(t * self.kv_heads + head / (self.heads / self.kv_heads)) * width..][..width];
            let product: f32 = q.iter().zip(k).map(|(q, k)| q * k).sum();
            (f64::from(attention.score(product)) - f64::from(log_sum[t * self.heads + head])).exp()
        };
        Ok((0..self.heads).map(|head| (from..tokens).map(|t| weight(head, t)).collect()).collect())
    }

    /// Its linear layers.
    pub fn linears(&self) -> [&Linear; 7] {
        [&self.q, &self.k, &self.v, &self.o, &self.gate, &self.up, &self.down]
    }

    fn attention(&self, at: &Positions) -> Attention {
        self.heads_seeing(at.window)
    }

    fn heads_seeing(&self, window: Option<usize>) -> Attention {
        let Self { heads, kv_heads, head_dim, scale, cap, .. } = *self;
        Attention { heads, kv_heads, width: head_dim, scale: scale as f32, window, cap: cap.map(|cap| cap as f32) }
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
