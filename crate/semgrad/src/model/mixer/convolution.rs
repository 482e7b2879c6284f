//! A gated short convolution: [B, C, x] = `in_proj`(n), y = `out_proj`(C·convolution(B·x)), each column convolved by itself
//! over a few positions, the last of which is its own.
//!
//! Of all that came before, only the last inputs of the convolution count. They are a constant for the backward pass.

use crate::model::gradients::Gradients;
use crate::model::linear::Linear;
use crate::ops::{cut_rows, short_convolution, short_convolution_backward, stack};
use burn::tensor::Tensor;

/// Positions that a state can go back by, beyond its own end and the ends of long passes: more than steps are in flight.
const BACK: usize = 8;
/// Ends of passes of several positions that are remembered: of a prompt, where its meaning ends, and of those before.
const ENDS: usize = 4;

/// Weights of a gated short convolution.
#[derive(Debug)]
pub struct Convolution {
    /// `[3 · hidden, hidden]`: B, C and x.
    pub in_proj: Linear,
    /// `[taps, hidden]`, the factor of a position itself last.
    pub kernel: Tensor<2>,
    /// `[taps − 1, hidden]`, zeros: the inputs before the first position.
    pub none: Tensor<2>,
    /// `[hidden, hidden]`.
    pub out_proj: Linear,
}

/// Inputs of the convolution, B·x, at the last of so many positions.
#[derive(Clone, Debug)]
pub struct Inputs {
    now: End,
    ends: Vec<End>, // of long passes, the earliest first
    least: usize,   // rows without which there is no going on: taps − 1
}

/// The inputs before some position.
#[derive(Clone, Debug)]
struct End {
    positions: usize,
    rows: Tensor<2>, // [least or more, hidden]; zeros stand before the first position
}

impl End {
    /// The fewest positions that it can go back to.
    fn first(&self, least: usize) -> usize {
        self.positions.saturating_sub(self.rows.dims()[0] - least)
    }
}

impl Inputs {
    /// What a pass of so many tokens leaves behind, whose last inputs are `rows`.
    fn after(past: Option<&Self>, tokens: usize, rows: Tensor<2>, least: usize) -> Self {
        let positions = past.map_or(0, |past| past.now.positions) + tokens;
        let mut ends = past.map_or_else(Vec::new, |past| past.ends.clone());
        let now = End { positions, rows };
        if tokens > 1 {
            ends.drain(..(ends.len() + 1).saturating_sub(ENDS));
            ends.push(now.clone());
        }
        Self { now, ends, least }
    }

    fn all(&self) -> impl Iterator<Item = &End> {
        self.ends.iter().chain([&self.now])
    }

    /// The most positions, `most` or fewer, that it can go back to.
    pub fn reach(&self, most: usize) -> usize {
        let of = |end: &End| Some(most.min(end.positions)).filter(|&at| at >= end.first(self.least));
        self.all().filter_map(of).max().unwrap_or(0)
    }

    /// As it was after `positions`, which are within its reach; `None` when that is none.
    pub fn truncate(&self, positions: usize) -> Option<Self> {
        let holds = |end: &&End| (end.first(self.least)..=end.positions).contains(&positions);
        let end = self.all().find(holds).filter(|_| positions > 0)?;
        let rows = end.rows.dims()[0] - (end.positions - positions);
        let now = End { positions, rows: cut_rows(end.rows.clone(), 0, rows) };
        let ends = self.ends.iter().filter(|end| end.positions <= positions).cloned().collect();
        Some(Self { now, ends, least: self.least })
    }
}

/// What the backward pass needs of a convolution, for a run of positions.
#[derive(Clone)]
pub struct Tape {
    bcx: Tensor<2>,          // [tokens, 3 · hidden]
    past: Option<Tensor<2>>, // [taps − 1 or more, hidden], inputs before the first of these; None behind another run
}

impl Tape {
    /// Consecutive runs of positions as one; `None` without any.
    pub fn join(pieces: &[&Self]) -> Option<Self> {
        let past = pieces.first()?.past.clone();
        Some(Self { bcx: stack(pieces.iter().map(|piece| piece.bcx.clone()).collect()), past })
    }

    /// Lets go of the inputs before it, which are those of the run before.
    pub fn follow(&mut self) {
        self.past = None;
    }

    /// Floats it holds besides the inputs before, which the cache holds anyway.
    pub fn floats(&self) -> usize {
        self.bcx.shape().num_elements()
    }
}

impl Convolution {
    /// n `[tokens, hidden]` behind the positions in `past` → output, the last inputs of all positions, tape.
    pub fn forward(&self, n: Tensor<2>, past: Option<&Inputs>) -> (Tensor<2>, Inputs, Tape) {
        let bcx = self.in_proj.forward(n);
        let (y, inputs) = self.convolve(bcx.clone(), past);
        (self.out_proj.forward(y), inputs, Tape { bcx, past: Some(self.before(past)) })
    }

