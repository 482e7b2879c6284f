//! `y = x·wᵀ` for many tokens: rows of w are unpacked once and meet eight tokens at a time, and the last few one by one.

use super::simd::{LANES, Simd, Task};
use super::threads;
use super::tile::{dots, tile};
use super::unpack::{DEPTH, unpack};
use crate::formats::Format;

/// Weights that are unpacked together: a panel and a strip of inputs fit the first-level cache.
const PANEL: usize = 8192;
/// Inputs of one pass over the rows: they fit the second-level cache. The longer the piece of each row, the nearer the
/// weights are to being read in the order of memory, which is what makes them arrive in time.
const INPUTS: usize = 1 << 15;
/// Most columns of a pass.
const LONGEST: usize = 2048;
/// Most rows of a panel.
const HIGHEST: usize = 16;
/// Rows of a tile.
const ROWS: usize = 4;
/// Rows of a tile of a single strip of tokens where eight floats are one register.
const SINGLE: usize = 8;
/// Most tokens behind the last whole strip that are taken one by one.
const MOST: usize = 4;
/// And those for which that is cheaper than a strip padded with zeros, which costs twice as much in registers of four.
const FEW: usize = if cfg!(target_family = "wasm") { MOST } else { 2 };

/// `y[t, r] = Σ_c x[t, c]·w[r, c]`; x `[tokens, cols]`, w `[rows, cols]` packed, y `[tokens, rows]`, zeros at first. `run`
/// adds what a pass contributes to some of the rows.
pub fn matmul(
    x: &[f32],
    w: &[u8],
    format: Format,
    [rows, cols]: [usize; 2],
    y: &mut [f32],
    run: impl Fn(Pass<'_, '_>) + Sync,
) {
    let tokens = x.len() / cols;
    let few = if tokens % LANES <= FEW { tokens % LANES } else { 0 };
    let (x, last) = x.split_at((tokens - few) * cols);
    let longest = (INPUTS / tokens / DEPTH * DEPTH).clamp(DEPTH, LONGEST).min(cols);
    let height = (PANEL / longest / SINGLE * SINGLE).clamp(SINGLE, HIGHEST);
    for start in (0..cols).step_by(longest) {
        let depth = (cols - start).min(longest);
        let strips = strips_of_tokens(x, cols, start, depth);
        let mut rest: [&[f32]; MOST] = [&[]; MOST];
        for (rest, last) in rest.iter_mut().zip(last.chunks_exact(cols)) {
            *rest = &last[start..start + depth];
        }
        threads::by_columns(y, rows, height, tokens * rows * depth, |rows, y| {
            run(Pass { strips: &strips, rest, few, w, format, cols, start, depth, height, first: rows.start, y });
        });
    }
}

/// The products of some columns of all tokens with some rows of the weights.
pub struct Pass<'a, 'b> {
    /// The columns of all tokens but the last few, see [`strips_of_tokens`].
    strips: &'a [[f32; LANES]],
    /// The columns of the last few.
    rest: [&'a [f32]; MOST],
    few: usize,
    w: &'a [u8],
    format: Format,
    /// Of a row of w, and which of them.
    cols: usize,
    start: usize,
    depth: usize,
    /// Rows of a panel.
    height: usize,
    /// The first of the rows.
    first: usize,
    /// What is added to: of each token the rows.
    y: &'a mut [&'b mut [f32]],
}

impl Task for Pass<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { strips, rest, few, w, format, cols, start, depth, height, first, y } = self;
        let tokens = y.len() - few;
        let rows = y.first().map_or(0, |y| y.len());
        let mut panel = vec![0.0; height * depth];
        for row in (0..rows).step_by(height) {
            let count = (rows - row).min(height);
            unpack(w, format, cols, first + row, [start, depth], &mut panel[..count * depth]);
            let mut sums = Sums { simd, y, tokens, first: row, count };
            if S::WIDE {
                sums.add_all::<3, SINGLE>(&panel, strips, depth);
            } else {
                sums.add_all::<1, ROWS>(&panel, strips, depth);
            }
            match few {
                1 => sums.add_few::<1, 4>(&panel, [rest[0]]),
                2 => sums.add_few::<2, 2>(&panel, [rest[0], rest[1]]),
                3 => sums.add_few::<3, 1>(&panel, [rest[0], rest[1], rest[2]]),
                4 => sums.add_few::<4, 1>(&panel, rest),
                _ => {}
            }
        }
    }
}

