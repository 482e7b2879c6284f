//! Grouped causal attention over all positions before, or over a window of them.
//!
//! Everything is in the order of the positions, `[positions, heads · head_dim]`, so that projections go in and out without
//! being rearranged.

use crate::device::Device;
use crate::error::Result;
use crate::model::gradients::Gradients;
use crate::model::linear::Linear;
use crate::model::norm::RmsNorm;
use crate::model::rope::RopeTable;
use crate::model::weight::Weight;
use crate::ops::{self, Activation, Attended, read, stack};
use crate::weights::format::Format;
use crate::weights::tensors::RawTensor;
use burn::tensor::Tensor;

/// What attention needs to know about the positions it works on.
#[derive(Clone, Debug)]
pub struct Positions {
    /// Rotations of the new positions.
    pub rope: RopeTable,
    /// How many positions a query sees, its own included; `None` for all.
    pub window: Option<usize>,
}

/// Keys and values of one layer, positions `0..keys`.
#[derive(Clone, Debug)]
pub struct KeyValue {
    /// `[keys, kv_heads · head_dim]`, rotated.
    pub k: Tensor<2>,
    /// `[keys, kv_heads · head_dim]`.
    pub v: Tensor<2>,
}

impl KeyValue {
    /// How many positions there are.
    pub fn positions(&self) -> usize {
        self.k.dims()[0]
    }

    /// The first `keys` positions; `None` when that is none.
    pub fn truncate(&self, keys: usize) -> Option<Self> {
        let cut = |t: &Tensor<2>| ops::cut_rows(t.clone(), 0, keys);
        (keys > 0).then(|| Self { k: cut(&self.k), v: cut(&self.v) })
    }

    /// New positions behind the old ones: k (to be rotated) and v `[tokens, kv_heads · head_dim]`. Where nobody else holds the
    /// old ones, they need not be copied.
    pub fn append(past: Option<Self>, k: Tensor<2>, v: Tensor<2>, rope: &RopeTable) -> Self {
        match past {
            None => Self { k: rope.rotate_keys(k), v },
            Some(past) => {
                let (k, v) = rope.append((past.k, past.v), k, v);
                Self { k, v }
            }
        }
    }
}

/// Weights of attention.
#[derive(Debug)]
pub struct Attention {
    /// `[heads · head_dim, hidden]`.
    pub q: Linear,
    /// `[kv_heads · head_dim, hidden]`.
    pub k: Linear,
    /// `[kv_heads · head_dim, hidden]`.
    pub v: Linear,
    /// `[hidden, heads · head_dim]`.
    pub o: Linear,
    /// Norms of queries and keys, of each head or of all of them as one, in families that have them.
    pub qk_norm: Option<(RmsNorm, RmsNorm)>,
    /// Of what each head gives, in families that have it.
    pub gate: Option<HeadGate>,
    /// Attention heads.
    pub heads: usize,
    /// Key and value heads.
    pub kv_heads: usize,
    /// Width of a head.
    pub head_dim: usize,
    /// Factor of the scores.
    pub scale: f64,
    /// Bound that the scores are bent towards.
    pub cap: Option<f64>,
}

/// Gates of heads: what a head gives is multiplied by a sigmoid of the layer's input.
#[derive(Debug)]
pub struct HeadGate {
    /// `[heads, hidden]`.
    g: Linear,
    /// `[heads · head_dim, heads]`, ones where a column belongs to a head: it gives each column its head's number, and its
    /// transpose adds up what is asked of a head's columns.
    columns: Weight,
}

impl HeadGate {
    /// With the layer that makes the sigmoids' inputs.
    ///
    /// # Errors
    /// As [`Weight::new`].
    pub fn new(g: Linear, head_dim: usize, device: &Device) -> Result<Self> {
        let heads = g.weight.rows();
        let entry = |i: usize| if i / heads / head_dim == i % heads { 1.0f32 } else { 0.0 };
        let data = (0..heads * head_dim * heads).flat_map(|i| entry(i).to_le_bytes()).collect();
        let raw = RawTensor { shape: vec![heads * head_dim, heads], format: Format::F32, data };
        Ok(Self { columns: Weight::new(&g.name, raw, device)?, g })
    }

    /// By column, before the sigmoid: n `[tokens, hidden]` → `[tokens, heads · head_dim]`.
    fn forward(&self, n: Tensor<2>) -> Tensor<2> {
        self.columns.forward(self.g.forward(n))
    }

    /// Gradient with respect to n, from that by column.
    fn backward(&self, d: Tensor<2>, n: &impl Fn() -> Tensor<2>, gradients: &mut impl Gradients) -> Tensor<2> {
        self.g.backward(self.columns.backward(d), n, gradients)
    }
}

