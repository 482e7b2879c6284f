//! Causal attention, forward and backward.

use super::check::{Checks, ROWS, TOKENS};
use super::launch::{Shader, empty, groups, is_software, launch, shader};
use super::on::{On, from_cpu, from_gpu, on, values};
use burn::tensor::Tensor;
use semgrad_kernels as cpu;
use semgrad_kernels::Attention;
use semgrad_kernels::samples::wave;

/// Causal attention of queries at the last positions: q `[tokens, heads · width]`, k and v `[keys, kv_heads · width]` →
/// result like q, and ln Σ exp of the scaled scores `[tokens, heads]`, which the gradient needs.
pub fn attend(q: Tensor<2>, k: Tensor<2>, v: Tensor<2>, a: Attention) -> (Tensor<2>, Tensor<2>) {
    let (info, shape) = (info(a, &q, &k), q.dims());
    let tokens = shape[0];
    match on([q, k, v].map(Tensor::into_dispatch)) {
        On::Gpu([q, k, v]) => {
            let (out, log_sum) = (empty(&q, shape), empty(&q, [tokens, a.heads]));
            let (shader, grid) = if is_software() {
                (shader!("attend_lane"), [groups(tokens * a.heads), 1, 1])
            } else {
                (shader!("attend_shared").joining(1), [a.heads, tokens, 1])
            };
            launch(of(shader, a), &[&q, &k, &v, &out, &log_sum], &info, grid);
            (from_gpu(out), from_gpu(log_sum))
        }
        On::Cpu([q, k, v]) => {
            let (out, log_sum) = cpu::attend(values(&q), values(&k), values(&v), a);
            (from_cpu(out, shape), from_cpu(log_sum, [tokens, a.heads]))
        }
    }
}

/// A shader for these heads.
fn of(shader: Shader, a: Attention) -> Shader {
    shader.set("width", a.width / 4).set("capped", a.cap.is_some())
}

/// Tokens, heads, heads of keys, first position, window, scale, cap.
fn info(a: Attention, q: &Tensor<2>, k: &Tensor<2>) -> [u32; 7] {
    let elements = |x: &Tensor<2>| x.dims().iter().product();
    let (tokens, start, _) = a.sizes(elements(q), elements(k));
    // Positions and windows stay far below 2³¹; no window is the largest one.
    let window = a.window.map_or(1 << 30, |w| w.min(1 << 30));
    let [tokens, heads, kv_heads, start, window] = [tokens, a.heads, a.kv_heads, start, window].map(|n| n as u32);
    [tokens, heads, kv_heads, start, window, a.scale.to_bits(), a.cap.unwrap_or_default().to_bits()]
}

/// What [`attend`] took and gave.
#[derive(Clone)]
pub struct Attended {
    /// `[tokens, heads · width]`.
    pub q: Tensor<2>,
    /// `[keys, kv_heads · width]`.
    pub k: Tensor<2>,
    /// `[keys, kv_heads · width]`.
    pub v: Tensor<2>,
    /// `[tokens, heads · width]`.
    pub out: Tensor<2>,
    /// `[tokens, heads]`.
    pub log_sum: Tensor<2>,
}

/// Gradients of [`attend`] with respect to q (like q) and to the keys and values of the queries' own positions
/// (`[2 · tokens, kv_heads · width]`, keys first), from that of its result.
pub fn attend_backward(x: Attended, d_out: Tensor<2>, a: Attention) -> (Tensor<2>, Tensor<2>) {
    let (info, shape) = (info(a, &x.q, &x.k), x.q.dims());
    let (tokens, own) = (shape[0], [2 * shape[0], a.kv_heads * a.width]);
    match on([x.q, x.k, x.v, x.out, x.log_sum, d_out].map(Tensor::into_dispatch)) {
        On::Gpu([q, k, v, out, log_sum, d_out]) => {
            let (d_q, d_kv) = (empty(&q, shape), empty(&q, own));
            let shader = of(shader!("attend_backward_q"), a);
            let buffers = [&q, &k, &v, &out, &d_out, &log_sum, &d_q];
            launch(shader, &buffers, &info, [groups(tokens * a.heads), 1, 1]);
            let shader = of(shader!("attend_backward_kv"), a);
            let buffers = [&q, &k, &v, &out, &d_out, &log_sum, &d_kv];
            launch(shader, &buffers, &info, [groups(tokens * a.kv_heads), 1, 1]);
            (from_gpu(d_q), from_gpu(d_kv))
        }
        On::Cpu([q, k, v, out, log_sum, d_out]) => {
            let [q, k, v, out, log_sum] = [&q, &k, &v, &out, &log_sum].map(values);
            let (d_q, d_kv) = cpu::attend_backward(&cpu::Attended { q, k, v, out, log_sum }, values(&d_out), a);
            (from_cpu(d_q, shape), from_cpu(d_kv, own))
        }
    }
}

/// For the self-test: shared key heads, a window and keys before the queries; and with capped scores.
pub(super) fn check(checks: &mut Checks<'_>) {
    let a = Attention { heads: 6, kv_heads: 2, width: 16, scale: 0.25, window: Some(ROWS), cap: None };
    check_heads(checks, a, TOKENS, ROWS + TOKENS);
    check_heads(checks, Attention { window: None, cap: Some(0.5), ..a }, TOKENS, ROWS + TOKENS);
}

