//! What a block does between tokens: its mixer, of one kind or another. It takes the block's normalized input `[tokens,
//! hidden]` and gives what joins the residual stream, of the same shape.
//!
//! A kind is a file: its weights, with `forward`, `forward_batch` and `backward`; what it remembers of the positions
//! before ([`State`]); and what its backward pass needs ([`Tape`]). Nothing outside looks into these.

pub mod attention;
pub mod convolution;

use super::gradients::Gradients;
use super::linear::Linear;
use crate::error::Result;
use attention::{Attention, KeyValue, Positions};
use burn::tensor::Tensor;
use convolution::{Convolution, Inputs};

/// A mixer's weights.
#[derive(Debug)]
pub enum Mixer {
    /// Attention to the positions before.
    Attention(Box<Attention>),
    /// A gated short convolution.
    Convolution(Box<Convolution>),
}

/// What a mixer remembers of the positions it has seen.
#[derive(Clone, Debug)]
pub enum State {
    /// Keys and values of all of them.
    Attention(Box<KeyValue>),
    /// The last inputs of the convolution.
    Convolution(Box<Inputs>),
}

/// What a mixer's backward pass needs from its forward pass, for a run of positions. What it remembers of those before is
/// a constant there.
#[derive(Clone)]
pub enum Tape {
    /// Of attention.
    Attention(Box<attention::Tape>),
    /// Of a short convolution.
    Convolution(Box<convolution::Tape>),
}

impl Mixer {
    /// n `[tokens, hidden]` behind the positions in `past` → output, what is remembered of all positions, tape.
    pub fn forward(&self, n: Tensor<2>, past: Option<State>, at: &Positions) -> (Tensor<2>, State, Tape) {
        match self {
            Self::Attention(attention) => {
                let (y, kv, tape) = attention.forward(n, past.map(State::into_keys), at);
                (y, State::Attention(Box::new(kv)), Tape::Attention(Box::new(tape)))
            }
            Self::Convolution(convolution) => {
                let (y, inputs, tape) = convolution.forward(n, past.as_ref().map(State::inputs));
                (y, State::Convolution(Box::new(inputs)), Tape::Convolution(Box::new(tape)))
            }
        }
    }

    /// One new token of each of several sequences: n `[sequences, hidden]`, each behind its own `past`, which then
    /// remembers it too → output. What `at` says is one row per sequence, all of the same position.
    pub fn forward_batch(&self, n: Tensor<2>, past: &mut [&mut Option<State>], at: &Positions) -> Tensor<2> {
        let (y, states): (_, Vec<State>) = match self {
            Self::Attention(attention) => {
                let before = past.iter_mut().map(|state| state.take().map(State::into_keys)).collect();
                let (y, all) = attention.forward_batch(n, before, at);
                (y, all.into_iter().map(|kv| State::Attention(Box::new(kv))).collect())
            }
            Self::Convolution(convolution) => {
                let before: Vec<_> = past.iter().map(|state| state.as_ref().map(State::inputs)).collect();
                let (y, all) = convolution.forward_batch(n, &before);
                (y, all.into_iter().map(|inputs| State::Convolution(Box::new(inputs))).collect())
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
            (Self::Attention(attention), Tape::Attention(tape)) => attention.backward(*tape, n, at, dy, gradients),
            (Self::Convolution(convolution), Tape::Convolution(tape)) => convolution.backward(*tape, n, dy, gradients),
            _ => another_layer(),
        }
    }

    /// See [`Attention::to_self`]; `None` of a mixer without attention.
    ///
    /// # Errors
    /// `device_lost`.
    pub async fn attention_to_self(&self, tape: &Tape, from: usize) -> Result<Option<Vec<Vec<f64>>>> {
        match (self, tape) {
            (Self::Attention(attention), Tape::Attention(tape)) => attention.to_self(tape, from).await.map(Some),
            _ => Ok(None),
        }
    }

    /// Its linear layers.
    pub fn linears(&self) -> Vec<&Linear> {
        match self {
            Self::Attention(attention) => attention.linears(),
            Self::Convolution(convolution) => convolution.linears(),
        }
    }
}

impl State {
    fn into_keys(self) -> KeyValue {
        match self {
            Self::Attention(kv) => *kv,
            Self::Convolution(_) => another_layer(),
        }
    }

    fn inputs(&self) -> &Inputs {
        match self {
            Self::Convolution(inputs) => inputs,
            Self::Attention(_) => another_layer(),
        }
    }

    /// The most positions, `most` or fewer, that it can [go back](State::truncate) to.
    pub fn reach(&self, most: usize) -> usize {
        match self {
            Self::Attention(kv) => most.min(kv.positions()),
            Self::Convolution(inputs) => inputs.reach(most),
        }
    }

    /// As it was after `positions`, which are within its [reach](State::reach); `None` when that is none.
    pub fn truncate(&self, positions: usize) -> Option<Self> {
        match self {
            Self::Attention(kv) => kv.truncate(positions).map(|kv| Self::Attention(Box::new(kv))),
            Self::Convolution(inputs) => inputs.truncate(positions).map(|inputs| Self::Convolution(Box::new(inputs))),
        }
    }
}

impl Tape {
    /// Consecutive runs of positions as one; `None` without any.
    pub fn join(pieces: &[&Self]) -> Option<Self> {
        let (mut attention, mut convolution) = (Vec::new(), Vec::new());
        for piece in pieces {
            match piece {
                Self::Attention(tape) => attention.push(&**tape),
                Self::Convolution(tape) => convolution.push(&**tape),
            }
        }
        match pieces.first()? {
            Self::Attention(_) => attention::Tape::join(&attention).map(|tape| Self::Attention(Box::new(tape))),
            Self::Convolution(_) => convolution::Tape::join(&convolution).map(|tape| Self::Convolution(Box::new(tape))),
        }
    }

    /// Lets go of what the cache holds of all positions.
    pub fn release(&mut self) {
        match self {
            Self::Attention(tape) => tape.release(),
            // What a convolution needs of the positions before its run lies nowhere else.
            Self::Convolution(_) => {}
        }
    }

    /// Takes that again, of the first `positions` of the sequence, of which its own are the last.
    pub fn remember(&mut self, state: &State, positions: usize) {
        match (self, state) {
            (Self::Attention(tape), State::Attention(kv)) => tape.remember(kv, positions),
            (Self::Convolution(_), State::Convolution(_)) => {}
            _ => another_layer(),
        }
    }

    /// Lets go of what is not needed behind an earlier run of the same layer, with which it is going to be joined.
    pub fn follow(&mut self) {
        match self {
            Self::Attention(_) => {}
            Self::Convolution(tape) => tape.follow(),
        }
    }

    /// Floats it holds besides what the cache holds anyway.
    pub fn floats(&self) -> usize {
        match self {
            Self::Attention(tape) => tape.floats(),
            Self::Convolution(tape) => tape.floats(),
        }
    }
}

/// A state or tape of a layer of another kind: they stay with the number of their layer, in a cache or a list by layer.
fn another_layer() -> ! {
    unreachable!("a layer is given what it has left itself")
}