/// What the backward pass needs of attention, for a run of positions.
#[derive(Clone)]
pub struct Tape {
    q_raw: Tensor<2>,        // [tokens, heads · head_dim], before the norm
    k_raw: Tensor<2>,        // [tokens, kv_heads · head_dim], before the norm
    q: Tensor<2>,            // [tokens, heads · head_dim], rotated
    out: Tensor<2>,          // [tokens, heads · head_dim], what attention gave
    log_sum: Tensor<2>,      // [tokens, heads], of the scores
    gate: Option<Tensor<2>>, // [tokens, heads · head_dim], before the sigmoid
    kv: Option<KeyValue>,    // all positions up to the last of these; None while more of them are coming
}

impl Tape {
    /// Consecutive runs of positions as one; `None` without any.
    pub fn join(pieces: &[&Self]) -> Option<Self> {
        let kv = pieces.last()?.kv.clone();
        let rows = |field: fn(&Self) -> &Tensor<2>| stack(pieces.iter().map(|p| field(p).clone()).collect());
        Some(Self {
            q_raw: rows(|p| &p.q_raw),
            k_raw: rows(|p| &p.k_raw),
            q: rows(|p| &p.q),
            out: rows(|p| &p.out),
            log_sum: rows(|p| &p.log_sum),
            // All of a layer's runs have one, or none.
            gate: pieces.iter().map(|piece| piece.gate.clone()).collect::<Option<Vec<_>>>().map(stack),
            kv,
        })
    }

    /// Lets go of the keys and values, so that they can be continued where they lie.
    pub fn release(&mut self) {
        self.kv = None;
    }

    /// Takes those of the first `positions` of the sequence, of which its own are the last: there the queries stand.
    pub fn remember(&mut self, kv: &KeyValue, positions: usize) {
        self.kv = if kv.positions() == positions { Some(kv.clone()) } else { kv.truncate(positions) };
    }

    fn keys(&self) -> &KeyValue {
        self.kv.as_ref().unwrap_or_else(|| unreachable!("what was let go of was remembered before it is needed"))
    }

    /// Floats it holds besides the keys and values, which the cache holds anyway.
    pub fn floats(&self) -> usize {
        let all = [&self.q_raw, &self.k_raw, &self.q, &self.out, &self.log_sum];
        all.into_iter().chain(&self.gate).map(|t| t.shape().num_elements()).sum()
    }
}

/// The inputs of attention, and what they were before their norms.
struct Projected {
    q_raw: Tensor<2>,
    k_raw: Tensor<2>,
    q: Tensor<2>,
    k: Tensor<2>,
    v: Tensor<2>,
}

impl Attention {
    /// n `[tokens, hidden]` behind the positions in `past` → output, keys and values of all positions, tape.
    pub fn forward(&self, n: Tensor<2>, past: Option<KeyValue>, at: &Positions) -> (Tensor<2>, KeyValue, Tape) {
        let gate = self.gate.as_ref().map(|gate| gate.forward(n.clone()));
        let Projected { q_raw, k_raw, q, k, v } = self.project(n, at);
        let kv = KeyValue::append(past, k, v, &at.rope);
        let (out, log_sum) = ops::attend(q.clone(), kv.k.clone(), kv.v.clone(), self.seeing(at.window));
        let y = self.o.forward(gated(&gate, out.clone()));
        let tape = Tape { q_raw, k_raw, q, out, log_sum, gate, kv: Some(kv.clone()) };
        (y, kv, tape)
    }

    /// One new token of each of several sequences: n `[sequences, hidden]`, each behind its own `past` → output, keys and
    /// values of each. The rotations in `at` are one row per sequence, all of the same position.
    pub fn forward_batch(
        &self,
        n: Tensor<2>,
        past: Vec<Option<KeyValue>>,
        at: &Positions,
    ) -> (Tensor<2>, Vec<KeyValue>) {
        let gate = self.gate.as_ref().map(|gate| gate.forward(n.clone()));
        let Projected { q, k, v, .. } = self.project(n, at);
        let one = at.rope.first();
        let (mut outs, mut all) = (Vec::with_capacity(past.len()), Vec::with_capacity(past.len()));
        for (i, past) in past.into_iter().enumerate() {
            let row = |t: &Tensor<2>| ops::cut_rows(t.clone(), i, 1);
            let kv = KeyValue::append(past, row(&k), row(&v), &one);
            outs.push(ops::attend(row(&q), kv.k.clone(), kv.v.clone(), self.seeing(at.window)).0);
            all.push(kv);
        }
        (self.o.forward(gated(&gate, stack(outs))), all)
    }

