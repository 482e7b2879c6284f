//! `y = x·wᵀ` for many tokens: rows of w are unpacked once and meet eight tokens at a time.

use super::simd::{LANES, Simd, Task};
use super::tile::tile;
use crate::weights::format::{Format, dequantize_row};

/// Rows that are unpacked together.
const PANEL: usize = 16;
/// Columns that are unpacked together, so that a panel and a strip of inputs fit the first-level cache; whole blocks.
const DEPTH: usize = 256;
/// Rows of a tile.
const ROWS: usize = 4;

/// `y[t, r] = Σ_c x[t, c]·w[r, c]`; x `[tokens, cols]`, w `[rows, cols]` packed, y `[tokens, rows]`, zeros at first.
pub struct MatMul<'a> {
    pub x: &'a [f32],
    pub w: &'a [u8],
    pub format: Format,
    pub rows: usize,
    pub cols: usize,
    pub y: &'a mut [f32],
}

impl Task for MatMul<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let strips = strips_of_tokens(self.x, self.cols);
        if S::WIDE { self.tiled::<S, 3>(simd, &strips) } else { self.tiled::<S, 1>(simd, &strips) }
    }
}

/// `[tokens, cols]` → `[⌈tokens / 8⌉, cols, 8]`, padded with zeros.
fn strips_of_tokens(x: &[f32], cols: usize) -> Vec<[f32; LANES]> {
    let tokens = x.len() / cols;
    let mut strips = vec![[0.0; LANES]; tokens.div_ceil(LANES) * cols];
    for (strip, x) in strips.chunks_exact_mut(cols).zip(x.chunks(LANES * cols)) {
        for (lane, x) in x.chunks_exact(cols).enumerate() {
            for (values, x) in strip.iter_mut().zip(x) {
                values[lane] = *x;
            }
        }
    }
    strips
}

impl MatMul<'_> {
    /// `N` strips of tokens at a time, as long as there are.
    #[inline(always)]
    fn tiled<S: Simd, const N: usize>(self, simd: S, strips: &[[f32; LANES]]) {
        let Self { x, w, format, rows, cols, y } = self;
        let tokens = x.len() / cols;
        let strips: Vec<&[[f32; LANES]]> = strips.chunks_exact(cols).collect();
        let row_bytes = format.row_bytes(cols);
        let mut panel = [0.0; PANEL * DEPTH];
        for first in (0..rows).step_by(PANEL) {
            let count = (rows - first).min(PANEL);
            for start in (0..cols).step_by(DEPTH) {
                let depth = (cols - start).min(DEPTH);
                let bytes = format.row_bytes(start)..format.row_bytes(start + depth);
                for (r, line) in panel.chunks_exact_mut(depth).enumerate().take(count) {
                    dequantize_row(format, &w[(first + r) * row_bytes..][bytes.clone()], line);
                }
                let mut sums = Sums { simd, y, rows, tokens, first, count, panel: &panel, depth };
                let mut groups = strips.chunks_exact(N);
                let mut token = 0;
                for group in &mut groups {
                    let mut strips: [&[_]; N] = [&[]; N];
                    for j in 0..N {
                        strips[j] = &group[j][start..start + depth];
                    }
                    sums.add::<N>(token, strips);
                    token += N * LANES;
                }
                for strip in groups.remainder() {
                    sums.add::<1>(token, [&strip[start..start + depth]]);
                    token += LANES;
                }
            }
        }
    }
}

/// A panel of unpacked weights and where its products go.
struct Sums<'a, S> {
    simd: S,
    y: &'a mut [f32],
    rows: usize,
    tokens: usize,
    first: usize,
    count: usize,
    panel: &'a [f32],
    depth: usize,
}

impl<S: Simd> Sums<'_, S> {
    /// Adds the products of the panel with `N` strips of tokens.
    #[inline(always)]
    fn add<const N: usize>(&mut self, token: usize, strips: [&[[f32; LANES]]; N]) {
        for r in (0..self.count).step_by(ROWS) {
            let zero = [[self.simd.splat(0.0); N]; ROWS];
            // What lies beyond the last row is left from the panel before and not used.
            let mut lines: [&[f32]; ROWS] = [&[]; ROWS];
            for i in 0..ROWS {
                lines[i] = &self.panel[(r + i) * self.depth..][..self.depth];
            }
            let sums = tile(self.simd, lines, strips, zero);
            let mut out = [[[0.0; LANES]; N]; ROWS];
            for i in 0..ROWS {
                for j in 0..N {
                    self.simd.store(sums[i][j], &mut out[i][j]);
                }
            }
            let count = (self.count - r).min(ROWS);
            let tokens = (self.tokens - token).min(N * LANES);
            for t in 0..tokens {
                let y = &mut self.y[(token + t) * self.rows + self.first + r..][..count];
                for (i, y) in y.iter_mut().enumerate() {
                    *y += out[i][t / LANES][t % LANES];
                }
            }
        }
    }
}
