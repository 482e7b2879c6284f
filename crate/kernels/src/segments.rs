//! Attention within segments: every token sees those of its own text that are in reach, and none of another.
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
/// Queries at a time, whole tiles.
const QUERIES: usize = 64;

/// Attention of every token to those of its own text that are at most the window away: q, k, v `[tokens, heads · width]` →
/// the same; `segments` `[tokens, 2]` holds the first token of each token's text and one past the last.
pub fn attend_segments(
    (q, k, v): (&[f32], &[f32], &[f32]),
    segments: &[u32],
    distances: Option<TokenDistances<'_>>,
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
            dispatch(Segment { q, k, v, tokens: tokens.clone(), columns, out, distances, attention });
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
    distances: Option<TokenDistances<'a>>,
    attention: Attention,
}

/// What scores add by the distance between two tokens.
#[derive(Clone, Copy)]
pub struct TokenDistances<'a> {
    /// The row of each distance query − key from 1 − longest to longest − 1.
    pub rows: &'a [u32],
    /// What the rows hold.
    pub table: Table<'a>,
}

/// A table of distances.
#[derive(Clone, Copy)]
pub enum Table<'a> {
    /// DeBERTa's: q·k′ and k·q′ are added, where k′ and q′ belong to the distance. Rows rise with it.
    Disentangled {
        /// `[rows, heads · width]`.
        k: &'a [f32],
        /// `[rows, heads · width]`.
        q: &'a [f32],
    },
    /// MPNet's: the number itself is added. `[rows, heads]`.
    Biased(&'a [f32]),
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
    /// One head, so many queries at a time: scores of all of a long text would not fit into memory.
    #[inline(always)]
    fn attend<S: Simd, const N: usize>(&mut self, simd: S, column: usize) {
        let Attention { heads, width, scale, window, .. } = self.attention;
        let (stride, tokens) = (heads * width, self.tokens.clone());
        let count = tokens.len();
        let own = tokens.start * stride..tokens.end * stride;
        let mut q = columns(&self.q[own.clone()], stride, column, width);
        for q in &mut q {
            *q *= scale;
        }
        let keys = strips_of_tokens(&self.k[own.clone()], stride, column, width);
        let v = columns(&self.v[own.clone()], stride, column, width);
        let values = strips(&v, width);
        // Only the rows of distances that occur between `count` tokens.
        let near = self.distances.map_or(&[][..], |distances| {
            let middle = distances.rows.len() / 2;
            &distances.rows[middle + 1 - count..middle + count]
        });
        let disentangled = match self.distances.map(|distances| distances.table) {
            Some(Table::Disentangled { k: of_k, q: of_q }) => {
                let k = columns(&self.k[own], stride, column, width);
                Some(Disentangled::new::<S, N>(simd, &k, [of_k, of_q], near, self.attention, column))
            }
            _ => None,
        };
        let reach = window.unwrap_or(count);
        for start in (0..count).step_by(QUERIES) {
            let queries = start..(start + QUERIES).min(count);
            // Those in reach of one of the queries, from the beginning of a strip on.
            let (first, end) = (start.saturating_sub(reach) / LANES * LANES, (queries.end + reach).min(count));
            let seen = end - first;
            let q = &q[start * width..queries.end * width];
            // [queries, padded]
            let near_keys = &keys[first / LANES * width..end.div_ceil(LANES) * width];
            let mut scores = product::<S, N>(simd, q, width, near_keys, width);
            let padded = seen.next_multiple_of(LANES);
            if let Some(disentangled) = &disentangled {
                disentangled.add::<S, N>(simd, q, [start, first, seen], near, &mut scores);
            }
            if let Some(Table::Biased(numbers)) = self.distances.map(|distances| distances.table) {
                for (query, scores) in queries.clone().zip(scores.chunks_exact_mut(padded)) {
                    for j in 0..seen {
                        scores[j] += numbers[near[query + count - 1 - first - j] as usize * heads + column / width];
                    }
                }
            }
            let mut totals = [0.0; QUERIES];
            for (i, scores) in scores.chunks_exact_mut(padded).enumerate() {
                let query = start + i;
                let (low, high) =
                    (query.saturating_sub(reach).max(first) - first, (query + reach + 1).min(count) - first);
                scores[..low].fill(0.0);
                scores[high..].fill(0.0);
                totals[i] = exponentials(&mut scores[low..high]);
            }
            let sums = if seen == count {
                product::<S, N>(simd, &scores, padded, &values, seen)
            } else {
                product::<S, N>(simd, &scores, padded, &strips(&v[first * width..end * width], width), seen)
            };
            for (i, sums) in sums.chunks_exact(width.next_multiple_of(LANES)).enumerate() {
                let out = &mut self.out[start + i][column - self.columns.start..][..width];
                for c in 0..width {
                    out[c] = sums[c] / totals[i];
                }
            }
        }
    }
}

/// What a table of keys and queries says of the distances in one text, for one head.
struct Disentangled {
    /// Keys of the rows that occur, in strips.
    keys: Vec<[f32; LANES]>,
    /// Scaled products of the text's keys with the queries of these rows, `[count, wide]`.
    of_keys: Vec<f32>,
    /// The first row that occurs.
    first: usize,
    wide: usize,
    count: usize,
}

impl Disentangled {
    /// Of unscaled k `[count, width]`; `near` are the rows of the distances between its tokens.
    #[inline(always)]
    fn new<S: Simd, const N: usize>(
        simd: S,
        k: &[f32],
        [of_k, of_q]: [&[f32]; 2],
        near: &[u32],
        a: Attention,
        column: usize,
    ) -> Self {
        let (width, stride) = (a.width, a.heads * a.width);
        let (first, last) = (near[0] as usize, near[near.len() - 1] as usize);
        let table = |x: &[f32]| strips_of_tokens(&x[first * stride..(last + 1) * stride], stride, column, width);
        let mut of_keys = product::<S, N>(simd, k, width, &table(of_q), width);
        for x in &mut of_keys {
            *x *= a.scale;
        }
        let wide = (last + 1 - first).next_multiple_of(LANES);
        Self { keys: table(of_k), of_keys, first, wide, count: k.len() / width }
    }

    /// Adds to scores of scaled q `[queries, width]`, which begin with the query and the key of these numbers.
    #[inline(always)]
    fn add<S: Simd, const N: usize>(
        &self,
        simd: S,
        q: &[f32],
        [query, key, seen]: [usize; 3],
        near: &[u32],
        scores: &mut [f32],
    ) {
        let width = self.keys.len() * LANES / self.wide;
        let of_queries = product::<S, N>(simd, q, width, &self.keys, width);
        for (i, scores) in scores.chunks_exact_mut(seen.next_multiple_of(LANES)).enumerate() {
            let own = &of_queries[i * self.wide..(i + 1) * self.wide];
            for j in 0..seen {
                let row = near[query + i + self.count - 1 - key - j] as usize - self.first;
                scores[j] += own[row] + self.of_keys[(key + j) * self.wide + row];
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
