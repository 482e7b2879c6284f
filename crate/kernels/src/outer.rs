//! Products summed over tokens: what gradients of weights are made of.

use super::threads;
use super::vector::add_scaled;

/// `sum[r, c] + Σ_t a[t, r]·b[t, c]` for a `[tokens, rows]`, b `[tokens, cols]`, sum `[rows, cols]`.
pub fn outer(sum: &[f32], a: &[f32], b: &[f32], rows: usize, cols: usize) -> Vec<f32> {
    let mut out = sum.to_vec();
    threads::by_rows(&mut out, cols, a.len() * cols, |own, out| {
        for (a, b) in a.chunks_exact(rows).zip(b.chunks_exact(cols)) {
            for (out, a) in out.chunks_exact_mut(cols).zip(&a[own.clone()]) {
                add_scaled(out, *a, b);
            }
        }
    });
    out
}
