//! The inner loop of every product of two matrices: a tile of sums that stays in registers.

use super::simd::{LANES, Simd};
use std::hint::black_box;

/// Steps of the inner loop in one round.
const STEPS: usize = 4;

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
    let whole = depth / STEPS;
    // Equal lengths in sight of the loop, and pieces of constant length, so that it has few checks.
    let mut a_pieces: [&[[f32; STEPS]]; R] = [&[]; R];
    for i in 0..R {
        a_pieces[i] = &a[i].as_chunks().0[..whole];
    }
    let mut b_pieces: [&[[[f32; LANES]; STEPS]]; N] = [&[]; N];
    for j in 0..N {
        b_pieces[j] = &b[j].as_chunks().0[..whole];
    }
    // A branch that is never taken keeps the steps apart: as one block, LLVM takes the sums one after the other instead,
    // and the operands of all steps do not fit the registers.
    let never = black_box(usize::MAX);
    for k in 0..whole {
        for step in 0..STEPS {
            if step > 0 && k * STEPS + step == never {
                return sums;
            }
            let mut vectors = [simd.splat(0.0); N];
            for j in 0..N {
                vectors[j] = simd.load(&b_pieces[j][k][step]);
            }
            for i in 0..R {
                let a = simd.splat(a_pieces[i][k][step]);
                for j in 0..N {
                    sums[i][j] = simd.mul_add(a, vectors[j], sums[i][j]);
                }
            }
        }
    }
    for k in whole * STEPS..depth {
        for i in 0..R {
            let a = simd.splat(a[i][k]);
            for j in 0..N {
                sums[i][j] = simd.mul_add(a, simd.load(&b[j][k]), sums[i][j]);
            }
        }
    }
    sums
}

/// `Σ_k a[i][k]·b[j][k]` of rows of one length: `2·R·T` vectors and `R + T` more have to fit the registers.
#[inline(always)]
pub fn dots<S: Simd, const R: usize, const T: usize>(simd: S, a: [&[f32]; R], b: [&[f32]; T]) -> [[f32; T]; R] {
    let mut a_vectors: [&[[f32; LANES]]; R] = [&[]; R];
    let mut b_vectors: [&[[f32; LANES]]; T] = [&[]; T];
    let depth = a[0].len() / LANES;
    for (vectors, a) in a_vectors.iter_mut().zip(&a) {
        *vectors = &a.as_chunks().0[..depth];
    }
    for (vectors, b) in b_vectors.iter_mut().zip(&b) {
        *vectors = &b.as_chunks().0[..depth];
    }
    let mut sums = [[simd.splat(0.0); T]; R];
    for k in 0..depth {
        let mut b = [simd.splat(0.0); T];
        for j in 0..T {
            b[j] = simd.load(&b_vectors[j][k]);
        }
        for i in 0..R {
            let a = simd.load(&a_vectors[i][k]);
            for j in 0..T {
                sums[i][j] = simd.mul_add(a, b[j], sums[i][j]);
            }
        }
    }
    let mut out = [[0.0; T]; R];
    for i in 0..R {
        for j in 0..T {
            let rest = a[i][depth * LANES..].iter().zip(&b[j][depth * LANES..]);
            out[i][j] = simd.sum(sums[i][j]) + rest.map(|(a, b)| a * b).sum::<f32>();
        }
    }
    out
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