/// Columns `start..start + depth` of `[tokens, cols]` → `[⌈tokens / 8⌉, depth, 8]`, padded with zeros.
pub(super) fn strips_of_tokens(x: &[f32], cols: usize, start: usize, depth: usize) -> Vec<[f32; LANES]> {
    let tokens = x.len() / cols;
    let mut strips = vec![[0.0; LANES]; tokens.div_ceil(LANES) * depth];
    let pieces = threads::pieces(tokens.div_ceil(LANES), 1, tokens * depth);
    let parts = threads::rows(&mut strips, depth, &pieces);
    threads::each(pieces.into_iter().zip(parts), |(piece, strips)| {
        let x = &x[piece.start * LANES * cols..];
        for (strip, x) in strips.chunks_exact_mut(depth).zip(x.chunks(LANES * cols)) {
            for (lane, x) in x.chunks_exact(cols).enumerate() {
                for (values, x) in strip.iter_mut().zip(&x[start..start + depth]) {
                    values[lane] = *x;
                }
            }
        }
    });
    strips
}

/// Where the products of a panel go.
struct Sums<'a, 'b, S> {
    simd: S,
    y: &'a mut [&'b mut [f32]],
    tokens: usize,
    first: usize,
    count: usize,
}

impl<S: Simd> Sums<'_, '_, S> {
    /// Adds the products of the panel `[height, depth]` with all tokens, `N` strips at a time as long as there are; then two,
    /// where that is fewer, and a single one with `R` rows at a time, so that no sum waits for itself.
    #[inline(always)]
    fn add_all<const N: usize, const R: usize>(&mut self, panel: &[f32], strips: &[[f32; LANES]], depth: usize) {
        let mut token = 0;
        let mut groups = strips.chunks_exact(N * depth);
        for group in &mut groups {
            self.add::<N, ROWS>(token, panel, group, depth);
            token += N * LANES;
        }
        let mut rest = groups.remainder();
        if N > 2 && rest.len() >= 2 * depth {
            let pair;
            (pair, rest) = rest.split_at(2 * depth);
            self.add::<2, ROWS>(token, panel, pair, depth);
            token += 2 * LANES;
        }
        for strip in rest.chunks_exact(depth) {
            self.add::<1, R>(token, panel, strip, depth);
            token += LANES;
        }
    }

    /// Adds the products of the panel with `N` strips of tokens, `R` rows at a time.
    #[inline(always)]
    fn add<const N: usize, const R: usize>(
        &mut self,
        token: usize,
        panel: &[f32],
        strips: &[[f32; LANES]],
        depth: usize,
    ) {
        let mut b: [&[[f32; LANES]]; N] = [&[]; N];
        for (b, strip) in b.iter_mut().zip(strips.chunks_exact(depth)) {
            *b = strip;
        }
        for (r, lines) in panel.chunks_exact(R * depth).enumerate().take(self.count.div_ceil(R)) {
            let mut a: [&[f32]; R] = [&[]; R];
            for (a, line) in a.iter_mut().zip(lines.chunks_exact(depth)) {
                *a = line;
            }
            // What lies beyond the last row is left from the panel before and not used.
            let sums = tile(self.simd, a, b, [[self.simd.splat(0.0); N]; R]);
            let mut out = [[[0.0; LANES]; N]; R];
            for i in 0..R {
                for j in 0..N {
                    self.simd.store(sums[i][j], &mut out[i][j]);
                }
            }
            let r = r * R;
            let count = (self.count - r).min(R);
            for t in 0..(self.tokens - token).min(N * LANES) {
                let y = &mut self.y[token + t][self.first + r..][..count];
                for (i, y) in y.iter_mut().enumerate() {
                    *y += out[i][t / LANES][t % LANES];
                }
            }
        }
    }

    /// Adds the products of the panel with the last `T` tokens, `R` rows at a time.
    #[inline(always)]
    fn add_few<const T: usize, const R: usize>(&mut self, panel: &[f32], x: [&[f32]; T]) {
        let depth = x[0].len();
        for (r, lines) in panel.chunks_exact(R * depth).enumerate().take(self.count.div_ceil(R)) {
            let mut a: [&[f32]; R] = [&[]; R];
            for (a, line) in a.iter_mut().zip(lines.chunks_exact(depth)) {
                *a = line;
            }
            let sums = dots(self.simd, a, x);
            for i in 0..(self.count - r * R).min(R) {
                for t in 0..T {
                    self.y[self.tokens + t][self.first + r * R + i] += sums[i][t];
                }
            }
        }
    }
}