    /// Queries (rotated), keys (not yet) and values of n `[tokens, hidden]`.
    fn project(&self, n: Tensor<2>, at: &Positions) -> Projected {
        let q_raw = self.q.forward(n.clone());
        let k_raw = self.k.forward(n.clone());
        let v = self.v.forward(n);
        let (q, k) = match &self.qk_norm {
            Some((q_norm, k_norm)) => (q_norm.forward_heads(q_raw.clone()), k_norm.forward_heads(k_raw.clone())),
            None => (q_raw.clone(), k_raw.clone()),
        };
        Projected { q: at.rope.rotate_queries(q), q_raw, k_raw, k, v }
    }

    /// Gradient with respect to n, which `n` makes again, from that of the output: `[tokens, hidden]` both.
    pub fn backward(
        &self,
        tape: Tape,
        n: &impl Fn() -> Tensor<2>,
        at: &Positions,
        dy: Tensor<2>,
        gradients: &mut impl Gradients,
    ) -> Tensor<2> {
        let KeyValue { k, v } = tape.keys().clone();
        let d_out = self.o.backward(dy, || gated(&tape.gate, tape.out.clone()), gradients);
        let (d_gate, d_out) = match tape.gate {
            Some(gate) => {
                let (d_gate, d_out) = ops::glu_backward(gate, tape.out.clone(), d_out, Activation::Sigmoid);
                (Some(d_gate), d_out)
            }
            None => (None, d_out),
        };
        let tokens = d_out.dims()[0];
        let attended = Attended { q: tape.q, k, v, out: tape.out, log_sum: tape.log_sum };
        let (d_q, d_kv) = ops::attend_backward(attended, d_out, self.seeing(at.window));
        let (d_k, d_v) = (ops::cut_rows(d_kv.clone(), 0, tokens), ops::cut_rows(d_kv, tokens, tokens));
        let (d_q, d_k) = at.rope.backward(d_q, d_k);
        let (d_q, d_k) = match &self.qk_norm {
            Some((q_norm, k_norm)) => (q_norm.backward_heads(tape.q_raw, d_q), k_norm.backward_heads(tape.k_raw, d_k)),
            None => (d_q, d_k),
        };
        let (d_q, d_k) = (self.q.backward(d_q, n, gradients), self.k.backward(d_k, n, gradients));
        let d_n = ops::add(ops::add(d_q, d_k), self.v.backward(d_v, n, gradients));
        match (&self.gate, d_gate) {
            (Some(gate), Some(d_gate)) => ops::add(d_n, gate.backward(d_gate, n, gradients)),
            _ => d_n,
        }
    }

    /// Attention of each position from row `from` of the tape on to itself, after the softmax: `[heads][positions]`.
    ///
    /// # Errors
    /// `device_lost`.
    pub async fn to_self(&self, tape: &Tape, from: usize) -> Result<Vec<Vec<f64>>> {
        let [tokens, _] = tape.q.dims();
        let kv = tape.keys();
        let k = ops::cut_rows(kv.k.clone(), kv.positions() - tokens, tokens);
        let (q, k) = (read(tape.q.clone()).await?, read(k).await?);
        let log_sum = read(tape.log_sum.clone()).await?;
        let (width, attention) = (self.head_dim, self.seeing(None));
        let weight = |head: usize, t: usize| {
            let q = &q[(t * self.heads + head) * width..][..width];
            let k = &k[(t * self.kv_heads + head / (self.heads / self.kv_heads)) * width..][..width];
            let product: f32 = q.iter().zip(k).map(|(q, k)| q * k).sum();
            (f64::from(attention.score(product)) - f64::from(log_sum[t * self.heads + head])).exp()
        };
        Ok((0..self.heads).map(|head| (from..tokens).map(|t| weight(head, t)).collect()).collect())
    }

    /// Its linear layers.
    pub fn linears(&self) -> Vec<&Linear> {
        [&self.q, &self.k, &self.v, &self.o].into_iter().chain(self.gate.as_ref().map(|gate| &gate.g)).collect()
    }

    fn seeing(&self, window: Option<usize>) -> ops::Attention {
        let Self { heads, kv_heads, head_dim, scale, cap, .. } = *self;
        ops::Attention { heads, kv_heads, width: head_dim, scale: scale as f32, window, cap: cap.map(|cap| cap as f32) }
    }
}

/// What attention gave, times the sigmoid of its gates.
fn gated(gate: &Option<Tensor<2>>, out: Tensor<2>) -> Tensor<2> {
    match gate {
        Some(gate) => ops::glu(gate.clone(), out, Activation::Sigmoid),
        None => out,
    }
}
