//! Causal attention, forward and backward.

use crate::exp::exp;
use crate::shape::Attention;
use crate::simd::{LANES, Simd, Task, dispatch};
use crate::threads;
use crate::vector::by::{add_scaled, dot, sum};
use std::ops::Range;

/// Vectors of a head that are summed over the keys together.
const TOGETHER: usize = 4;

/// Causal attention: q `[tokens, heads · width]`, k and v `[keys, kv_heads · width]` → result like q, and the logarithm of
/// the sum of exponentials of the scaled scores `[tokens, heads]`.
pub fn attend(q: &[f32], k: &[f32], v: &[f32], a: Attention) -> (Vec<f32>, Vec<f32>) {
    let (tokens, start, _) = a.sizes(q.len(), k.len());
    let mut out = vec![0.0; q.len()];
    let mut log_sums = vec![0.0; tokens * a.heads];
    let pieces = threads::pieces(tokens * a.heads, 1, a.cost(tokens, start));
    let parts = threads::rows(&mut out, a.width, &pieces).into_iter().zip(threads::rows(&mut log_sums, 1, &pieces));
    threads::each(pieces.iter().cloned().zip(parts), |(rows, (out, log_sums))| {
        dispatch(Rows { q, k, v, a, start, rows: rows.clone(), out, log_sums });
    });
    (out, log_sums)
}

/// Some rows of [`attend`], one for each token and head.
pub(super) struct Rows<'a> {
    pub q: &'a [f32],
    pub k: &'a [f32],
    pub v: &'a [f32],
    pub a: Attention,
    /// Position of the first token.
    pub start: usize,
    pub rows: Range<usize>,
    pub out: &'a mut [f32],
    pub log_sums: &'a mut [f32],
}

impl Task for Rows<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { q, k, v, a, start, rows, out, log_sums } = self;
        let stride = a.kv_heads * a.width;
        let mut scores = Vec::new();
        for ((row, out), log_sum) in rows.zip(out.chunks_exact_mut(a.width)).zip(log_sums.iter_mut()) {
            let (position, column) = (start + row / a.heads, row % a.heads / (a.heads / a.kv_heads) * a.width);
            let keys = a.first_key(position)..position + 1;
            let query = &q[row * a.width..][..a.width];
            scores.clear();
            for k in k[keys.start * stride..keys.end * stride].chunks_exact(stride) {
                scores.push(a.score(dot(simd, query, &k[column..][..a.width])));
            }
            let mut most = f32::NEG_INFINITY;
            for score in &scores {
                most = most.max(*score);
            }
            for score in &mut scores {
                *score = exp(*score - most);
            }
            let total = sum(simd, &scores);
            weighted(simd, &scores, &v[keys.start * stride..], [stride, column], out);
            for out in out {
                *out /= total;
            }
            *log_sum = most + total.ln();
        }
    }
}

/// Adds `Σ_key p[key]·v[key, column..]` to `out`; v `[keys, stride]`.
#[inline(always)]
fn weighted<S: Simd>(simd: S, p: &[f32], v: &[f32], [stride, column]: [usize; 2], out: &mut [f32]) {
    let (wide, rest) = out.as_chunks_mut::<{ TOGETHER * LANES }>();
    let mut first = column;
    for out in wide {
        let mut sums = [simd.splat(0.0); TOGETHER];
        for (p, v) in p.iter().zip(v.chunks_exact(stride)) {
            let v = v[first..][..TOGETHER * LANES].as_chunks().0;
            for i in 0..TOGETHER {
                sums[i] = simd.mul_add(simd.splat(*p), simd.load(&v[i]), sums[i]);
            }
        }
        let out = out.as_chunks_mut().0;
        for i in 0..TOGETHER {
            simd.store(sums[i], &mut out[i]);
        }
        first += TOGETHER * LANES;
    }
    if !rest.is_empty() {
        for (p, v) in p.iter().zip(v.chunks_exact(stride)) {
            add_scaled(simd, rest, *p, &v[first..][..rest.len()]);
        }
    }
}

