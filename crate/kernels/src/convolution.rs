//! Gated short convolutions, forward and backward.
//!
//! Of each position the columns are B, C and x side by side: `bcx` `[tokens, 3 · width]`. u = B·x goes into the
//! convolution, y = C·Σ kernel·u comes out, with kernel `[taps, width]`, the position's own factor last. `past` `[before,
//! width]` is u of the positions before, at least taps − 1 of them.

use crate::threads;
use crate::vector::add_scaled_each;

/// y `[tokens, width]`, and the last `kept` rows of past and u.
pub fn short_convolution(bcx: &[f32], past: &[f32], kernel: &[f32], width: usize, kept: usize) -> (Vec<f32>, Vec<f32>) {
    let u = inputs(bcx, past, width);
    let last = u[u.len() - kept * width..].to_vec();
    let before = past.len() / width;
    let mut y = vec![0.0; bcx.len() / 3];
    threads::by_rows(&mut y, width, (kernel.len() / width + 1) * bcx.len() / 3, |rows, y| {
        for (t, y) in rows.zip(y.chunks_exact_mut(width)) {
            convolve(y, &u, kernel, before + t);
            let c = &bcx[(3 * t + 1) * width..][..width];
            y.iter_mut().zip(c).for_each(|(y, c)| *y *= c);
        }
    });
    (y, last)
}

/// Gradient of [`short_convolution`] with respect to bcx, from that of y: d `[tokens, width]` → `[tokens, 3 · width]`.
pub fn short_convolution_backward(bcx: &[f32], past: &[f32], kernel: &[f32], d: &[f32], width: usize) -> Vec<f32> {
    let u = inputs(bcx, past, width);
    let (before, taps, tokens) = (past.len() / width, kernel.len() / width, d.len() / width);
    // At what came out of the convolution.
    let rows = bcx.chunks_exact(3 * width).zip(d.chunks_exact(width));
    let d_out: Vec<f32> = rows.flat_map(|(bcx, d)| bcx[width..2 * width].iter().zip(d).map(|(c, d)| c * d)).collect();
    let mut d_bcx = vec![0.0; bcx.len()];
    threads::by_rows(&mut d_bcx, 3 * width, (2 * taps + 3) * d.len(), |rows, d_bcx| {
        let (mut out, mut d_u) = (vec![0.0; width], vec![0.0; width]);
        for (t, d_bcx) in rows.zip(d_bcx.chunks_exact_mut(3 * width)) {
            out.fill(0.0);
            convolve(&mut out, &u, kernel, before + t);
            d_u.fill(0.0);
            for later in t..tokens.min(t + taps) {
                let factors = &kernel[(taps - 1 - (later - t)) * width..][..width];
                add_scaled_each(&mut d_u, factors, &d_out[later * width..][..width]);
            }
            let (b, x) = (&bcx[3 * t * width..][..width], &bcx[(3 * t + 2) * width..][..width]);
            let d = &d[t * width..][..width];
            for c in 0..width {
                d_bcx[c] = d_u[c] * x[c];
                d_bcx[width + c] = d[c] * out[c];
                d_bcx[2 * width + c] = d_u[c] * b[c];
            }
        }
    });
    d_bcx
}

/// u of all positions, `[before + tokens, width]`.
fn inputs(bcx: &[f32], past: &[f32], width: usize) -> Vec<f32> {
    let mut u = past.to_vec();
    for row in bcx.chunks_exact(3 * width) {
        u.extend(row[..width].iter().zip(&row[2 * width..]).map(|(b, x)| b * x));
    }
    u
}

/// Adds what comes out at row `at` of u.
fn convolve(out: &mut [f32], u: &[f32], kernel: &[f32], at: usize) {
    let width = out.len();
    let first = (at + 1) * width - kernel.len();
    for (factors, u) in kernel.chunks_exact(width).zip(u[first..].chunks_exact(width)) {
        add_scaled_each(out, factors, u);
    }
}
