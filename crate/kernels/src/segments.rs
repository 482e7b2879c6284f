//! Attention within segments: every token sees all tokens of its own text, and none of another.
//!
//! Scores and results are products of small matrices for each text and head, made by the same [`tile`] as all others.

use super::exp::exp;
use super::matmul::strips_of_tokens;
use super::shape::Attention;
use super::simd::{LANES, Simd, Task, dispatch};
use super::threads;
use super::tile::{strips, tile};
use std::ops::Range;

/// Rows of a tile.
const ROWS: usize = 4;

/// Attention of every token to all tokens of its own text: q, k, v `[tokens, heads · width]` → the same; `segments`
/// `[tokens, 2]` holds the first token of each token's text and one past the last.
pub fn attend_segments(
    (q, k, v): (&[f32], &[f32], &[f32]),
    segments: &[u32],
    positions: Option<Positions<'_>>,
    attention: Attention,
) -> Vec<f32> {
    let mut out = vec![0.0; q.len()];
    let stride = attention.heads * attention.width;
    let (pairs, mut next) = (segments.as_chunks::<2>().0, 0);
    while let Some(&[first, end]) = pairs.get(next) {
        let tokens = first as usize..end as usize;
        let cost = 2 * tokens.len() * tokens.len() * stride;
        let own = &mut out[tokens.start * stride..tokens.end * stride];
        threads::by_columns(own, stride, attention.width, cost, |columns, out| {
            dispatch(Segment { q, k, v, tokens: tokens.clone(), columns, out, positions, attention });
        });
        next = tokens.end.max(next + 1);
    }
    out
}

/// Some heads of one text: q, k and v `[tokens, heads · width]`.
struct Segment<'a, 'b> {
    q: &'a [f32],
    k: &'a [f32],
    v: &'a [f32],
    /// Those of the text.
    tokens: Range<usize>,
    /// Those of the heads.
    columns: Range<usize>,
    /// Of each token of the text these columns.
    out: &'a mut [&'b mut [f32]],
    positions: Option<Positions<'a>>,
    attention: Attention,
}

/// What DeBERTa's scores add: q·k′ and k·q′, where k′ and q′ belong to the distance between the two tokens.
#[derive(Clone, Copy)]
pub struct Positions<'a> {
    /// `[rows, heads · width]`.
    pub k: &'a [f32],
    /// `[rows, heads · width]`.
    pub q: &'a [f32],
    /// The row of each distance query − key from 1 − longest to longest − 1, rising.
    pub rows: &'a [u32],
}

impl Task for Segment<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) {
        for column in self.columns.clone().step_by(self.attention.width) {
            if S::WIDE {
                self.attend::<S, 3>(simd, column);
            } else {
                self.attend::<S, 1>(simd, column);
            }
        }
    }
}

impl Segment<'_, '_> {
    /// One head.
    #[inline(always)]
    fn attend<S: Simd, const N: usize>(&mut self, simd: S, column: usize) {
        let Attention { heads, width, scale, .. } = self.attention;
        let (stride, tokens) = (heads * width, self.tokens.clone());
        let count = tokens.len();
        let all = |x: &'_ [f32]| -> Vec<f32> {
            columns(&x[tokens.start * stride..tokens.end * stride], stride, column, width)
        };
        let mut q = all(self.q);
        for q in &mut q {
            *q *= scale;
        }
        let keys = strips_of_tokens(&self.k[tokens.start * stride..tokens.end * stride], stride, column, width);
        // [count, padded]
        let mut scores = product::<S, N>(simd, &q, width, &keys, width);
        let padded = count.next_multiple_of(LANES);
        if let Some(positions) = self.positions {
            let k = all(self.k);
            positions.add::<S, N>(simd, &q, &k, self.attention, column, &mut scores);
        }
        let mut totals = vec![0.0; count];
        for (scores, total) in scores.chunks_exact_mut(padded).zip(&mut totals) {
            *total = exponentials(&mut scores[..count]);
        }
        let values = strips(&all(self.v), width);
        let sums = product::<S, N>(simd, &scores, padded, &values, count);
        for (t, sums) in sums.chunks_exact(width.next_multiple_of(LANES)).enumerate() {
            let out = &mut self.out[t][column - self.columns.start..][..width];
            for c in 0..width {
                out[c] = sums[c] / totals[t];
            }
        }
    }
}

