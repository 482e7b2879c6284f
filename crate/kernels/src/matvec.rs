//! `y = x·wᵀ` for one or a few tokens: weights go from packed bytes to products in registers.

use super::formats::{Blocks, Bytes, CHUNK, each_chunk, with_blocks};
use super::simd::{LANES, Simd, Task, dispatch};
use super::threads;
use crate::formats::{Format, dequantize_row};
use crate::vector::by::dot;
use std::marker::PhantomData;
use std::ops::Range;

/// Most tokens of one pass.
pub const TOKENS: usize = 4;
/// Rows of a thread are a multiple: where they end, no two threads write to one cache line.
const UNIT: usize = 16;

/// `y[t, r] = Σ_c x[t, c]·w[r, c]`; x `[tokens, cols]` with at most [`TOKENS`] tokens, w `[rows, cols]` packed,
/// y `[tokens, rows]`.
pub fn matvec(x: &[f32], w: &[u8], format: Format, rows: usize, cols: usize, y: &mut [f32]) {
    match x.len() / cols {
        1 => of_tokens::<1>(x, w, format, rows, cols, y),
        2 => of_tokens::<2>(x, w, format, rows, cols, y),
        3 => of_tokens::<3>(x, w, format, rows, cols, y),
        4 => of_tokens::<4>(x, w, format, rows, cols, y),
        tokens => debug_assert_eq!(tokens, 0),
    }
}

fn of_tokens<const T: usize>(x: &[f32], w: &[u8], format: Format, rows: usize, cols: usize, y: &mut [f32]) {
    let (stride, cost) = (format.row_bytes(cols), T * rows * cols);
    let lines = |rows: Range<usize>| &w[rows.start * stride..rows.end * stride];
    with_blocks!(format,
    B => {
        let inputs = dispatch(Arrange::<B, T> { x, cols, blocks: PhantomData });
        threads::by_columns(y, rows, UNIT, cost, |rows, y| {
            dispatch(Packed::<B, T> { inputs: &inputs, w: lines(rows), cols, y, blocks: PhantomData });
        });
    },
    _ => threads::by_columns(y, rows, UNIT, cost, |rows, y| {
        dispatch(Floats::<T> { x, w: lines(rows), format, cols, y });
    }));
}

/// Block formats.
pub(super) struct Packed<'a, 'b, B, const T: usize> {
    pub inputs: &'a Inputs,
    pub w: &'a [u8],
    pub cols: usize,
    /// Of each token the rows of w.
    pub y: &'a mut [&'b mut [f32]],
    pub blocks: PhantomData<B>,
}

impl<B: Blocks, const T: usize> Task for Packed<'_, '_, B, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { inputs, w, cols, y, .. } = self;
        let groups = cols / B::GROUP;
        let vectors = groups.div_ceil(LANES);
        let (mut scales, mut offsets) = (vec![[0.0; LANES]; vectors], vec![[0.0; LANES]; vectors]);
        let row_bytes = cols / B::LEN * size_of::<B::Block>();
        for (r, row) in w.chunks_exact(row_bytes).enumerate() {
            let blocks = B::Block::blocks(row);
            B::scales(simd, blocks, &mut scales, &mut offsets);
            let products = products::<S, B, T>(simd, blocks, inputs, scales.as_flattened());
            for t in 0..T {
                let sums = &inputs.sums[t * groups..(t + 1) * groups];
                let offset = if B::OFFSETS { dot(simd, &offsets.as_flattened()[..groups], sums) } else { 0.0 };
                y[t][r] = simd.total(products[t]) + offset;
            }
        }
    }
}

/// The inputs in the order in which a row needs them.
pub(super) struct Inputs {
    /// The values, block by block. `[blocks, tokens, B::LEN]`
    values: Vec<[f32; LANES]>,
    /// The lanes' sums over each group, times `-center`: where the group's products start, so that they come out
    /// centered and nothing large cancels between groups. `[blocks, tokens, groups per block, LANES]`
    starts: Vec<[f32; LANES]>,
    /// The sums over each group. `[tokens, groups]`
    sums: Vec<f32>,
}

/// Makes [`Inputs`] of x `[tokens, cols]`.
pub(super) struct Arrange<'a, B, const T: usize> {
    pub x: &'a [f32],
    pub cols: usize,
    pub blocks: PhantomData<B>,
}

impl<B: Blocks, const T: usize> Task for Arrange<'_, B, T> {
    type Output = Inputs;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Inputs {
        let Self { x, cols, .. } = self;
        let groups = cols / B::GROUP;
        let (mut values, mut starts) = (Vec::with_capacity(x.len() / LANES), Vec::with_capacity(T * groups));
        let mut sums = vec![0.0; T * groups];
        for block in 0..cols / B::LEN {
            for t in 0..T {
                let first = t * cols + block * B::LEN;
                for (g, group) in x[first..first + B::LEN].chunks_exact(B::GROUP).enumerate() {
                    let mut lanes = simd.splat(0.0);
                    for part in group.as_chunks().0 {
                        values.push(*part);
                        lanes = simd.add(lanes, simd.load(part));
                    }
                    let mut start = [0.0; LANES];
                    simd.store(lanes, &mut start);
                    starts.push(start.map(|sum| -B::center::<S>() * sum));
                    sums[t * groups + block * (B::LEN / B::GROUP) + g] = simd.sum(lanes);
                }
            }
        }
        Inputs { values, starts, sums }
    }
}

