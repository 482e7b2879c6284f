//! RMS normalization, forward and backward.

use crate::vector::dot;

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
