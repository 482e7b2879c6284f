//! Causal attention, forward and backward.

use crate::exp::exp;
use crate::shape::Attention;
use crate::vector::{add_scaled, dot};

/// Causal attention: q `[tokens, heads · width]`, k and v `[keys, kv_heads · width]` → result like q, and the logarithm of
/// the sum of exponentials of the scaled scores `[tokens, heads]`.
pub fn attend(q: &[f32], k: &[f32], v: &[f32], a: Attention) -> (Vec<f32>, Vec<f32>) {
    let (tokens, start, stride) = a.sizes(q.len(), k.len());
    let mut out = vec![0.0; q.len()];
    let mut log_sums = vec![0.0; tokens * a.heads];
    let mut scores = Vec::new();
    for row in 0..tokens * a.heads {
        let (position, column) = (start + row / a.heads, row % a.heads / (a.heads / a.kv_heads) * a.width);
        let keys = a.first_key(position)..position + 1;
        let query = &q[row * a.width..][..a.width];
        scores.clear();
        scores.extend(keys.clone().map(|key| dot(query, &k[key * stride + column..][..a.width]) * a.scale));
        let most = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let mut total = 0.0;
        let out = &mut out[row * a.width..][..a.width];
        for (key, score) in keys.zip(&scores) {
            let p = exp(score - most);
            total += p;
            add_scaled(out, p, &v[key * stride + column..][..a.width]);
        }
        out.iter_mut().for_each(|o| *o /= total);
        log_sums[row] = most + total.ln();
    }
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
    for row in 0..tokens * a.heads {
        let (position, column) = (start + row / a.heads, row % a.heads / (a.heads / a.kv_heads) * a.width);
        let at = row * a.width..(row + 1) * a.width;
        let (query, d_out, d_q) = (&x.q[at.clone()], &d_out[at.clone()], &mut d_q[at.clone()]);
        let inner = dot(d_out, &x.out[at]);
        for key in a.first_key(position)..position + 1 {
            let at = key * stride + column..key * stride + column + a.width;
            let p = exp(dot(query, &x.k[at.clone()]) * a.scale - x.log_sum[row]);
            let d_score = p * (dot(d_out, &x.v[at.clone()]) - inner) * a.scale;
            add_scaled(d_q, d_score, &x.k[at.clone()]);
            if key >= start {
                let own = at.start - start * stride..at.end - start * stride;
                add_scaled(&mut d_k[own.clone()], d_score, query);
                add_scaled(&mut d_v[own], p, d_out);
            }
        }
    }
    d_k.append(&mut d_v);
    (d_q, d_k)
}
