//! What an encoder's block does between its products: layer norm of a sum, and GELU.

use super::simd::{Simd, Task, dispatch};
use super::threads;
use crate::vector::by::sum;
use std::f32::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI};

/// `(s − mean s)/√(var s + ε)·scale + shift` by row, s = x + delta + bias; x and delta `[rows, width]`, parameters bias,
/// scale, shift `[3, width]`.
pub fn layer_norm(x: &[f32], delta: &[f32], parameters: &[f32], eps: f32) -> Vec<f32> {
    let width = parameters.len() / 3;
    let mut y = vec![0.0; x.len()];
    threads::by_rows(&mut y, width, 4 * x.len(), |rows, y| {
        let own = rows.start * width..rows.end * width;
        dispatch(LayerNorm { x: &x[own.clone()], delta: &delta[own], parameters, eps, y });
    });
    y
}

/// GELU (with the error function) of x + bias; x `[rows, width]`, bias `[width]`.
pub fn gelu(x: &[f32], bias: &[f32]) -> Vec<f32> {
    let width = bias.len();
    let mut y = vec![0.0; x.len()];
    threads::by_rows(&mut y, width, x.len() * threads::EXP, |rows, y| {
        dispatch(Gelu { x: &x[rows.start * width..rows.end * width], bias, y });
    });
    y
}

/// `y = (s − mean s)/√(var s + ε)·scale + shift` by row, where s = x + delta + bias; x and delta `[rows, width]`,
/// parameters bias, scale and shift `[3, width]`.
struct LayerNorm<'a> {
    x: &'a [f32],
    delta: &'a [f32],
    parameters: &'a [f32],
    eps: f32,
    y: &'a mut [f32],
}

impl Task for LayerNorm<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let width = self.parameters.len() / 3;
        let (bias, rest) = self.parameters.split_at(width);
        let (scale, shift) = rest.split_at(width);
        let rows = self.x.chunks_exact(width).zip(self.delta.chunks_exact(width));
        for (y, (x, delta)) in self.y.chunks_exact_mut(width).zip(rows) {
            for c in 0..width {
                y[c] = x[c] + delta[c] + bias[c];
            }
            let mean = sum(simd, y) / width as f32;
            for c in 0..width {
                y[c] -= mean;
            }
            let r = (squares(simd, y) / width as f32 + self.eps).sqrt().recip();
            for c in 0..width {
                y[c] = y[c] * r * scale[c] + shift[c];
            }
        }
    }
}

#[inline(always)]
fn squares<S: Simd>(simd: S, values: &[f32]) -> f32 {
    let (parts, rest) = values.as_chunks();
    let mut sum = simd.splat(0.0);
    for part in parts {
        let part = simd.load(part);
        sum = simd.mul_add(part, part, sum);
    }
    simd.sum(sum) + rest.iter().map(|v| v * v).sum::<f32>()
}

/// `GELU(x + bias)`, the exact one; x `[rows, width]`, bias `[width]`.
struct Gelu<'a> {
    x: &'a [f32],
    bias: &'a [f32],
    y: &'a mut [f32],
}

impl Task for Gelu<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let width = self.bias.len();
        for (y, x) in self.y.chunks_exact_mut(width).zip(self.x.chunks_exact(width)) {
            for c in 0..width {
                y[c] = gelu_of(x[c] + self.bias[c]);
            }
        }
    }
}

/// Minimax coefficients of erf(z) ≈ z·P(z²)/Q(z²) for |z| ≤ 3.925, where erf is 1 in single precision: off by 1.8e-8
/// before rounding. The shader has the same.
const P: [f32; 6] = [FRAC_2_SQRT_PI, 0.191_501_51, 0.052_889_388, 0.003_811_512, 2.857_041_3e-4, 2.038_809e-6];
const Q: [f32; 6] = [1.0, 0.503_046_45, 0.114_557_914, 0.015_061_227, 0.001_173_277_6, 3.801_809e-5];

/// x·Φ(x).
#[inline(always)]
pub fn gelu_of(x: f32) -> f32 {
    x * normal(x)
}

/// Φ(x), the normal distribution.
#[inline(always)]
pub(crate) fn normal(x: f32) -> f32 {
    let z = (x * FRAC_1_SQRT_2).clamp(-3.925, 3.925);
    let t = z * z;
    let (mut p, mut q) = (P[5], Q[5]);
    for i in (0..5).rev() {
        p = p * t + P[i];
        q = q * t + Q[i];
    }
    0.5 * (1.0 + z * p / q)
}
