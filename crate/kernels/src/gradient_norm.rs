//! L1 norms of gradients.

use super::simd::{LANES, Simd, Task, dispatch};
use super::threads;
use super::tile::{strips, tile};

/// Entries of the vocabulary whose weights are gathered together.
const PANEL: usize = 64;
/// Entries of a tile.
const ROWS: usize = 4;

/// `out[r] = Σ_c |g[r, c]|` for g `[rows, cols]`.
pub fn gradient_norm(g: &[f32], cols: usize) -> Vec<f32> {
    let mut norms = vec![0.0; g.len() / cols];
    threads::by_rows(&mut norms, 1, g.len(), |rows, norms| {
        dispatch(RowNorms { g: &g[rows.start * cols..rows.end * cols], cols, norms });
    });
    norms
}

/// `out[v] = Σ_c |Σ_t a[t, v]·h[t, c]|` for a `[tokens, vocab]`, h `[tokens, cols]`: the V×d gradient is never stored.
pub fn head_gradient_norm(a: &[f32], h: &[f32], vocab: usize, cols: usize) -> Vec<f32> {
    head_gradient_norm_by(a, h, [vocab, cols], |norms| dispatch(norms))
}

/// The same; `run` computes the norms of some of the entries.
pub(crate) fn head_gradient_norm_by(
    a: &[f32],
    h: &[f32],
    [vocab, cols]: [usize; 2],
    run: impl Fn(HeadNorms<'_>) + Sync,
) -> Vec<f32> {
    let tokens = h.len() / cols;
    let strips = strips(h, cols);
    let strips: Vec<&[[f32; LANES]]> = strips.chunks_exact(tokens.max(1)).collect();
    let mut norms = vec![0.0; vocab];
    threads::by_rows(&mut norms, 1, vocab * h.len(), |entries, norms| {
        run(HeadNorms { a, strips: &strips, tokens, vocab, first: entries.start, norms });
    });
    norms
}

/// `out[r] = Σ_c |g[r, c]|`; g `[rows, cols]`.
struct RowNorms<'a> {
    g: &'a [f32],
    cols: usize,
    norms: &'a mut [f32],
}

impl Task for RowNorms<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        for (norm, row) in self.norms.iter_mut().zip(self.g.chunks_exact(self.cols)) {
            let (parts, rest) = row.as_chunks();
            let mut sum = simd.splat(0.0);
            for part in parts {
                sum = simd.add(sum, simd.abs(simd.load(part)));
            }
            *norm = simd.sum(sum) + rest.iter().map(|v| v.abs()).sum::<f32>();
        }
    }
}

/// `norms[v] = Σ_c |Σ_t a[t, first + v]·h[t, c]|`; a `[tokens, vocab]`, h in strips.
pub(crate) struct HeadNorms<'a> {
    a: &'a [f32],
    strips: &'a [&'a [[f32; LANES]]],
    tokens: usize,
    vocab: usize,
    first: usize,
    norms: &'a mut [f32],
}

impl Task for HeadNorms<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        if S::WIDE { self.tiled::<S, 3>(simd) } else { self.tiled::<S, 1>(simd) }
    }
}

impl HeadNorms<'_> {
    #[inline(always)]
    fn tiled<S: Simd, const N: usize>(self, simd: S) {
        let Self { a, strips, tokens, vocab, first, norms } = self;
        // [PANEL, tokens]
        let mut panel = vec![0.0; PANEL * tokens];
        for (out, first) in norms.chunks_mut(PANEL).zip((first..vocab).step_by(PANEL)) {
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
