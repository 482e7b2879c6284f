//! Every fused kernel against plain sums in double precision at odd sizes, on every device there is.

use super::samples::wave;
use super::tests::{compare, devices, matrix, with_either_kind};
use super::*;
use crate::device::reading::read;

fn wide(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&v| f64::from(v)).collect()
}

/// Central difference of `loss` at every entry of `x`.
fn slopes(x: &[f64], loss: impl Fn(&[f64]) -> f64) -> Vec<f64> {
    let step = 1e-5;
    let moved = |i: usize, by: f64| {
        let mut x = x.to_vec();
        x[i] += by;
        loss(&x)
    };
    (0..x.len()).map(|i| (moved(i, step) - moved(i, -step)) / (2.0 * step)).collect()
}

fn inner(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn normalized(x: &[f64], weight: &[f64], eps: f64) -> Vec<f64> {
    let rows = x.chunks(weight.len());
    rows.flat_map(|row| {
        let r = (inner(row, row) / row.len() as f64 + eps).sqrt().recip();
        row.iter().zip(weight).map(move |(x, w)| x * r * w)
    })
    .collect()
}

#[test]
fn norms_and_their_gradients() {
    for device in devices() {
        with_either_kind(|| {
            for (rows, width) in [(1, 3), (3, 37), (2, 64), (5, 130)] {
                let what = |kernel: &str| format!("{kernel} {rows}×{width} on {}", device.name());
                let (x, delta, dy, w) =
                    (wave(rows * width, 1), wave(rows * width, 2), wave(rows * width, 3), wave(width, 4));
                let tensor = |v: &[f32]| matrix(v, width, &device);
                let weight = || tensor(&w).reshape([width]);
                let eps = 1e-3;
                let want = normalized(&wide(&x), &wide(&w), f64::from(eps));
                compare(&what("rms_norm"), rms_norm(tensor(&x), weight(), eps), &want);

                let sum: Vec<f64> = wide(&x).iter().zip(wide(&delta)).map(|(a, b)| a + b).collect();
                let (got_sum, got) = rms_norm_residual(tensor(&x), tensor(&delta), weight(), eps);
                compare(&what("residual"), got_sum, &sum);
                compare(&what("rms_norm_residual"), got, &normalized(&sum, &wide(&w), f64::from(eps)));

                let loss = |x: &[f64]| inner(&normalized(x, &wide(&w), f64::from(eps)), &wide(&dy));
                let got = rms_norm_backward(tensor(&x), weight(), tensor(&dy), eps);
                compare(&what("rms_norm_backward"), got, &slopes(&wide(&x), loss));
            }
        });
    }
}

#[test]
fn rotations_turn_and_turn_back() {
    for device in devices() {
        for (tokens, heads, half) in [(1, 1, 2), (3, 5, 8), (7, 3, 37)] {
            let (x, angles) = (wave(tokens * heads * 2 * half, 1), wave(tokens * half, 2));
            let mut table = Vec::new();
            for angles in angles.chunks(half) {
                table.extend(angles.iter().map(|a| (3.0 * a).cos()));
                table.extend(angles.iter().map(|a| (3.0 * a).sin()));
            }
            let table = || matrix(&table, 2 * half, &device);
            let want: Vec<f64> = (0..x.len())
                .map(|i| {
                    let (c, token) = (i % (2 * half), i / (2 * half * heads));
                    let (sin, cos) = f64::from(3.0 * angles[token * half + c % half]).sin_cos();
                    let other = if c < half { -f64::from(x[i + half]) } else { f64::from(x[i - half]) };
                    f64::from(x[i]) * cos + other * sin
                })
                .collect();
            let what = format!("rope {tokens}×{heads}×{half} on {}", device.name());
            let columns = heads * 2 * half;
            let turned = rope(matrix(&x, columns, &device), table(), 1.0);
            compare(&what, turned.clone(), &want);
            compare(&what, rope(turned, table(), -1.0), &wide(&x));

            let (past, v) = (wave(11 * columns, 4), wave(x.len(), 5));
            let old = || matrix(&past, columns, &device);
            let (k, v_all) =
                append((old(), old()), matrix(&x, columns, &device), matrix(&v, columns, &device), table());
            compare(&format!("append keys, {what}"), k, &[wide(&past), want].concat());
            compare(&format!("append values, {what}"), v_all, &[wide(&past), wide(&v)].concat());
        }
    }
}

#[test]
fn gates_and_their_gradients() {
    for device in devices() {
        for kind in [Activation::Silu, Activation::GeluTanh] {
            for (rows, width) in [(1, 1), (3, 67), (5, 130)] {
                let what = |kernel: &str| format!("{kernel} {kind:?} {rows}×{width} on {}", device.name());
                let gate: Vec<f32> = wave(rows * width, 1).into_iter().map(|v| 12.0 * v).collect();
                let (up, d) = (wave(rows * width, 2), wave(rows * width, 3));
                let activation = move |x: f64| match kind {
                    Activation::Silu => x / (1.0 + (-x).exp()),
                    Activation::GeluTanh => {
                        0.5 * x * (1.0 + ((2.0 / std::f64::consts::PI).sqrt() * (x + 0.044715 * x.powi(3))).tanh())
                    }
                };
                let value = |gate: &[f64], up: &[f64]| -> Vec<f64> {
                    gate.iter().zip(up).map(|(&g, u)| activation(g) * u).collect()
                };
                let tensor = |v: &[f32]| matrix(v, width, &device);
                compare(&what("glu"), glu(tensor(&gate), tensor(&up), kind), &value(&wide(&gate), &wide(&up)));
                let (d_gate, d_up) = glu_backward(tensor(&gate), tensor(&up), tensor(&d), kind);
                let want = slopes(&wide(&gate), |gate| inner(&value(gate, &wide(&up)), &wide(&d)));
                compare(&what("glu_backward gate"), d_gate, &want);
                let want = slopes(&wide(&up), |up| inner(&value(&wide(&gate), up), &wide(&d)));
                compare(&what("glu_backward up"), d_up, &want);
            }
        }
    }
}

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
        let weight = |key: usize| (inner(query, &k[key * stride + column..][..a.width]) * f64::from(a.scale)).exp();
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
        (1, 0, 1, 1, 4, None),
        (1, 200, 6, 2, 8, None),
        (5, 3, 3, 1, 8, Some(2)),
        (67, 0, 2, 2, 4, Some(5)),
        (7, 61, 4, 2, 68, None),
        (3, 70, 4, 1, 12, Some(66)),
    ];
    for device in devices() {
        with_either_kind(|| {
            for (tokens, start, heads, kv_heads, width, window) in cases {
                let a = Attention { heads, kv_heads, width, scale: 0.3, window };
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

#[test]
fn statistics_of_rows_of_logits() {
    for device in devices() {
        with_either_kind(|| {
            for (rows, vocab) in [(1, 1), (2, 2), (3, 67), (2, 1031), (1, 4099)] {
                let what = |what: &str| format!("{what} {rows}×{vocab} on {}", device.name());
                let mut logits: Vec<f32> = wave(rows * vocab, 1).into_iter().map(|v| (9.0 * v).round()).collect();
                logits[vocab - 1] += 40.0; // one nearly certain row, ties in the others
                let ids: Vec<u32> = (0..rows).map(|r| (r * 5 % vocab) as u32).collect();
                let (got, best) = token_statistics(matrix(&logits, vocab, &device), device.ids(&ids));
                let (got, best) = (pollster::block_on(read(got)).unwrap(), best.into_data());
                let best = best.try_into_vec_as::<u32>().unwrap();
                let mut at = Vec::new();
                let mut gradient = Vec::new();
                for (r, row) in logits.chunks(vocab).enumerate() {
                    let got = &got[6 * r..6 * r + 6];
                    let max = row.iter().copied().fold(f32::MIN, f32::max);
                    assert_eq!(best[r] as f32, got[0], "{}", what("the id itself"));
                    let best = row.iter().position(|&z| z == max).unwrap();
                    let rest = |f: fn(f64) -> f64| -> f64 {
                        let others = row.iter().enumerate().filter(|(i, _)| *i != best);
                        others.map(|(_, z)| f(f64::from(z - max))).sum()
                    };
                    let second =
                        row.iter().enumerate().filter(|(i, _)| *i != best).map(|(_, &z)| z).fold(f32::MIN, f32::max);
                    assert_eq!((got[0] as usize, got[1]), (best, max), "{}", what("largest"));
                    assert!(vocab == 1 || got[2] == second, "{}", what("second"));
                    for (got, want) in [(got[3], rest(f64::exp)), (got[4], rest(|s| s * s.exp()))] {
                        assert!((f64::from(got) - want).abs() <= 1e-5 * want.abs(), "{} {got} {want}", what("sums"));
                    }
                    assert_eq!(got[5], row[ids[r] as usize], "{}", what("chosen"));
                    at.extend([max, 0.25, ids[r] as f32, -7.5]);
                    gradient.extend((0..vocab).map(|i| match i == ids[r] as usize {
                        true => -7.5,
                        false => 0.25 * f64::from(row[i] - max).exp(),
                    }));
                }
                let got = logit_gradient(matrix(&logits, vocab, &device), matrix(&at, 4, &device));
                compare(&what("logit_gradient"), got, &gradient);
            }
        });
    }
}
