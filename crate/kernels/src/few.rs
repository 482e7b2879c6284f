//! `y = x·wᵀ` for more than a few tokens and less than many, where sixteen floats are one of many registers: weights go
//! from packed bytes to sums, and two rows of them share what is read of the inputs.

use super::formats::{Blocks, Bytes, CHUNK, each_chunk, with_blocks};
use super::simd::{LANES, Simd, Task, dispatch_long};
use super::threads;
use crate::formats::Format;
use std::marker::PhantomData;
use std::ops::Range;

/// Most tokens.
pub const MOST: usize = 12;
/// Rows that are taken together.
const ROWS: usize = 2;
/// Rows of a thread are a multiple: where they end, no two threads write to one cache line.
const UNIT: usize = 16;

/// `y[t, r] = Σ_c x[t, c]·w[r, c]`; x `[tokens, cols]` with 5 to [`MOST`] tokens, w `[rows, cols]` packed in blocks,
/// y `[tokens, rows]`.
pub fn few(x: &[f32], w: &[u8], format: Format, rows: usize, cols: usize, y: &mut [f32]) {
    // As nearly equal in number as can be.
    let tokens = x.len() / cols;
    let together = tokens.div_ceil(tokens.div_ceil(most(format.block_len())));
    for (x, y) in x.chunks(together * cols).zip(y.chunks_mut(together * rows)) {
        match x.len() / cols {
            4 => of_tokens::<4>(x, w, format, rows, cols, y),
            5 => of_tokens::<5>(x, w, format, rows, cols, y),
            6 => of_tokens::<6>(x, w, format, rows, cols, y),
            7 => of_tokens::<7>(x, w, format, rows, cols, y),
            8 => of_tokens::<8>(x, w, format, rows, cols, y),
            9 => of_tokens::<9>(x, w, format, rows, cols, y),
            10 => of_tokens::<10>(x, w, format, rows, cols, y),
            11 => of_tokens::<11>(x, w, format, rows, cols, y),
            12 => of_tokens::<12>(x, w, format, rows, cols, y),
            tokens => debug_assert!(false, "{tokens} tokens are not of few"),
        }
    }
}

/// Most tokens of a pass: two rows' sums of each, and all that leads to them, fit 32 registers. Of formats with longer
/// blocks the loop is so long that the compiler keeps fewer in them.
const fn most(block_len: usize) -> usize {
    if block_len > 32 { 7 } else { MOST }
}

fn of_tokens<const T: usize>(x: &[f32], w: &[u8], format: Format, rows: usize, cols: usize, y: &mut [f32]) {
    let (stride, cost) = (format.row_bytes(cols), T * rows * cols);
    let inputs = &by_chunks::<T>(x, cols);
    with_blocks!(format,
    B => if const { T <= most(B::LEN) } {
        threads::by_columns(y, rows, UNIT, cost, |Range { start, end }, y| {
            let w = &w[start * stride..end * stride];
            let done = dispatch_long(Products::<B, T> { inputs, w, cols, y, blocks: PhantomData });
            debug_assert!(done.is_some());
        });
    } else {
        debug_assert!(false, "{T} tokens are too many for blocks of {}", B::LEN);
    },
    _ => debug_assert!(false, "floats have no blocks"));
}

/// Sixteen floats that are read at once: a line of the cache, and no parts of two.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub(super) struct Line([[f32; LANES]; 2]);

/// x `[tokens, cols]` as `[cols / 16, tokens, 16]`.
pub(super) fn by_chunks<const T: usize>(x: &[f32], cols: usize) -> Vec<[Line; T]> {
    let mut inputs = vec![[Line([[0.0; LANES]; 2]); T]; cols / CHUNK];
    for (t, x) in x.chunks_exact(cols).enumerate() {
        for (input, x) in inputs.iter_mut().zip(x.as_chunks::<LANES>().0.as_chunks().0) {
            input[t] = Line(*x);
        }
    }
    inputs
}

/// Products with some rows.
pub(super) struct Products<'a, 'b, B, const T: usize> {
    /// See [`by_chunks`].
    pub inputs: &'a [[Line; T]],
    pub w: &'a [u8],
    pub cols: usize,
    /// Of each token the rows of w.
    pub y: &'a mut [&'b mut [f32]],
    pub blocks: PhantomData<B>,
}

impl<B: Blocks, const T: usize> Task for Products<'_, '_, B, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { inputs, w, cols, y, .. } = self;
        let vectors = (cols / B::GROUP).div_ceil(LANES);
        let mut scales = [vec![[0.0; LANES]; vectors], vec![[0.0; LANES]; vectors]];
        let mut starts = [vec![[0.0; LANES]; vectors], vec![[0.0; LANES]; vectors]];
        let row_bytes = cols / B::LEN * size_of::<B::Block>();
        let rows = w.len() / row_bytes;
        for first in (0..rows).step_by(ROWS) {
            // The last row may meet itself.
            let second = (first + 1).min(rows - 1);
            let blocks = [first, second].map(|row| B::Block::blocks(&w[row * row_bytes..][..row_bytes]));
            for row in 0..ROWS {
                B::scales(simd, blocks[row], &mut scales[row], &mut starts[row]);
                let center = simd.splat(-B::center::<S>());
                for (start, scale) in starts[row].iter_mut().zip(&scales[row]) {
                    let offset = if B::OFFSETS { simd.load(start) } else { simd.splat(0.0) };
                    simd.store(simd.mul_add(simd.load(scale), center, offset), start);
                }
            }
            let scales = [scales[0].as_flattened(), scales[1].as_flattened()];
            let starts = [starts[0].as_flattened(), starts[1].as_flattened()];
            let sums = products::<S, B, T>(simd, blocks, inputs, scales, starts);
            for t in 0..T {
                y[t][first] = simd.total(sums[0][t]);
                y[t][second] = simd.total(sums[1][t]);
            }
        }
    }
}

/// Sums of two rows by lanes.
#[inline(always)]
fn products<S: Simd, B: Blocks, const T: usize>(
    simd: S,
    blocks: [&[B::Block]; ROWS],
    inputs: &[[Line; T]],
    scales: [&[f32]; ROWS],
    starts: [&[f32]; ROWS],
) -> [[S::Sums; T]; ROWS] {
    let groups = B::LEN / B::GROUP;
    let mut sums = [[simd.sums(simd.splat(0.0)); T]; ROWS];
    let factors = |row: usize| scales[row].chunks_exact(groups).zip(starts[row].chunks_exact(groups));
    let factors = factors(0).zip(factors(1));
    let blocks = blocks[0].iter().zip(blocks[1]);
    for ((blocks, factors), inputs) in blocks.zip(factors).zip(inputs.chunks_exact(B::LEN / CHUNK)) {
        let ((scales0, starts0), (scales1, starts1)) = factors;
        each_chunk!(B, false, |k| {
            let g = k / (B::GROUP / CHUNK);
            let a = B::chunk(simd, blocks.0, k);
            let a = simd.mul_add_wide(a, simd.splat_wide(scales0[g]), simd.splat_wide(starts0[g]));
            let b = B::chunk(simd, blocks.1, k);
            let b = simd.mul_add_wide(b, simd.splat_wide(scales1[g]), simd.splat_wide(starts1[g]));
            for t in 0..T {
                sums[0][t] = simd.add_products(a, &inputs[k][t].0, sums[0][t]);
                sums[1][t] = simd.add_products(b, &inputs[k][t].0, sums[1][t]);
            }
        });
    }
    sums
}
