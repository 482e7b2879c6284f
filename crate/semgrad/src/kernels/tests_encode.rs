//! The encoders' kernels against plain sums in double precision at odd sizes, on every device there is.

use super::samples::wave;
use super::tests::{compare, devices, matrix, with_either_kind};
use super::*;
use crate::device::Device;

fn wide(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&v| f64::from(v)).collect()
}

fn vector(values: &[f32], device: &Device) -> Tensor<1> {
    matrix(values, values.len(), device).reshape([values.len()])
}

fn integers(values: &[u32], device: &Device) -> Tensor<1, Int> {
    arrange::upload_words(values.to_vec(), &device.burn)
}

#[test]
fn layer_norms() {
    for device in devices() {
        with_either_kind(|| {
            for (rows, width) in [(1, 1), (3, 37), (2, 64), (5, 130)] {
                let (x, delta, parameters) = (wave(rows * width, 1), wave(rows * width, 2), wave(3 * width, 3));
                let eps = 1e-3;
                let mut want = Vec::new();
                for (x, delta) in x.chunks(width).zip(delta.chunks(width)) {
                    let s: Vec<f64> =
                        (0..width).map(|c| f64::from(x[c]) + f64::from(delta[c]) + f64::from(parameters[c])).collect();
                    let mean = s.iter().sum::<f64>() / width as f64;
                    let variance = s.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / width as f64;
                    let r = 1.0 / (variance + f64::from(eps)).sqrt();
                    let (scale, shift) = (&parameters[width..2 * width], &parameters[2 * width..]);
                    want.extend((0..width).map(|c| (s[c] - mean) * r * f64::from(scale[c]) + f64::from(shift[c])));
                }
                let tensor = |v: &[f32]| matrix(v, width, &device);
                let got = layer_norm(tensor(&x), tensor(&delta), tensor(&parameters), eps);
                compare(&format!("layer_norm {rows}×{width} on {}", device.name()), got, &want);
            }
        });
    }
}

/// The error function by its series, or by its continued fraction where that has many terms.
fn erf(x: f64) -> f64 {
    if x.abs() > 3.0 {
        let fraction = (1..200).rev().fold(x.abs(), |below, n| x.abs() + f64::from(n) / 2.0 / below);
        return x.signum() * (1.0 - (-x * x).exp() / fraction / std::f64::consts::PI.sqrt());
    }
    let (mut term, mut sum) = (x, x);
    for n in 1..100 {
        term *= -x * x / f64::from(n);
        sum += term / f64::from(2 * n + 1);
    }
    sum * 2.0 / std::f64::consts::PI.sqrt()
}

#[test]
fn gelu_is_exact_everywhere() {
    assert!((erf(1.0) - 0.842_700_792_949_714_9).abs() < 1e-15 && (erf(3.5) - 0.999_999_256_901_627_7).abs() < 1e-14);
    for device in devices() {
        for (rows, width) in [(1, 1), (3, 67), (29, 130)] {
            let x: Vec<f32> = (0..rows * width).map(|i| i as f32 / (rows * width) as f32 * 24.0 - 12.0).collect();
            let bias = wave(width, 1);
            let got = gelu(matrix(&x, width, &device), vector(&bias, &device));
            let got = pollster::block_on(crate::device::reading::read(got)).unwrap();
            for (i, got) in got.iter().enumerate() {
                let z = f64::from(x[i] + bias[i % width]);
                let want = 0.5 * z * (1.0 + erf(z * std::f64::consts::FRAC_1_SQRT_2));
                assert!((f64::from(*got) - want).abs() <= 4e-7 * z.abs().max(1.0), "GELU({z}) is {got}, not {want}");
            }
        }
    }
}

