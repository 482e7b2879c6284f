//! `dx = dy·w`.

use super::formats::{Blocks, Bytes, CHUNK, with_blocks};
use super::simd::{LANES, Simd, Task, dispatch};
use super::threads;
use super::tile::tile;
use super::unpack::{DEPTH as WIDTH, unpack};
use crate::formats::Format;
use std::marker::PhantomData;

/// Rows that are read together.
const PANEL: usize = 32;
/// Rows of a pass with one token.
const ROWS: usize = 8;

/// `dx[t, c] = Σ_r dy[t, r]·w[r, c]`; dy `[tokens, rows]`, w `[rows, cols]` packed, dx `[tokens, cols]`, zeros at first.
pub fn transposed(dy: &[f32], w: &[u8], format: Format, rows: usize, cols: usize, dx: &mut [f32]) {
    // Narrower pieces would leave vectors of scales half empty.
    threads::by_columns(dx, cols, WIDTH, dy.len() * cols, |columns, dx| match dx {
        [dx] => with_blocks!(format,
            B => dispatch(OneToken::<B> { dy, w, cols, first: columns.start, dx, blocks: PhantomData }),
            _ => dispatch(ManyTokens { dy, w, format, rows, cols, first: columns.start, dx: &mut [dx] })),
        _ => dispatch(ManyTokens { dy, w, format, rows, cols, first: columns.start, dx }),
    });
}

/// One token and a block format: from packed bytes to sums of [`ROWS`] rows in registers.
pub(super) struct OneToken<'a, B> {
    pub dy: &'a [f32],
    pub w: &'a [u8],
    pub cols: usize,
    /// The first column of dx, where a block begins.
    pub first: usize,
    pub dx: &'a mut [f32],
    pub blocks: PhantomData<B>,
}

impl<B: Blocks> Task for OneToken<'_, B> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { dy, w, cols, first, dx, .. } = self;
        let groups = dx.len() / B::GROUP;
        let row_bytes = cols / B::LEN * size_of::<B::Block>();
        // Of each row the bytes of these columns.
        let own = first / B::LEN * size_of::<B::Block>()..(first + dx.len()) / B::LEN * size_of::<B::Block>();
        let vectors = groups.div_ceil(LANES);
        let (mut scales, mut offsets) = (vec![[0.0; LANES]; vectors], vec![[0.0; LANES]; vectors]);
        // dy·scale of each row, and what the sums of a group start with: [ROWS, vectors, LANES] and [vectors, LANES]
        let (mut factors, mut starts) = (vec![[0.0; LANES]; ROWS * vectors], vec![[0.0; LANES]; vectors]);
        let center = simd.splat(-B::center::<S>());
        let per_block = B::LEN / B::GROUP;
        for (dy, w) in dy.chunks(ROWS).zip(w.chunks(ROWS * row_bytes)) {
            if dy.iter().all(|dy| *dy == 0.0) {
                continue;
            }
            // Rows beyond the last count nothing.
            let mut rows = [B::Block::blocks(&w[own.clone()]); ROWS];
            factors.fill([0.0; LANES]);
            starts.fill([0.0; LANES]);
            for (r, (row, dy)) in w.chunks_exact(row_bytes).zip(dy).enumerate() {
                rows[r] = B::Block::blocks(&row[own.clone()]);
                B::scales(simd, rows[r], &mut scales, &mut offsets);
                let dy = simd.splat(*dy);
                let factors = &mut factors[r * vectors..(r + 1) * vectors];
                for (((factor, start), scale), offset) in factors.iter_mut().zip(&mut starts).zip(&scales).zip(&offsets)
                {
                    let product = simd.mul_add(dy, simd.load(scale), simd.splat(0.0));
                    simd.store(product, factor);
                    let mut sum = simd.mul_add(product, center, simd.load(start));
                    if B::OFFSETS {
                        sum = simd.mul_add(dy, simd.load(offset), sum);
                    }
                    simd.store(sum, start);
                }
            }
            let (factors, starts) = (factors.as_flattened(), starts.as_flattened());
            let count = dx.len() / B::LEN;
            let mut row_factors = [factors; ROWS];
            for r in 0..ROWS {
                // Equal lengths in sight of the loop, so that it has no checks.
                rows[r] = &rows[r][..count];
                row_factors[r] = &factors[r * vectors * LANES..][..count * per_block];
            }
            let starts = &starts[..count * per_block];
            for (b, dx) in dx.chunks_exact_mut(B::LEN).take(count).enumerate() {
                let mut blocks = [&rows[0][b]; ROWS];
                for r in 0..ROWS {
                    blocks[r] = &rows[r][b];
                }
                let (lanes, _) = dx.as_chunks_mut();
                for (k, dx) in lanes.as_chunks_mut().0.iter_mut().enumerate() {
                    let g = k / (B::GROUP / CHUNK);
                    let mut sums = simd.add_wide(simd.splat_wide(starts[b * per_block + g]), simd.load_wide(dx));
                    for r in 0..ROWS {
                        let factor = simd.splat_wide(row_factors[r][b * per_block + g]);
                        sums = simd.mul_add_wide(B::chunk(simd, blocks[r], k), factor, sums);
                    }
                    simd.store_wide(sums, dx);
                }
            }
        }
    }
}

