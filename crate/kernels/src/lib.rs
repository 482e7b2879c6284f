//! The kernels on the CPU device; the shaders are checked against them. A crate of its own, because it is what runs for
//! every weight: compiled for speed, while everything else in the wasm module is compiled for size.
//!
//! Weights stay in their file's blocks, so memory traffic is that of the packed file. One or a few tokens are multiplied
//! with weights that are unpacked in registers ([`matvec`], [`transposed`]); for more tokens a panel of rows is unpacked
//! into the first-level cache and used for all of them ([`matmul`], [`transposed`]) in tiles of sums that stay in
//! registers ([`tile`]). Everything is written once over [`simd`].

// Indexed loops over constant ranges are what is certain to be unrolled, see [`simd::Simd`].
#![allow(clippy::needless_range_loop)]

mod blocks;
pub mod dequantize;
pub mod draw;
mod exp;
mod finite;
pub mod format;
mod layer;
mod matmul;
mod matvec;
mod norms;
pub mod samples;
mod segments;
mod shape;
mod simd;
#[cfg(test)]
mod tests;
mod tile;
mod transposed;
pub mod twins;
mod unpack;

pub use exp::exp;
pub use finite::first_not_finite;
pub use layer::gelu as gelu_of;
pub use segments::Positions;
pub use shape::{Activation, Attention, Layout};

use format::{Format, dequantize_row};

/// `y[t, r] = Σ_c x[t, c]·w[r, c]`; x `[tokens, cols]`, w `[rows, cols]` packed, result `[tokens, rows]`.
pub fn linear(x: &[f32], w: &[u8], format: Format, rows: usize, cols: usize) -> Vec<f32> {
    let tokens = x.len() / cols;
    let mut y = vec![0.0; tokens * rows];
    if tokens <= matvec::TOKENS {
        matvec::matvec(x, w, format, rows, cols, &mut y);
    } else {
        simd::dispatch(matmul::MatMul { x, w, format, rows, cols, y: &mut y });
    }
    y
}

/// `dx[t, c] = Σ_r dy[t, r]·w[r, c]`; dy `[tokens, rows]`, w `[rows, cols]` packed, result `[tokens, cols]`.
pub fn linear_transposed(dy: &[f32], w: &[u8], format: Format, rows: usize, cols: usize) -> Vec<f32> {
    let mut dx = vec![0.0; dy.len() / rows * cols];
    transposed::transposed(dy, w, format, rows, cols, &mut dx);
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

/// `out[r] = Σ_c |g[r, c]|` for g `[rows, cols]`.
pub fn gradient_norm(g: &[f32], cols: usize) -> Vec<f32> {
    simd::dispatch(norms::RowNorms { g, cols })
}

/// `out[r] = Σ_c (rows[r, c] − own[c])²` for own `[cols]`, rows `[rows, cols]`.
pub fn squared_distances(own: &[f32], rows: &[f32]) -> Vec<f32> {
    simd::dispatch(norms::Distances { own, rows })
}

/// `out[v] = Σ_c |Σ_t a[t, v]·h[t, c]|` for a `[tokens, vocab]`, h `[tokens, cols]`: the V×d gradient is never stored.
pub fn head_gradient_norm(a: &[f32], h: &[f32], vocab: usize, cols: usize) -> Vec<f32> {
    simd::dispatch(norms::HeadNorms { a, h, vocab, cols })
}

/// `(s − mean s)/√(var s + ε)·scale + shift` by row, s = x + delta + bias; x and delta `[rows, width]`, parameters bias,
/// scale, shift `[3, width]`.
pub fn layer_norm(x: &[f32], delta: &[f32], parameters: &[f32], eps: f32) -> Vec<f32> {
    simd::dispatch(layer::LayerNorm { x, delta, parameters, eps })
}

/// GELU (with the error function) of x + bias; x `[rows, width]`, bias `[width]`.
pub fn gelu(x: &[f32], bias: &[f32]) -> Vec<f32> {
    simd::dispatch(layer::Gelu { x, bias })
}

/// Attention of every token to all tokens of its own text: q, k, v `[tokens, heads · width]` → the same; `segments`
/// `[tokens, 2]` holds the first token of each token's text and one past the last.
pub fn attend_segments(
    (q, k, v): (&[f32], &[f32], &[f32]),
    segments: &[u32],
    positions: Option<Positions<'_>>,
    attention: Attention,
) -> Vec<f32> {
    simd::dispatch(segments::Segments { q, k, v, segments, positions, attention })
}