/// What [`attend`] took and gave.
pub struct Attended<'a> {
    /// `[tokens, heads · width]`.
    pub q: &'a [f32],
    /// `[keys, kv_heads · width]`.
    pub k: &'a [f32],
    /// `[keys, kv_heads · width]`.
    pub v: &'a [f32],
    /// `[tokens, heads · width]`.
    pub out: &'a [f32],
    /// `[tokens, heads]`.
    pub log_sum: &'a [f32],
}

/// Gradient of [`attend`] with respect to q (like q), and to the keys and values of the new positions
/// (`[2, tokens, kv_heads · width]`).
pub fn attend_backward(x: &Attended<'_>, d_out: &[f32], a: Attention) -> (Vec<f32>, Vec<f32>) {
    let (tokens, start, stride) = a.sizes(x.q.len(), x.k.len());
    let mut d_q = vec![0.0; x.q.len()];
    let mut d_k = vec![0.0; tokens * stride];
    let mut d_v = vec![0.0; tokens * stride];
    // By heads of keys: to each all tokens add.
    let group = a.heads / a.kv_heads;
    let pieces = threads::pieces(a.kv_heads, 1, 2 * a.cost(tokens, start));
    let times = |width: usize| pieces.iter().map(|heads| heads.start * width..heads.end * width).collect::<Vec<_>>();
    let (of_queries, of_keys) = (times(group * a.width), times(a.width));
    let d_qs = threads::columns(&mut d_q, group * stride, &of_queries);
    let d_ks = threads::columns(&mut d_k, stride, &of_keys);
    let d_vs = threads::columns(&mut d_v, stride, &of_keys);
    threads::each(pieces.into_iter().zip(d_qs).zip(d_ks.into_iter().zip(d_vs)), |((own, d_q), (d_k, d_v))| {
        dispatch(Heads { x, d_out, a, own: own.clone(), d_q, d_k, d_v });
    });
    d_k.append(&mut d_v);
    (d_q, d_k)
}

/// Some heads of keys in [`attend_backward`].
pub(super) struct Heads<'a, 'b> {
    pub x: &'a Attended<'a>,
    pub d_out: &'a [f32],
    pub a: Attention,
    /// Which heads of keys.
    pub own: Range<usize>,
    /// Their part, or that of their queries, of every token.
    pub d_q: &'a mut [&'b mut [f32]],
    pub d_k: &'a mut [&'b mut [f32]],
    pub d_v: &'a mut [&'b mut [f32]],
}

impl Task for Heads<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { x, d_out, a, own, d_q, d_k, d_v } = self;
        let (tokens, start, stride) = a.sizes(x.q.len(), x.k.len());
        let group = a.heads / a.kv_heads;
        for token in 0..tokens {
            for (i, d_q) in d_q[token].chunks_exact_mut(a.width).enumerate() {
                let (row, within) = (token * a.heads + own.start * group + i, i / group * a.width);
                let (position, column) = (start + token, own.start * a.width + within);
                let at = row * a.width..(row + 1) * a.width;
                let (query, d_out) = (&x.q[at.clone()], &d_out[at.clone()]);
                let inner = dot(simd, d_out, &x.out[at]);
                for key in a.first_key(position)..position + 1 {
                    let at = key * stride + column..key * stride + column + a.width;
                    let score = a.score(dot(simd, query, &x.k[at.clone()]));
                    let p = exp(score - x.log_sum[row]);
                    let d_score = p * (dot(simd, d_out, &x.v[at.clone()]) - inner) * a.slope(score);
                    add_scaled(simd, d_q, d_score, &x.k[at]);
                    if key >= start {
                        let own = within..within + a.width;
                        add_scaled(simd, &mut d_k[key - start][own.clone()], d_score, query);
                        add_scaled(simd, &mut d_v[key - start][own], p, d_out);
                    }
                }
            }
        }
    }
}
