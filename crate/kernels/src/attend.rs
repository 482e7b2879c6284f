//! Causal attention, forward and backward.

use crate::exp::exp;
use crate::shape::Attention;
use crate::threads;
use crate::vector::{add_scaled, dot};

/// Causal attention: q `[tokens, heads · width]`, k and v `[keys, kv_heads · width]` → result like q, and the logarithm of
/// the sum of exponentials of the scaled scores `[tokens, heads]`.
pub fn attend(q: &[f32], k: &[f32], v: &[f32], a: Attention) -> (Vec<f32>, Vec<f32>) {
    let (tokens, start, stride) = a.sizes(q.len(), k.len());
    let mut out = vec![0.0; q.len()];
    let mut log_sums = vec![0.0; tokens * a.heads];
    let pieces = threads::pieces(tokens * a.heads, 1, a.cost(tokens, start));
    let parts = threads::rows(&mut out, a.width, &pieces).into_iter().zip(threads::rows(&mut log_sums, 1, &pieces));
    threads::each(pieces.iter().cloned().zip(parts), |(rows, (out, log_sums))| {
        let mut scores = Vec::new();
        for ((row, out), log_sum) in rows.clone().zip(out.chunks_exact_mut(a.width)).zip(log_sums.iter_mut()) {
            let (position, column) = (start + row / a.heads, row % a.heads / (a.heads / a.kv_heads) * a.width);
            let keys = a.first_key(position)..position + 1;
            let query = &q[row * a.width..][..a.width];
            scores.clear();
            scores.extend(keys.clone().map(|key| a.score(dot(query, &k[key * stride + column..][..a.width]))));
            let most = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let mut total = 0.0;
            for (key, score) in keys.zip(&scores) {
                let p = exp(score - most);
                total += p;
                add_scaled(out, p, &v[key * stride + column..][..a.width]);
            }
            out.iter_mut().for_each(|o| *o /= total);
            *log_sum = most + total.ln();
        }
    });
    (out, log_sums)
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
    threads::each(pieces.iter().cloned().zip(d_qs).zip(d_ks.into_iter().zip(d_vs)), |((own, d_q), (d_k, d_v))| {
        for token in 0..tokens {
            for (i, d_q) in d_q[token].chunks_exact_mut(a.width).enumerate() {
                let (row, within) = (token * a.heads + own.start * group + i, i / group * a.width);
                let (position, column) = (start + token, own.start * a.width + within);
                let at = row * a.width..(row + 1) * a.width;
                let (query, d_out) = (&x.q[at.clone()], &d_out[at.clone()]);
                let inner = dot(d_out, &x.out[at]);
                for key in a.first_key(position)..position + 1 {
                    let at = key * stride + column..key * stride + column + a.width;
                    let score = a.score(dot(query, &x.k[at.clone()]));
                    let p = exp(score - x.log_sum[row]);
                    let d_score = p * (dot(d_out, &x.v[at.clone()]) - inner) * a.slope(score);
                    add_scaled(d_q, d_score, &x.k[at]);
                    if key >= start {
                        let own = within..within + a.width;
                        add_scaled(&mut d_k[key - start][own.clone()], d_score, query);
                        add_scaled(&mut d_v[key - start][own], p, d_out);
                    }
                }
            }
        }
    });
    d_k.append(&mut d_v);
    (d_q, d_k)
}
