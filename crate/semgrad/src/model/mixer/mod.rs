//! What a block does between tokens: its mixer, of one kind or another. It takes the block's normalized input `[tokens,
//! hidden]` and gives what joins the residual stream, of the same shape.
//!
//! A kind is a file: its weights, with `forward`, `forward_batch` and `backward`; what it remembers of the positions
//! before ([`State`]); and what its backward pass needs ([`Tape`]). Nothing outside looks into these.

pub mod attention;

use super::gradients::Gradients;
use super::linear::Linear;
use crate::error::Result;
use attention::{Attention, KeyValue, Positions};
use burn::tensor::Tensor;

/// A mixer's weights.
#[derive(Debug)]
pub enum Mixer {
    /// Attention to the positions before.
    Attention(Box<Attention>),
}

/// What a mixer remembers of the positions it has seen.
#[derive(Clone, Debug)]
pub enum State {
    /// Keys and values of all of them.
    Attention(KeyValue),
}

/// What a mixer's backward pass needs from its forward pass, for a run of positions. What it remembers of those before is
/// a constant there.
#[derive(Clone)]
pub enum Tape {
    /// Of attention.
    Attention(attention::Tape),
}

impl Mixer {
    /// n `[tokens, hidden]` behind the positions in `past` → output, what is remembered of all positions, tape.
    pub fn forward(&self, n: Tensor<2>, past: Option<&State>, at: &Positions) -> (Tensor<2>, State, Tape) {
        match self {
            Self::Attention(attention) => {
                let (y, kv, tape) = attention.forward(n, past.map(State::keys), at);
                (y, State::Attention(kv), Tape::Attention(tape))
            }
        }
    }

    /// One new token of each of several sequences: n `[sequences, hidden]`, each behind its own `past`, which then
    /// remembers it too → output. What `at` says is one row per sequence, all of the same position.
    pub fn forward_batch(&self, n: Tensor<2>, past: &mut [&mut Option<State>], at: &Positions) -> Tensor<2> {
        let (y, states): (_, Vec<State>) = match self {
            Self::Attention(attention) => {
                let before: Vec<_> = past.iter().map(|state| state.as_ref().map(State::keys)).collect();
                let (y, all) = attention.forward_batch(n, &before, at);
                (y, all.into_iter().map(State::Attention).collect())
            }
        };
        past.iter_mut().zip(states).for_each(|(past, state)| **past = Some(state));
        y
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
        match (self, tape) {
            (Self::Attention(attention), Tape::Attention(tape)) => attention.backward(tape, n, at, dy, gradients),
        }
    }

    /// See [`Attention::to_self`]; `None` of a mixer without attention.
    ///
    /// # Errors
    /// `device_lost`.
    pub async fn attention_to_self(&self, tape: &Tape, from: usize) -> Result<Option<Vec<Vec<f64>>>> {
        match (self, tape) {
            (Self::Attention(attention), Tape::Attention(tape)) => attention.to_self(tape, from).await.map(Some),
        }
    }

    /// Its linear layers.
    pub fn linears(&self) -> Vec<&Linear> {
        match self {
            Self::Attention(attention) => attention.linears(),
        }
    }
}

impl State {
    fn keys(&self) -> &KeyValue {
        match self {
            Self::Attention(kv) => kv,
        }
    }

    /// The most positions, `most` or fewer, that it can [go back](State::truncate) to.
    pub fn reach(&self, most: usize) -> usize {
        match self {
            Self::Attention(kv) => most.min(kv.positions()),
        }
    }

    /// As it was after `positions`, which are within its [reach](State::reach); `None` when that is none.
    pub fn truncate(&self, positions: usize) -> Option<Self> {
        match self {
            Self::Attention(kv) => kv.truncate(positions).map(Self::Attention),
        }
    }
}

impl Tape {
    /// Consecutive runs of positions as one; `None` without any.
    pub fn join(pieces: &[&Self]) -> Option<Self> {
        let Self::Attention(_) = pieces.first()?;
        let pieces: Vec<_> = pieces.iter().map(|Self::Attention(piece)| piece).collect();
        attention::Tape::join(&pieces).map(Self::Attention)
    }

    /// Lets go of what a later run of the same layer holds as well.
    pub fn adopt(&mut self, later: &Self) {
        match (self, later) {
            (Self::Attention(tape), Self::Attention(later)) => tape.adopt(later),
        }
    }

    /// Forgets what lies behind the first `positions` of the sequence; its own are among these.
    pub fn cut(&mut self, positions: usize) {
        match self {
            Self::Attention(tape) => tape.cut(positions),
        }
    }

    /// Floats it holds besides what the cache holds anyway.
    pub fn floats(&self) -> usize {
        match self {
            Self::Attention(tape) => tape.floats(),
        }
    }
}
