//! The inner loop of every product of two matrices: a tile of sums that stays in registers.

use super::simd::{LANES, Simd};

/// `sums[i][j] += Σ_k a[i][k]·b[j][k]`, where `b[j][k]` is eight neighbors.
///
/// `R · N` sums, `N` vectors and one scalar have to fit the registers: 16 of 8 floats with AVX2, 15 of 4 in wasm.
#[inline(always)]
pub fn tile<S: Simd, const R: usize, const N: usize>(
    simd: S,
    a: [&[f32]; R],
    b: [&[[f32; LANES]]; N],
    mut sums: [[S::Floats; N]; R],
) -> [[S::Floats; N]; R] {
    let depth = b[0].len();
    // Equal lengths in sight of the loop, so that it has no checks.
    let (mut a, mut b) = (a, b);
    for a in &mut a {
        *a = &a[..depth];
    }
    for b in &mut b {
        *b = &b[..depth];
    }
    for k in 0..depth {
        let mut vectors = [simd.splat(0.0); N];
        for j in 0..N {
            vectors[j] = simd.load(&b[j][k]);
        }
        for i in 0..R {
            let a = simd.splat(a[i][k]);
            for j in 0..N {
                sums[i][j] = simd.mul_add(a, vectors[j], sums[i][j]);
            }
        }
    }
    sums
}

/// Splits the columns of a matrix into strips of eight, the last one padded with zeros: `[rows, cols]` →
/// `[⌈cols / 8⌉, rows, 8]`.
pub fn strips(matrix: &[f32], cols: usize) -> Vec<[f32; LANES]> {
    let rows = matrix.len() / cols;
    let mut strips = vec![[0.0; LANES]; cols.div_ceil(LANES) * rows];
    for (r, row) in matrix.chunks_exact(cols).enumerate() {
        for (strip, values) in row.chunks(LANES).enumerate() {
            strips[strip * rows + r][..values.len()].copy_from_slice(values);
        }
    }
    strips
}
