//! RMS normalization, forward and backward.

use crate::threads;
use crate::vector::dot;

/// 1/√(mean x² + ε).
fn reciprocal(x: &[f32], eps: f32) -> f32 {
    (dot(x, x) / x.len() as f32 + eps).sqrt().recip()
}

/// `y = x·r·weight`, r = 1/√(mean x² + ε); x `[rows, width]`.
pub fn rms_norm(x: &[f32], weight: &[f32], eps: f32) -> Vec<f32> {
    let width = weight.len();
    let mut y = vec![0.0; x.len()];
    threads::by_rows(&mut y, width, 2 * x.len(), |rows, y| {
        for (y, x) in y.chunks_exact_mut(width).zip(x[rows.start * width..].chunks_exact(width)) {
            let r = reciprocal(x, eps);
            for (y, (x, w)) in y.iter_mut().zip(x.iter().zip(weight)) {
                *y = x * r * w;
            }
        }
    });
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
    let mut dx = vec![0.0; x.len()];
    threads::by_rows(&mut dx, width, 4 * x.len(), |rows, dx| {
        let given = x[rows.start * width..].chunks_exact(width).zip(dy[rows.start * width..].chunks_exact(width));
        for (dx, (x, dy)) in dx.chunks_exact_mut(width).zip(given) {
            let r = reciprocal(x, eps);
            for (dx, (d, w)) in dx.iter_mut().zip(dy.iter().zip(weight)) {
                *dx = d * w;
            }
            let back = dot(x, dx) / width as f32 * r * r * r;
            dx.iter_mut().zip(x).for_each(|(d, x)| *d = *d * r - x * back);
        }
    });
    dx
}