/// The last `tokens` of so many keys.
pub(super) fn check_heads(checks: &mut Checks<'_>, a: Attention, tokens: usize, keys: usize) {
    let (queries, stride) = (a.heads * a.width, a.kv_heads * a.width);
    let [q, d] = [1, 2].map(|seed| wave(tokens * queries, seed));
    let [k, v] = [3, 4].map(|seed| wave(keys * stride, seed));
    let [q_gpu, d_gpu] = [&q, &d].map(|x| checks.tensor(x, [tokens, queries]));
    let [k_gpu, v_gpu] = [&k, &v].map(|x| checks.tensor(x, [keys, stride]));
    let (out, log_sum) = attend(q_gpu.clone(), k_gpu.clone(), v_gpu.clone(), a);
    let want = cpu::attend(&q, &k, &v, a);
    let attended = Attended { q: q_gpu, k: k_gpu, v: v_gpu, out: out.clone(), log_sum: log_sum.clone() };
    let got = attend_backward(attended, d_gpu, a);
    let attended = cpu::Attended { q: &q, k: &k, v: &v, out: &want.0, log_sum: &want.1 };
    let gradients = cpu::attend_backward(&attended, &d, a);
    checks.add("attend", out, want.0);
    checks.add("attend log_sum", log_sum, want.1);
    checks.add("attend_backward", got.0, gradients.0);
    checks.add("attend_backward", got.1, gradients.1);
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::tests::{compare, devices, inner, matrix, slopes, wide, with_either_kind};
    use super::*;

    /// Attention in double precision: the result, and the logarithms of the sums.
    fn attention(q: &[f64], k: &[f64], v: &[f64], a: Attention) -> (Vec<f64>, Vec<f64>) {
        let (tokens, start, stride) = a.sizes(q.len(), k.len());
        let (mut out, mut sums) = (Vec::new(), Vec::new());
        for (t, h) in (0..tokens * a.heads).map(|row| (row / a.heads, row % a.heads)) {
            let column = h / (a.heads / a.kv_heads) * a.width;
            let query = &q[(t * a.heads + h) * a.width..][..a.width];
            let seen: Vec<usize> = (0..k.len() / stride)
                .filter(|&key| key <= start + t && a.window.is_none_or(|w| key + w > start + t))
                .collect();
            let weight = |key: usize| {
                let score = inner(query, &k[key * stride + column..][..a.width]) * f64::from(a.scale);
                a.cap.map_or(score, |cap| f64::from(cap) * (score / f64::from(cap)).tanh()).exp()
            };
            let total: f64 = seen.iter().map(|&key| weight(key)).sum();
            out.extend(
                (0..a.width)
                    .map(|c| seen.iter().map(|&key| weight(key) / total * v[key * stride + column + c]).sum::<f64>()),
            );
            sums.push(total.ln());
        }
        (out, sums)
    }

    #[test]
    fn attention_and_its_gradient() {
        let cases = [
            (1, 0, 1, 1, 4, None, None),
            (1, 200, 6, 2, 8, None, None),
            (5, 3, 3, 1, 8, Some(2), None),
            (67, 0, 2, 2, 4, Some(5), None),
            (7, 61, 4, 2, 68, None, None),
            (3, 70, 4, 1, 12, Some(66), None),
            (5, 66, 4, 2, 8, None, Some(0.4)),
            (67, 1, 2, 1, 4, Some(7), Some(2.0)),
        ];
        for device in devices() {
            with_either_kind(|| {
                for (tokens, start, heads, kv_heads, width, window, cap) in cases {
                    let a = Attention { heads, kv_heads, width, scale: 0.3, window, cap };
                    let what = |kernel: &str| format!("{kernel} {tokens} behind {start}, {a:?} on {}", device.name());
                    let keys = start + tokens;
                    let (q, d) = (wave(tokens * heads * width, 1), wave(tokens * heads * width, 2));
                    let (k, v) = (wave(keys * kv_heads * width, 3), wave(keys * kv_heads * width, 4));
                    let queries = |v: &[f32]| matrix(v, heads * width, &device);
                    let all = |v: &[f32]| matrix(v, kv_heads * width, &device);
                    let (out, log_sum) = attend(queries(&q), all(&k), all(&v), a);
                    let (want, sums) = attention(&wide(&q), &wide(&k), &wide(&v), a);
                    compare(&what("attend"), out.clone(), &want);
                    compare(&what("attend log_sum"), log_sum.clone(), &sums);

                    if tokens * width > 100 {
                        continue; // differences of every entry would take long
                    }
                    let attended = Attended { q: queries(&q), k: all(&k), v: all(&v), out, log_sum };
                    let (d_q, d_kv) = attend_backward(attended, queries(&d), a);
                    let loss = |q: &[f64], k: &[f64], v: &[f64]| inner(&attention(q, k, v, a).0, &wide(&d));
                    let want = slopes(&wide(&q), |q| loss(q, &wide(&k), &wide(&v)));
                    compare(&what("attend_backward q"), d_q, &want);
                    // Only keys and values of the new positions are asked for.
                    let own = start * kv_heads * width;
                    let with = |x: &[f32], tail: &[f64]| [&wide(&x[..own]), tail].concat();
                    let mut want = slopes(&wide(&k[own..]), |tail| loss(&wide(&q), &with(&k, tail), &wide(&v)));
                    want.extend(slopes(&wide(&v[own..]), |tail| loss(&wide(&q), &wide(&k), &with(&v, tail))));
                    compare(&what("attend_backward k and v"), d_kv, &want);
                }
            });
        }
    }
}
