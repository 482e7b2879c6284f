//! What a block's backward pass needs from its forward pass, and how pieces of it are kept while an answer is produced.

use super::attention::KeyValue;
use burn::tensor::Tensor;

/// Intermediate values of one forward pass through a block, for a run of positions.
pub struct Tape {
    pub(super) x: Tensor<2>,         // [tokens, hidden]
    pub(super) q_raw: Tensor<3>,     // [heads, tokens, head_dim], before the norm
    pub(super) k_raw: Tensor<3>,     // [kv_heads, tokens, head_dim], before the norm
    pub(super) q: Tensor<3>,         // [heads, tokens, head_dim], rotated
    pub(super) attended: Tensor<2>,  // [tokens, hidden], output projection
    pub(super) middle: Tensor<2>,    // [tokens, hidden], after the first residual
    pub(super) gate: Tensor<2>,      // [tokens, intermediate]
    pub(super) up: Tensor<2>,        // [tokens, intermediate]
    pub(super) projected: Tensor<2>, // [tokens, hidden], down projection
    pub(super) kv: KeyValue,         // all positions up to the last of these
}

impl Tape {
    /// Consecutive runs of positions as one; `None` without any.
    pub fn join(pieces: Vec<Self>) -> Option<Self> {
        let kv = pieces.last()?.kv.clone();
        let rows = |field: fn(&Self) -> &Tensor<2>| Tensor::cat(pieces.iter().map(|p| field(p).clone()).collect(), 0);
        let heads = |field: fn(&Self) -> &Tensor<3>| Tensor::cat(pieces.iter().map(|p| field(p).clone()).collect(), 1);
        Some(Self {
            x: rows(|p| &p.x),
            q_raw: heads(|p| &p.q_raw),
            k_raw: heads(|p| &p.k_raw),
            q: heads(|p| &p.q),
            attended: rows(|p| &p.attended),
            middle: rows(|p| &p.middle),
            gate: rows(|p| &p.gate),
            up: rows(|p| &p.up),
            projected: rows(|p| &p.projected),
            kv,
        })
    }

    /// Floats it holds besides the keys and values, which the cache holds anyway.
    pub fn floats(&self) -> usize {
        let rows = [&self.x, &self.attended, &self.middle, &self.gate, &self.up, &self.projected];
        let heads = [&self.q_raw, &self.k_raw, &self.q];
        rows.iter().map(|t| t.shape().num_elements()).sum::<usize>()
            + heads.iter().map(|t| t.shape().num_elements()).sum::<usize>()
    }
}