/// Attention in double precision. `added(head, query, key)` is what the distance adds, unscaled.
fn attention(
    [q, k, v]: [&[f64]; 3],
    texts: &[usize],
    a: Attention,
    added: impl Fn(usize, usize, usize) -> f64,
) -> Vec<f64> {
    let stride = a.heads * a.width;
    let row = |x: &[f64], token: usize, head: usize| x[token * stride + head * a.width..][..a.width].to_vec();
    let inner = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let (mut out, mut first) = (Vec::new(), 0);
    for &length in texts {
        for query in first..first + length {
            for head in 0..a.heads {
                let weights: Vec<f64> = (first..first + length)
                    .map(|key| inner(&row(q, query, head), &row(k, key, head)) + added(head, query, key))
                    .map(|score| (score * f64::from(a.scale)).exp())
                    .collect();
                let total: f64 = weights.iter().sum();
                let values: Vec<_> = (first..first + length).map(|key| row(v, key, head)).collect();
                let mean = |c: usize| weights.iter().zip(&values).map(|(w, v)| w * v[c]).sum::<f64>() / total;
                out.extend((0..a.width).map(mean));
            }
        }
        first += length;
    }
    out
}

fn segments(texts: &[usize]) -> Vec<u32> {
    let mut first = 0;
    let mut pairs = Vec::new();
    for &length in texts {
        pairs.extend([first, first + length as u32].repeat(length));
        first += length as u32;
    }
    pairs
}

const TEXTS: [(&[usize], usize, usize); 5] =
    [(&[1], 1, 4), (&[3, 1, 7], 3, 8), (&[67], 2, 12), (&[9, 33, 2], 1, 64), (&[5; 11], 5, 20)];

#[test]
fn tokens_see_their_own_text_only() {
    for device in devices() {
        for (texts, heads, width) in TEXTS {
            let a = Attention { heads, kv_heads: heads, width, scale: 0.3, window: None };
            let (tokens, stride) = (texts.iter().sum::<usize>(), heads * width);
            let [q, k, v] = [1, 2, 3].map(|seed| wave(tokens * stride, seed));
            let want = attention([&wide(&q), &wide(&k), &wide(&v)], texts, a, |_, _, _| 0.0);
            let qkv = [&q, &k, &v].map(|x| matrix(x, stride, &device));
            let got = attend_segments(qkv, integers(&segments(texts), &device), None, a);
            compare(&format!("attend_segments {texts:?} {a:?} on {}", device.name()), got, &want);
        }
    }
}

#[test]
fn distances_add_to_scores() {
    for device in devices() {
        for (texts, heads, width) in TEXTS {
            let a = Attention { heads, kv_heads: heads, width, scale: 0.3, window: None };
            let (tokens, stride) = (texts.iter().sum::<usize>(), heads * width);
            let longest = *texts.iter().max().unwrap() as i32;
            // Rows rise with the distance; far ones share them, and the first is not the table's first.
            let row = |distance: i32| (distance / 2 + distance.clamp(-3, 3) + longest + 4) as usize;
            let rows: Vec<u32> = (1 - longest..longest).map(|distance| row(distance) as u32).collect();
            let table = row(longest) + 1;
            let [q, k, v] = [1, 2, 3].map(|seed| wave(tokens * stride, seed));
            let [pk, pq] = [4, 5].map(|seed| wave(table * stride, seed));
            let added = |head: usize, query: usize, key: usize| {
                let at = row(query as i32 - key as i32) * stride;
                (head * width..(head + 1) * width)
                    .map(|c| {
                        f64::from(q[query * stride + c]) * f64::from(pk[at + c])
                            + f64::from(k[key * stride + c]) * f64::from(pq[at + c])
                    })
                    .sum::<f64>()
            };
            let want = attention([&wide(&q), &wide(&k), &wide(&v)], texts, a, added);
            let tensor = |x: &[f32]| matrix(x, stride, &device);
            let positions = tensor(&[pk, pq].concat());
            let distances = Distances { positions, rows: integers(&rows, &device) };
            let qkv = [&q, &k, &v].map(|x| tensor(x));
            let got = attend_segments(qkv, integers(&segments(texts), &device), Some(distances), a);
            compare(&format!("attend_disentangled {texts:?} {a:?} on {}", device.name()), got, &want);
        }
    }
}
