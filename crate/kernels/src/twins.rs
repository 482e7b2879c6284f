//! Plain Rust loops behind the fused kernels on the CPU device; the shaders are checked against them.

use crate::{Activation, Attention, exp};

/// Independent partial sums; a multiple of every vector width in use.
const LANES: usize = 8;

/// Σ a·b.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let (a_whole, a_rest) = a.as_chunks::<LANES>();
    let (b_whole, b_rest) = b.as_chunks::<LANES>();
    let mut sums = [0.0f32; LANES];
    for (a, b) in a_whole.iter().zip(b_whole) {
        for i in 0..LANES {
            sums[i] += a[i] * b[i];
        }
    }
    sums.iter().sum::<f32>() + a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum::<f32>()
}

/// `out += factor·x`.
fn add_scaled(out: &mut [f32], factor: f32, x: &[f32]) {
    for (out, x) in out.iter_mut().zip(x) {
        *out += factor * x;
    }
}

/// 1/√(mean x² + ε).
fn reciprocal(x: &[f32], eps: f32) -> f32 {
    (dot(x, x) / x.len() as f32 + eps).sqrt().recip()
}

/// `y = x·r·weight`, r = 1/√(mean x² + ε); x `[rows, width]`.
pub fn rms_norm(x: &[f32], weight: &[f32], eps: f32) -> Vec<f32> {
    let mut y = Vec::with_capacity(x.len());
    for x in x.chunks_exact(weight.len()) {
        let r = reciprocal(x, eps);
        y.extend(x.iter().zip(weight).map(|(x, w)| x * r * w));
    }
    y
}

/// x + delta, and [`rms_norm`] of that; both `[rows, width]`.
pub fn rms_norm_residual(x: &[f32], delta: &[f32], weight: &[f32], eps: f32) -> (Vec<f32>, Vec<f32>) {
    let sum: Vec<f32> = x.iter().zip(delta).map(|(x, d)| x + d).collect();
    let y = rms_norm(&sum, weight, eps);
    (sum, y)
}

/// Gradient of [`rms_norm`]: `dx = r·(weight·dy) − x·r³·mean(x·weight·dy)`.
pub fn rms_norm_backward(x: &[f32], weight: &[f32], dy: &[f32], eps: f32) -> Vec<f32> {
    let width = weight.len();
    let mut dx = Vec::with_capacity(x.len());
    for (x, dy) in x.chunks_exact(width).zip(dy.chunks_exact(width)) {
        let r = reciprocal(x, eps);
        let first = dx.len();
        dx.extend(dy.iter().zip(weight).map(|(d, w)| d * w));
        let back = dot(x, &dx[first..]) / width as f32 * r * r * r;
        dx[first..].iter_mut().zip(x).for_each(|(d, x)| *d = *d * r - x * back);
    }
    dx
}

/// Rotates columns c and c + half of every head: x `[tokens, heads · 2 · half]`, table `[tokens, 2 · half]` with the
/// cosines first; sign −1 rotates back.
pub fn rope(x: &[f32], table: &[f32], half: usize, sign: f32) -> Vec<f32> {
    let mut y = vec![0.0; x.len()];
    let width = x.len() / (table.len() / (2 * half));
    for ((x, y), table) in x.chunks_exact(width).zip(y.chunks_exact_mut(width)).zip(table.chunks_exact(2 * half)) {
        let (cos, sin) = table.split_at(half);
        for (x, y) in x.chunks_exact(2 * half).zip(y.chunks_exact_mut(2 * half)) {
            let (a, b) = x.split_at(half);
            let (ya, yb) = y.split_at_mut(half);
            for c in 0..half {
                ya[c] = a[c] * cos[c] - b[c] * sin[c] * sign;
                yb[c] = b[c] * cos[c] + a[c] * sin[c] * sign;
            }
        }
    }
    y
}

