//! What a block's backward pass needs from its forward pass, and how pieces of it are kept while an answer is produced.

use super::mixer;
use crate::ops::stack;
use burn::tensor::Tensor;

/// Intermediate values of one forward pass through a block, for a run of positions.
#[derive(Clone)]
pub struct Tape {
    pub(super) x: Tensor<2>,         // [tokens, hidden]
    pub(super) mixer: mixer::Tape,   // what the mixer left
    pub(super) mixed: Tensor<2>,     // [tokens, hidden], what it gave
    pub(super) middle: Tensor<2>,    // [tokens, hidden], after the first residual
    pub(super) gate: Tensor<2>,      // [tokens, intermediate]
    pub(super) up: Tensor<2>,        // [tokens, intermediate]
    pub(super) projected: Tensor<2>, // [tokens, hidden], down projection
}

impl Tape {
    /// Consecutive runs of positions as one; `None` without any.
    pub fn join(pieces: Vec<Self>) -> Option<Self> {
        let mixer = mixer::Tape::join(&pieces.iter().map(|piece| &piece.mixer).collect::<Vec<_>>())?;
        let rows = |field: fn(&Self) -> &Tensor<2>| stack(pieces.iter().map(|p| field(p).clone()).collect());
        Some(Self {
            x: rows(|p| &p.x),
            mixer,
            mixed: rows(|p| &p.mixed),
            middle: rows(|p| &p.middle),
            gate: rows(|p| &p.gate),
            up: rows(|p| &p.up),
            projected: rows(|p| &p.projected),
        })
    }

    /// The block's input, `[tokens, hidden]`.
    pub fn input(&self) -> &Tensor<2> {
        &self.x
    }

    /// Lets go of what the cache holds of all positions: keys and values, in attention.
    pub fn release(&mut self) {
        self.mixer.release();
    }

    /// Takes that again, of the first `positions` of the sequence, of which its own are the last.
    pub fn remember(&mut self, state: &mixer::State, positions: usize) {
        self.mixer.remember(state, positions);
    }

    /// Lets go of what is not needed behind an earlier run of the same layer, with which it is going to be joined: the inputs
    /// before it, in a convolution.
    pub fn follow(&mut self) {
        self.mixer.follow();
    }

    /// Floats it holds besides what the cache holds anyway.
    pub fn floats(&self) -> usize {
        let own = [&self.x, &self.mixed, &self.middle, &self.gate, &self.up, &self.projected];
        own.iter().map(|t| t.shape().num_elements()).sum::<usize>() + self.mixer.floats()
    }
}