/// Any number of tokens: [`PANEL`] rows are unpacked once and meet four tokens at a time.
pub(super) struct ManyTokens<'a, 'b> {
    pub dy: &'a [f32],
    pub w: &'a [u8],
    pub format: Format,
    pub rows: usize,
    pub cols: usize,
    /// The first column of dx, where a block begins.
    pub first: usize,
    /// Of each token these columns.
    pub dx: &'a mut [&'b mut [f32]],
}

impl Task for ManyTokens<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        if S::WIDE { self.tiled::<S, 3>(simd) } else { self.tiled::<S, 1>(simd) }
    }
}

impl ManyTokens<'_, '_> {
    #[inline(always)]
    fn tiled<S: Simd, const N: usize>(self, simd: S) {
        let Self { dy, w, format, rows, cols, first: column, dx } = self;
        let own = dx.first().map_or(0, |dx| dx.len());
        // [WIDTH / LANES, rows of the panel, LANES]
        let mut panel = [[0.0; LANES]; PANEL * WIDTH / LANES];
        let mut line = [0.0; WIDTH];
        for first in (0..rows).step_by(PANEL) {
            let count = (rows - first).min(PANEL);
            // Tokens before the answer carry no gradient.
            let used = |t: usize| dy[t * rows + first..][..count].iter().any(|dy| *dy != 0.0);
            let tokens: Vec<usize> = (0..dy.len() / rows).filter(|&t| used(t)).collect();
            if tokens.is_empty() {
                continue;
            }
            for start in (0..own).step_by(WIDTH) {
                let width = (own - start).min(WIDTH);
                for r in 0..count {
                    unpack(w, format, cols, first + r, [column + start, width], &mut line[..width]);
                    line[width..].fill(0.0);
                    for (strip, values) in line.as_chunks().0[..width.div_ceil(LANES)].iter().enumerate() {
                        panel[strip * count + r] = *values;
                    }
                }
                let mut sums = Sums { simd, dy, dx, rows, first, count, start, width, panel: &panel };
                let (four, rest) = tokens.as_chunks::<4>();
                for tokens in four {
                    sums.add::<4, N>(tokens);
                }
                match *rest {
                    [a] => sums.add::<1, N>(&[a]),
                    [a, b] => sums.add::<2, N>(&[a, b]),
                    [a, b, c] => sums.add::<3, N>(&[a, b, c]),
                    _ => {}
                }
            }
        }
    }
}

/// A panel of unpacked weights and where its products go.
struct Sums<'a, 'b, S> {
    simd: S,
    dy: &'a [f32],
    dx: &'a mut [&'b mut [f32]],
    rows: usize,
    first: usize,
    count: usize,
    start: usize,
    width: usize,
    panel: &'a [[f32; LANES]],
}

impl<S: Simd> Sums<'_, '_, S> {
    /// Adds the products of `R` tokens with the panel, `N` strips of columns at a time.
    #[inline(always)]
    fn add<const R: usize, const N: usize>(&mut self, tokens: &[usize; R]) {
        let strips = self.width.div_ceil(LANES);
        let mut strip = 0;
        while strip + N <= strips {
            self.add_strips::<R, N>(tokens, strip);
            strip += N;
        }
        while strip < strips {
            self.add_strips::<R, 1>(tokens, strip);
            strip += 1;
        }
    }

    #[inline(always)]
    fn add_strips<const R: usize, const N: usize>(&mut self, tokens: &[usize; R], strip: usize) {
        let mut dy: [&[f32]; R] = [&[]; R];
        for (dy, t) in dy.iter_mut().zip(tokens) {
            *dy = &self.dy[t * self.rows + self.first..][..self.count];
        }
        let mut w: [&[[f32; LANES]]; N] = [&[]; N];
        for (j, w) in w.iter_mut().enumerate() {
            *w = &self.panel[(strip + j) * self.count..][..self.count];
        }
        let sums = tile::<S, R, N>(self.simd, dy, w, [[self.simd.splat(0.0); N]; R]);
        for (i, t) in tokens.iter().enumerate() {
            for (j, sum) in sums[i].iter().enumerate() {
                let column = (strip + j) * LANES;
                let count = (self.width - column).min(LANES);
                let dx = &mut self.dx[*t][self.start + column..][..count];
                if let Some(dx) = dx.first_chunk_mut() {
                    self.simd.store(self.simd.add(self.simd.load(dx), *sum), dx);
                } else {
                    let mut lanes = [0.0; LANES];
                    self.simd.store(*sum, &mut lanes);
                    for (dx, sum) in dx.iter_mut().zip(lanes) {
                        *dx += sum;
                    }
                }
            }
        }
    }
}