    /// One new token of each of several sequences: n `[sequences, hidden]`, each behind its own `past` → output, the last
    /// inputs of each.
    pub fn forward_batch(&self, n: Tensor<2>, past: &[Option<&Inputs>]) -> (Tensor<2>, Vec<Inputs>) {
        let bcx = self.in_proj.forward(n);
        let step = |(i, past): (usize, &Option<&Inputs>)| self.convolve(cut_rows(bcx.clone(), i, 1), *past);
        let (ys, all): (Vec<_>, Vec<_>) = past.iter().enumerate().map(step).unzip();
        (self.out_proj.forward(stack(ys)), all)
    }

    fn convolve(&self, bcx: Tensor<2>, past: Option<&Inputs>) -> (Tensor<2>, Inputs) {
        let (before, tokens, least) = (self.before(past), bcx.dims()[0], self.none.dims()[0]);
        let kept = (before.dims()[0] + tokens).min(least + BACK);
        let (y, rows) = short_convolution(bcx, before, self.kernel.clone(), kept);
        (y, Inputs::after(past, tokens, rows, least))
    }

    fn before(&self, past: Option<&Inputs>) -> Tensor<2> {
        past.map_or(&self.none, |past| &past.now.rows).clone()
    }

    /// Gradient with respect to n, which `n` makes again, from that of the output: `[tokens, hidden]` both.
    pub fn backward(
        &self,
        tape: Tape,
        n: &impl Fn() -> Tensor<2>,
        dy: Tensor<2>,
        gradients: &mut impl Gradients,
    ) -> Tensor<2> {
        let Tape { bcx, past: Some(past) } = tape else { unreachable!("runs that follow others are joined with them") };
        let y = || short_convolution(bcx.clone(), past.clone(), self.kernel.clone(), 1).0;
        let d = self.out_proj.backward(dy, y, gradients);
        let d_bcx = short_convolution_backward(bcx, past, self.kernel.clone(), d);
        self.in_proj.backward(d_bcx, n, gradients)
    }

    /// Its linear layers.
    pub fn linears(&self) -> Vec<&Linear> {
        vec![&self.in_proj, &self.out_proj]
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::device::Device;
    use crate::ops::{self, read};

    /// Passes of so many tokens each, every input being its position.
    fn passed(passes: &[usize], least: usize) -> Inputs {
        let mut state: Option<Inputs> = None;
        for &tokens in passes {
            let positions = state.as_ref().map_or(0, |state| state.now.positions) + tokens;
            let held = state.as_ref().map_or(least, |state| state.now.rows.dims()[0]);
            let kept = (held + tokens).min(least + BACK);
            let rows = (0..kept).map(|row| (positions + row) as f32 - kept as f32).collect();
            let rows = ops::upload(rows, [kept, 1], &Device::cpu("test").burn);
            state = Some(Inputs::after(state.as_ref(), tokens, rows, least));
        }
        state.unwrap()
    }

    fn last(state: &Inputs, least: usize) -> Vec<f32> {
        let rows = pollster::block_on(read(state.now.rows.clone())).unwrap();
        rows[rows.len() - least..].to_vec()
    }

    #[test]
    fn a_state_goes_back_to_where_it_knows_its_inputs() {
        let least = 2;
        // A prompt of 20 in two passes, then 30 tokens.
        let state = passed(&[[12, 8].as_slice(), &[1; 30]].concat(), least);
        let reached: Vec<usize> = (0..=55).map(|most| state.reach(most)).collect();
        let want = |most: usize| match most {
            0..=3 => 0,
            4..=12 => most, // its end, and 8 before
            13..=20 => most,
            21..=41 => 20,
            42..=50 => most,
            _ => 50,
        };
        assert_eq!(reached, (0..=55).map(want).collect::<Vec<_>>());
        for positions in reached.into_iter().filter(|&positions| positions > 0) {
            let back = state.truncate(positions).unwrap();
            assert_eq!(back.now.positions, positions);
            assert_eq!(last(&back, least), [positions as f32 - 2.0, positions as f32 - 1.0]);
            // From there it goes back to the ends that still lie before, and no further than it could.
            assert_eq!(back.reach(positions), positions);
            assert!(back.ends.iter().all(|end| end.positions <= positions));
            assert_eq!(back.reach(11), if positions > 11 { 11 } else { positions });
        }
        assert!(state.truncate(0).is_none());
    }

    #[test]
    fn a_short_state_goes_back_to_its_beginning() {
        let state = passed(&[1, 1, 1], 6);
        assert_eq!([0, 1, 2, 3, 4].map(|most| state.reach(most)), [0, 1, 2, 3, 3]);
        assert_eq!(state.truncate(2).unwrap().now.rows.dims(), [8, 1]);
    }

    #[test]
    fn only_the_latest_ends_are_kept() {
        let state = passed(&[10; 9], 2);
        assert_eq!(state.ends.iter().map(|end| end.positions).collect::<Vec<_>>(), [60, 70, 80, 90]);
        assert_eq!(state.reach(51), 0);
        assert_eq!(state.reach(52), 52);
    }
}