/// `Σ_c x[t, c]·(w[c] - offset)` of one row, by lanes.
#[inline(always)]
fn products<S: Simd, B: Blocks, const T: usize>(
    simd: S,
    blocks: &[B::Block],
    inputs: &Inputs,
    scales: &[f32],
) -> [S::Sums; T] {
    let groups = B::LEN / B::GROUP;
    let none = simd.sums(simd.splat(0.0));
    let mut totals = [[none; T]; 2];
    let values = inputs.values.as_chunks().0.chunks_exact(T * B::LEN / CHUNK);
    let starts = inputs.starts.chunks_exact(T * groups);
    for (((block, values), starts), scales) in blocks.iter().zip(values).zip(starts).zip(scales.chunks_exact(groups)) {
        // In a module that is fetched, all are written out only for the one token of an answer that is being written.
        let mut part = Part { simd, block, values, starts, scales, sums: [none; T], totals: &mut totals };
        each_chunk!(B, T > 1 && cfg!(target_family = "wasm"), |k| {
            part.add::<B>(k);
        });
    }
    let [mut totals, others] = totals;
    for t in 0..T {
        totals[t] = simd.add_sums(others[t], 1.0, totals[t]);
    }
    totals
}

/// Chunks of a block and what they are multiplied with.
struct Part<'a, S: Simd, Block, const T: usize> {
    simd: S,
    block: &'a Block,
    values: &'a [[[f32; LANES]; 2]],
    starts: &'a [[f32; LANES]],
    scales: &'a [f32],
    /// Of the group so far.
    sums: [S::Sums; T],
    /// Of groups in turn where there are registers for it, so that no sum waits for the one before; else the second stays
    /// empty. The order of a token's sums never depends on how many tokens there are.
    totals: &'a mut [[S::Sums; T]; 2],
}

impl<S: Simd, Block, const T: usize> Part<'_, S, Block, T> {
    /// Adds the products of chunk `k`.
    #[inline(always)]
    fn add<B: Blocks<Block = Block>>(&mut self, k: usize) {
        let (simd, groups, per_group) = (self.simd, B::LEN / B::GROUP, B::GROUP / CHUNK);
        let g = k / per_group;
        if k.is_multiple_of(per_group) {
            for t in 0..T {
                let is_centered = B::center::<S>() == 0.0;
                let start = if is_centered { simd.splat(0.0) } else { simd.load(&self.starts[t * groups + g]) };
                self.sums[t] = simd.sums(start);
            }
        }
        let weights = B::chunk(simd, self.block, k);
        for t in 0..T {
            let values = &self.values[t * (B::LEN / CHUNK) + k];
            self.sums[t] = simd.add_products(weights, values, self.sums[t]);
        }
        if k % per_group == per_group - 1 {
            for t in 0..T {
                let total = simd.add_sums(self.sums[t], self.scales[g], self.totals[0][t]);
                if S::WIDE {
                    // No `swap`, which may stay a call, and took more than all else.
                    self.totals[0][t] = self.totals[1][t];
                    self.totals[1][t] = total;
                } else {
                    self.totals[0][t] = total;
                }
            }
        }
    }
}

/// Formats without blocks, of any width.
pub(super) struct Floats<'a, 'b, const T: usize> {
    pub x: &'a [f32],
    pub w: &'a [u8],
    pub format: Format,
    pub cols: usize,
    /// Of each token the rows of w.
    pub y: &'a mut [&'b mut [f32]],
}

impl<const T: usize> Task for Floats<'_, '_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { x, w, format, cols, y } = self;
        let mut line = vec![0.0; cols];
        for (r, row) in w.chunks_exact(format.row_bytes(cols)).enumerate() {
            if format != Format::F32 {
                dequantize_row(format, row, &mut line);
            }
            for t in 0..T {
                let x = &x[t * cols..(t + 1) * cols];
                y[t][r] = if format == Format::F32 { dot_bytes(simd, x, row) } else { dot(simd, x, &line) };
            }
        }
    }
}

/// `Σ_i a[i]·b[i]` with b as little-endian bytes, which may lie anywhere.
#[inline(always)]
fn dot_bytes<S: Simd>(simd: S, a: &[f32], b: &[u8]) -> f32 {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks(), b.as_chunks::<{ 4 * LANES }>());
    let mut sums = simd.splat(0.0);
    for (a, b) in a.iter().zip(b) {
        let mut values = [0.0; LANES];
        for lane in 0..LANES {
            values[lane] = f32::from_le_bytes([b[4 * lane], b[4 * lane + 1], b[4 * lane + 2], b[4 * lane + 3]]);
        }
        sums = simd.mul_add(simd.load(a), simd.load(&values), sums);
    }
    let rest: f32 = a_rest.iter().zip(b_rest.as_chunks().0).map(|(a, b)| a * f32::from_le_bytes(*b)).sum();
    simd.sum(sums) + rest
}