/// Keys and values of the positions before (`[past, width]`), then the new ones (`[tokens, width]`) with their keys
/// rotated as in [`rope`].
pub fn append(past: (&[f32], &[f32]), k: &[f32], v: &[f32], table: &[f32], half: usize) -> (Vec<f32>, Vec<f32>) {
    ([past.0, &rope(k, table, half, 1.0)].concat(), [past.1, v].concat())
}

const GELU_SCALE: f32 = 0.797_884_6; // √(2/π)
const GELU_CUBIC: f32 = 0.044_715;

/// `activation(gate)·up`, element by element.
pub fn glu(gate: &[f32], up: &[f32], kind: Activation) -> Vec<f32> {
    let each = gate.iter().zip(up);
    match kind {
        Activation::Silu => each.map(|(&x, u)| x / (1.0 + exp(-x)) * u).collect(),
        Activation::GeluTanh => each.map(|(&x, u)| 0.5 * x * (1.0 + gelu_inner(x).tanh()) * u).collect(),
    }
}

/// Gradients of [`glu`] with respect to gate and up.
pub fn glu_backward(gate: &[f32], up: &[f32], d: &[f32], kind: Activation) -> (Vec<f32>, Vec<f32>) {
    let (mut d_gate, mut d_up) = (Vec::with_capacity(gate.len()), Vec::with_capacity(gate.len()));
    for ((&x, u), d) in gate.iter().zip(up).zip(d) {
        let (value, slope) = match kind {
            Activation::Silu => {
                let s = 1.0 / (1.0 + exp(-x));
                (x * s, s * (1.0 + x * (1.0 - s)))
            }
            Activation::GeluTanh => {
                let t = gelu_inner(x).tanh();
                let inner_slope = GELU_SCALE * (1.0 + 3.0 * GELU_CUBIC * x * x);
                (0.5 * x * (1.0 + t), 0.5 * (1.0 + t) + 0.5 * x * (1.0 - t * t) * inner_slope)
            }
        };
        d_gate.push(d * u * slope);
        d_up.push(d * value);
    }
    (d_gate, d_up)
}

fn gelu_inner(x: f32) -> f32 {
    GELU_SCALE * (x + GELU_CUBIC * x * x * x)
}

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

/// By row of logits `[rows, vocab]`: id of the largest logit (the smallest one of equals), that logit, the second largest,
/// Σ exp(z − max) and Σ (z − max)·exp(z − max) over all entries but the largest, and the logit of the row's id.
pub fn token_statistics(logits: &[f32], ids: &[u32]) -> Vec<f32> {
    let vocab = logits.len() / ids.len();
    let mut out = Vec::with_capacity(6 * ids.len());
    for (row, &id) in logits.chunks_exact(vocab).zip(ids) {
        let (mut best, mut most, mut second) = (0, f32::NEG_INFINITY, f32::NEG_INFINITY);
        for (i, &z) in row.iter().enumerate() {
            if z > most {
                (best, second, most) = (i, most, z);
            } else if z > second {
                second = z;
            }
        }
        let (mut rest, mut weighted) = (0.0f64, 0.0f64);
        for (i, &z) in row.iter().enumerate() {
            let shift = z - most;
            // Far below, the exponential is 0, and −∞ times it would not be.
            if i == best || shift < -110.0 {
                continue;
            }
            let e = shift.exp();
            rest += f64::from(e);
            weighted += f64::from(e * shift);
        }
        out.extend([best as f32, most, second, rest as f32, weighted as f32, row[id as usize]]);
    }
    out
}

/// `factor·exp(z − max)`, and the given value at one id: logits `[rows, vocab]`, at `[rows, 4]` (max, factor, id, value).
pub fn logit_gradient(logits: &[f32], at: &[f32]) -> Vec<f32> {
    let vocab = logits.len() / (at.len() / 4);
    let mut out = Vec::with_capacity(logits.len());
    for (row, at) in logits.chunks_exact(vocab).zip(at.as_chunks::<4>().0) {
        let [most, factor, id, value] = *at;
        let first = out.len();
        out.extend(row.iter().map(|z| exp(z - most) * factor));
        out[first + id as usize] = value;
    }
    out
}
