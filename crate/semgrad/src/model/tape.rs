//! What a block's backward pass needs from its forward pass, and how pieces of it are kept while an answer is produced.

use super::attention::KeyValue;
use crate::ops::stack;
use burn::tensor::Tensor;

/// Intermediate values of one forward pass through a block, for a run of positions.
#[derive(Clone)]
pub struct Tape {
    pub(super) x: Tensor<2>,         // [tokens, hidden]
    pub(super) q_raw: Tensor<2>,     // [tokens, heads · head_dim], before the norm
    pub(super) k_raw: Tensor<2>,     // [tokens, kv_heads · head_dim], before the norm
    pub(super) q: Tensor<2>,         // [tokens, heads · head_dim], rotated
    pub(super) out: Tensor<2>,       // [tokens, heads · head_dim], what attention gave
    pub(super) log_sum: Tensor<2>,   // [tokens, heads], of the attention scores
    pub(super) attended: Tensor<2>,  // [tokens, hidden], output projection
    pub(super) middle: Tensor<2>,    // [tokens, hidden], after the first residual
    pub(super) gate: Tensor<2>,      // [tokens, intermediate]
    pub(super) up: Tensor<2>,        // [tokens, intermediate]
    pub(super) projected: Tensor<2>, // [tokens, hidden], down projection
    pub(crate) kv: KeyValue,         // all positions up to the last of these
}

impl Tape {
    /// Consecutive runs of positions as one; `None` without any.
    pub fn join(pieces: Vec<Self>) -> Option<Self> {
        let kv = pieces.last()?.kv.clone();
        let rows = |field: fn(&Self) -> &Tensor<2>| stack(pieces.iter().map(|p| field(p).clone()).collect());
        Some(Self {
            x: rows(|p| &p.x),
            q_raw: rows(|p| &p.q_raw),
            k_raw: rows(|p| &p.k_raw),
            q: rows(|p| &p.q),
            out: rows(|p| &p.out),
            log_sum: rows(|p| &p.log_sum),
            attended: rows(|p| &p.attended),
            middle: rows(|p| &p.middle),
            gate: rows(|p| &p.gate),
            up: rows(|p| &p.up),
            projected: rows(|p| &p.projected),
            kv,
        })
    }

    /// The block's input, `[tokens, hidden]`.
    pub fn input(&self) -> &Tensor<2> {
        &self.x
    }

    /// Lets go of its own copy of the keys and values for another that has those of its positions too.
    pub fn adopt_keys(&mut self, kv: &KeyValue) {
        self.kv = kv.clone();
    }

    /// Floats it holds besides the keys and values, which the cache holds anyway.
    pub fn floats(&self) -> usize {
        let attention = [&self.q_raw, &self.k_raw, &self.q, &self.out, &self.log_sum];
        let rest = [&self.x, &self.attended, &self.middle, &self.gate, &self.up, &self.projected];
        attention.iter().chain(&rest).map(|t| t.shape().num_elements()).sum()
    }
}
