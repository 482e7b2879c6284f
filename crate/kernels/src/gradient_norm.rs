//! L1 norms of gradients.

use super::simd::{LANES, Simd, Task, dispatch};
use super::tile::{strips, tile};

/// Entries of the vocabulary whose weights are gathered together.
const PANEL: usize = 64;
/// Entries of a tile.
const ROWS: usize = 4;

/// `out[r] = Σ_c |g[r, c]|` for g `[rows, cols]`.
pub fn gradient_norm(g: &[f32], cols: usize) -> Vec<f32> {
    dispatch(RowNorms { g, cols })
}

/// `out[v] = Σ_c |Σ_t a[t, v]·h[t, c]|` for a `[tokens, vocab]`, h `[tokens, cols]`: the V×d gradient is never stored.
pub fn head_gradient_norm(a: &[f32], h: &[f32], vocab: usize, cols: usize) -> Vec<f32> {
    dispatch(HeadNorms { a, h, vocab, cols })
}

/// `out[r] = Σ_c |g[r, c]|`; g `[rows, cols]`.
struct RowNorms<'a> {
    g: &'a [f32],
    cols: usize,
}

impl Task for RowNorms<'_> {
    type Output = Vec<f32>;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Vec<f32> {
        let mut norms = Vec::with_capacity(self.g.len() / self.cols);
        for row in self.g.chunks_exact(self.cols) {
            let (parts, rest) = row.as_chunks();
            let mut sum = simd.splat(0.0);
            for part in parts {
                sum = simd.add(sum, simd.abs(simd.load(part)));
            }
            norms.push(simd.sum(sum) + rest.iter().map(|v| v.abs()).sum::<f32>());
        }
        norms
    }
}

/// `out[v] = Σ_c |Σ_t a[t, v]·h[t, c]|`; a `[tokens, vocab]`, h `[tokens, cols]`.
pub(crate) struct HeadNorms<'a> {
    pub a: &'a [f32],
    pub h: &'a [f32],
    pub vocab: usize,
    pub cols: usize,
}

impl Task for HeadNorms<'_> {
    type Output = Vec<f32>;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Vec<f32> {
        if S::WIDE { self.tiled::<S, 3>(simd) } else { self.tiled::<S, 1>(simd) }
    }
}

impl HeadNorms<'_> {
    #[inline(always)]
    fn tiled<S: Simd, const N: usize>(self, simd: S) -> Vec<f32> {
        let Self { a, h, vocab, cols } = self;
        let tokens = h.len() / cols;
        let strips = strips(h, cols);
        let strips: Vec<&[[f32; LANES]]> = strips.chunks_exact(tokens.max(1)).collect();
        let mut out = vec![0.0; vocab];
        // [PANEL, tokens]
        let mut panel = vec![0.0; PANEL * tokens];
        for (out, first) in out.chunks_mut(PANEL).zip((0..vocab).step_by(PANEL)) {
            for t in 0..tokens {
                for (v, a) in a[t * vocab + first..][..out.len()].iter().enumerate() {
                    panel[v * tokens + t] = *a;
                }
            }
            for (i, out) in out.chunks_mut(ROWS).enumerate() {
                // Entries beyond the last are left from the panel before and not used.
                let mut a: [&[f32]; ROWS] = [&[]; ROWS];
                for j in 0..ROWS {
                    a[j] = &panel[(i * ROWS + j) * tokens..][..tokens];
                }
                let mut sums = [simd.splat(0.0); ROWS];
                let mut groups = strips.chunks_exact(N);
                for group in &mut groups {
                    let mut strips: [&[_]; N] = [&[]; N];
                    strips.copy_from_slice(group);
                    add_norms::<S, N>(simd, a, strips, &mut sums);
                }
                for strip in groups.remainder() {
                    add_norms::<S, 1>(simd, a, [strip], &mut sums);
                }
                for (out, sum) in out.iter_mut().zip(sums) {
                    *out = simd.sum(sum);
                }
            }
        }
        out
    }
}

/// Adds the absolute values of a tile of the gradient.
#[inline(always)]
fn add_norms<S: Simd, const N: usize>(
    simd: S,
    a: [&[f32]; ROWS],
    strips: [&[[f32; LANES]]; N],
    sums: &mut [S::Floats; ROWS],
) {
    let gradient = tile(simd, a, strips, [[simd.splat(0.0); N]; ROWS]);
    for (sum, row) in sums.iter_mut().zip(gradient) {
        for values in row {
            *sum = simd.add(*sum, simd.abs(values));
        }
    }
}
