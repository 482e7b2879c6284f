//! Products with packed weights, and rows of them.

use crate::few;
use crate::formats::{Format, dequantize_row};
use crate::matmul::matmul;
use crate::matvec::{TOKENS, matvec};
use crate::shape::Layout;
use crate::simd::{dispatch, is_long};
use crate::transposed::transposed;

/// `y[t, r] = Σ_c x[t, c]·w[r, c]`; x `[tokens, cols]`, w `[rows, cols]` packed, result `[tokens, rows]`.
pub fn linear(x: &[f32], w: &[u8], format: Format, rows: usize, cols: usize) -> Vec<f32> {
    let tokens = x.len() / cols;
    let mut y = vec![0.0; tokens * rows];
    if tokens <= TOKENS {
        matvec(x, w, format, rows, cols, &mut y);
    } else if is_long() && tokens <= few::MOST && format.block_len() > 1 {
        few::few(x, w, format, rows, cols, &mut y);
    } else {
        matmul(x, w, format, [rows, cols], &mut y, |pass| dispatch(pass));
    }
    y
}

/// `dx[t, c] = Σ_r dy[t, r]·w[r, c]`; dy `[tokens, rows]`, w `[rows, cols]` packed, result `[tokens, cols]`.
pub fn linear_transposed(dy: &[f32], w: &[u8], format: Format, rows: usize, cols: usize) -> Vec<f32> {
    let mut dx = vec![0.0; dy.len() / rows * cols];
    transposed(dy, w, format, rows, cols, &mut dx);
    dx
}

/// Rows `ids` of a packed table that begins with row `first`, `[ids, cols]`; zeros for ids that are not in it.
pub fn rows(ids: &[u32], w: &[u8], layout: Layout, first: usize) -> Vec<f32> {
    let Layout { format, cols, rows } = layout;
    let stride = format.row_bytes(cols);
    let mut y = vec![0.0; ids.len() * cols];
    for (line, &id) in y.chunks_exact_mut(cols).zip(ids) {
        if let Some(row) = (id as usize).checked_sub(first).filter(|&row| row < rows) {
            dequantize_row(format, &w[row * stride..][..stride], line);
        }
    }
    y
}
