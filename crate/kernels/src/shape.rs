//! What the kernels work on: packed matrices, attention layers, nonlinearities.

use crate::cap::{bent, slope};
use crate::formats::Format;

/// How a packed matrix `[rows, cols]` lies in its buffer: in rows of file blocks on the CPU, packed
/// anew on the GPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Block format of a row.
    pub format: Format,
    /// Output features of a linear layer, or entries of a table.
    pub rows: usize,
    /// Input features, or the width of a table.
    pub cols: usize,
}

/// Heads of an attention layer and what its queries see.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Attention {
    /// Query heads.
    pub heads: usize,
    /// Key and value heads, each shared by `heads / kv_heads` query heads.
    pub kv_heads: usize,
    /// Columns of a head, a multiple of four.
    pub width: usize,
    /// Factor of the scores.
    pub scale: f32,
    /// How many positions a query sees, its own included; within segments, how many to either side. `None` for all.
    pub window: Option<usize>,
    /// Scores are bent towards this bound: [`soft_cap`](crate::soft_cap); `None` where they are not.
    pub cap: Option<f32>,
}

impl Attention {
    /// Queries, position of the first of them and columns of a position's keys, from the lengths of q and k: the queries
    /// stand at the last keys.
    pub fn sizes(&self, q: usize, k: usize) -> (usize, usize, usize) {
        let (tokens, stride) = (q / (self.heads * self.width), self.kv_heads * self.width);
        (tokens, k / stride - tokens, stride)
    }

    /// Multiply-adds of queries at the positions from `start` on, about.
    pub(crate) fn cost(&self, tokens: usize, start: usize) -> usize {
        let seen = (start + tokens / 2).min(self.window.unwrap_or(usize::MAX)) + 1;
        2 * tokens * seen * self.heads * self.width
    }

    /// What the softmax takes, from the product of a query and a key.
    #[inline(always)]
    pub fn score(&self, product: f32) -> f32 {
        let score = product * self.scale;
        self.cap.map_or(score, |cap| bent(score, cap))
    }

    /// Derivative of [`Attention::score`], where it is `score`.
    #[inline(always)]
    pub fn slope(&self, score: f32) -> f32 {
        self.cap.map_or(self.scale, |cap| self.scale * slope(score, cap))
    }

    /// The first key that the query at `position` sees.
    pub fn first_key(&self, position: usize) -> usize {
        self.window.map_or(0, |window| (position + 1).saturating_sub(window))
    }
}

/// The nonlinearity of a gate.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub enum Activation {
    /// x σ(x).
    Silu,
    /// GELU in its tanh form.
    GeluTanh,
    /// GELU with the error function.
    Gelu,
    /// σ(x).
    Sigmoid,
}