impl Positions<'_> {
    /// Adds to scores `[count, padded]` of scaled q and unscaled k `[count, width]`.
    #[inline(always)]
    fn add<S: Simd, const N: usize>(
        self,
        simd: S,
        q: &[f32],
        k: &[f32],
        a: Attention,
        column: usize,
        scores: &mut [f32],
    ) {
        let (width, stride, count) = (a.width, a.heads * a.width, q.len() / a.width);
        // Only the rows of distances that occur between `count` tokens.
        let middle = self.rows.len() / 2;
        let near = &self.rows[middle + 1 - count..middle + count];
        let (first, last) = (near[0] as usize, near[near.len() - 1] as usize);
        let table = |x: &[f32]| strips_of_tokens(&x[first * stride..(last + 1) * stride], stride, column, width);
        let of_queries = product::<S, N>(simd, q, width, &table(self.k), width);
        let of_keys = product::<S, N>(simd, k, width, &table(self.q), width);
        let (padded, wide) = (count.next_multiple_of(LANES), (last + 1 - first).next_multiple_of(LANES));
        for (i, scores) in scores.chunks_exact_mut(padded).enumerate() {
            let own = &of_queries[i * wide..(i + 1) * wide];
            for j in 0..count {
                let row = near[i + count - 1 - j] as usize - first;
                scores[j] += own[row] + a.scale * of_keys[j * wide + row];
            }
        }
    }
}

/// Columns `first..first + width` of a matrix with rows of `stride`.
fn columns(x: &[f32], stride: usize, first: usize, width: usize) -> Vec<f32> {
    let mut out = Vec::with_capacity(x.len() / stride * width);
    for row in x.chunks_exact(stride) {
        out.extend_from_slice(&row[first..first + width]);
    }
    out
}

/// exp(s − max s) in place, and their sum.
fn exponentials(scores: &mut [f32]) -> f32 {
    let mut most = f32::NEG_INFINITY;
    for &score in scores.iter() {
        most = most.max(score);
    }
    let mut total = 0.0;
    for score in scores {
        *score = exp(*score - most);
        total += *score;
    }
    total
}

/// `out[i, 8·j + l] = Σ_d a[i, d]·b[j, d, l]`; a `[rows, stride]` of which `depth` columns count, b `[strips, depth, 8]`,
/// result `[rows, strips · 8]`.
#[inline(always)]
fn product<S: Simd, const N: usize>(simd: S, a: &[f32], stride: usize, b: &[[f32; LANES]], depth: usize) -> Vec<f32> {
    let (rows, cols) = (a.len() / stride, b.len() / depth * LANES);
    let mut out = vec![0.0; rows * cols];
    let mut column = 0;
    let mut groups = b.chunks_exact(N * depth);
    for group in &mut groups {
        band::<S, N>(simd, a, stride, group, depth, &mut out[column..], cols);
        column += N * LANES;
    }
    for strip in groups.remainder().chunks_exact(depth) {
        band::<S, 1>(simd, a, stride, strip, depth, &mut out[column..], cols);
        column += LANES;
    }
    out
}

/// `N` strips of a product, written to rows of `cols`.
#[inline(always)]
fn band<S: Simd, const N: usize>(
    simd: S,
    a: &[f32],
    stride: usize,
    b: &[[f32; LANES]],
    depth: usize,
    out: &mut [f32],
    cols: usize,
) {
    let mut strips: [&[[f32; LANES]]; N] = [&[]; N];
    for j in 0..N {
        strips[j] = &b[j * depth..(j + 1) * depth];
    }
    let rows = a.len() / stride;
    for first in (0..rows).step_by(ROWS) {
        // Rows beyond the last repeat it and are not used.
        let mut lines: [&[f32]; ROWS] = [&[]; ROWS];
        for i in 0..ROWS {
            let row = (first + i).min(rows - 1);
            lines[i] = &a[row * stride..row * stride + depth];
        }
        let sums = tile(simd, lines, strips, [[simd.splat(0.0); N]; ROWS]);
        for i in 0..(rows - first).min(ROWS) {
            for j in 0..N {
                let mut values = [0.0; LANES];
                simd.store(sums[i][j], &mut values);
                out[(first + i) * cols + j * LANES..][..LANES].copy_from_slice(&values);
            }
        }
    }
}
