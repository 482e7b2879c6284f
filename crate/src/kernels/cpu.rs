//! Plain Rust loops behind every kernel on the CPU device; the shaders are checked against them.
//!
//! Weights stay in their file's blocks: a row is unpacked into a scratch line that fits the first-level cache and is used
//! for all tokens at once, so memory traffic is that of the packed file.

use crate::weights::format::{Format, dequantize_row};

/// Weight rows that share one pass over the inputs.
const ROWS: usize = 4;
/// Independent partial sums of a dot product; a multiple of every vector width in use.
const LANES: usize = 16;

/// `y[t, r] = Σ_c x[t, c]·w[r, c]`; x `[tokens, cols]`, w `[rows, cols]` packed, result `[tokens, rows]`.
pub fn linear(x: &[f32], w: &[u8], format: Format, rows: usize, cols: usize) -> Vec<f32> {
    let tokens = x.len() / cols;
    let mut y = vec![0.0; tokens * rows];
    for_each_row_group(w, format, rows, cols, |first, lines| {
        let count = (rows - first).min(ROWS);
        for t in 0..tokens {
            let sums = dot_rows(&x[t * cols..(t + 1) * cols], lines, cols);
            y[t * rows + first..t * rows + first + count].copy_from_slice(&sums[..count]);
        }
    });
    y
}

/// `dx[t, c] = Σ_r dy[t, r]·w[r, c]`; dy `[tokens, rows]`, w `[rows, cols]` packed, result `[tokens, cols]`.
pub fn linear_transposed(dy: &[f32], w: &[u8], format: Format, rows: usize, cols: usize) -> Vec<f32> {
    let tokens = dy.len() / rows;
    let mut dx = vec![0.0; tokens * cols];
    for_each_row_group(w, format, rows, cols, |first, lines| {
        let count = (rows - first).min(ROWS);
        for t in 0..tokens {
            let mut scale = [0.0; ROWS];
            scale[..count].copy_from_slice(&dy[t * rows + first..t * rows + first + count]);
            // Rows of tokens before the answer carry no gradient.
            if scale != [0.0; ROWS] {
                add_rows(&mut dx[t * cols..(t + 1) * cols], scale, lines, cols);
            }
        }
    });
    dx
}

/// Rows `ids` of a packed table, `[ids, cols]`.
pub fn rows(ids: &[u32], w: &[u8], format: Format, cols: usize) -> Vec<f32> {
    let stride = format.row_bytes(cols);
    let mut y = vec![0.0; ids.len() * cols];
    for (line, &id) in y.chunks_exact_mut(cols).zip(ids) {
        let start = id as usize * stride;
        dequantize_row(format, &w[start..start + stride], line);
    }
    y
}

/// `out[r] = Σ_c |g[r, c]|` for g `[rows, cols]`.
pub fn gradient_norm(g: &[f32], cols: usize) -> Vec<f32> {
    g.chunks_exact(cols).map(|row| row.iter().map(|v| f64::from(v.abs())).sum::<f64>() as f32).collect()
}

/// `out[v] = Σ_c |Σ_t a[t, v]·h[t, c]|` for a `[tokens, vocab]`, h `[tokens, cols]`: the V×d gradient is never stored.
pub fn head_gradient_norm(a: &[f32], h: &[f32], vocab: usize, cols: usize) -> Vec<f32> {
    let tokens = h.len() / cols;
    let mut line = vec![0.0f32; cols];
    (0..vocab)
        .map(|v| {
            line.fill(0.0);
            for t in 0..tokens {
                let weight = a[t * vocab + v];
                if weight != 0.0 {
                    for (sum, value) in line.iter_mut().zip(&h[t * cols..(t + 1) * cols]) {
                        *sum += weight * value;
                    }
                }
            }
            line.iter().map(|v| f64::from(v.abs())).sum::<f64>() as f32
        })
        .collect()
}

/// Unpacks [`ROWS`] rows at a time (the last group is padded with zeros) and hands them on with the index of the first.
fn for_each_row_group(w: &[u8], format: Format, rows: usize, cols: usize, mut use_lines: impl FnMut(usize, &[f32])) {
    let stride = format.row_bytes(cols);
    let mut lines = vec![0.0; ROWS * cols];
    for first in (0..rows).step_by(ROWS) {
        for (i, line) in lines.chunks_exact_mut(cols).enumerate() {
            match first + i {
                row if row < rows => dequantize_row(format, &w[row * stride..(row + 1) * stride], line),
                _ => line.fill(0.0),
            }
        }
        use_lines(first, &lines);
    }
}

/// Dot products of one input with [`ROWS`] weight rows.
fn dot_rows(x: &[f32], lines: &[f32], cols: usize) -> [f32; ROWS] {
    let mut sums = [[0.0f32; LANES]; ROWS];
    let whole = cols / LANES * LANES;
    let (l0, rest) = lines.split_at(cols);
    let (l1, rest) = rest.split_at(cols);
    let (l2, l3) = rest.split_at(cols);
    for c in (0..whole).step_by(LANES) {
        let x = &x[c..c + LANES];
        let (a, b, d, e) = (&l0[c..c + LANES], &l1[c..c + LANES], &l2[c..c + LANES], &l3[c..c + LANES]);
        for i in 0..LANES {
            sums[0][i] += x[i] * a[i];
            sums[1][i] += x[i] * b[i];
            sums[2][i] += x[i] * d[i];
            sums[3][i] += x[i] * e[i];
        }
    }
    let mut out = [0.0; ROWS];
    for (r, sum) in out.iter_mut().enumerate() {
        let line = &lines[r * cols..(r + 1) * cols];
        let tail: f32 = (whole..cols).map(|c| x[c] * line[c]).sum();
        *sum = sums[r].iter().sum::<f32>() + tail;
    }
    out
}

/// `dx += Σ_r scale[r]·line[r]`.
fn add_rows(dx: &mut [f32], scale: [f32; ROWS], lines: &[f32], cols: usize) {
    let (l0, rest) = lines.split_at(cols);
    let (l1, rest) = rest.split_at(cols);
    let (l2, l3) = rest.split_at(cols);
    for ((((out, a), b), c), d) in dx.iter_mut().zip(l0).zip(l1).zip(l2).zip(l3) {
        *out += scale[0] * a + scale[1] * b + scale[2] * c + scale[3] * d;
    }
}
