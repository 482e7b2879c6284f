//! Distances of one vector from others.

use super::simd::{Simd, Task, dispatch};
use super::threads;

/// `out[r] = Σ_c (rows[r, c] − own[c])²` for own `[cols]`, rows `[rows, cols]`.
pub fn squared_distances(own: &[f32], rows: &[f32]) -> Vec<f32> {
    let cols = own.len().max(1);
    let mut distances = vec![0.0; rows.len() / cols];
    threads::by_rows(&mut distances, 1, rows.len(), |which, distances| {
        distances.copy_from_slice(&dispatch(Distances { own, rows: &rows[which.start * cols..which.end * cols] }));
    });
    distances
}

/// `out[r] = Σ_c (rows[r, c] − own[c])²`; own `[cols]`, rows `[rows, cols]`.
pub(crate) struct Distances<'a> {
    pub own: &'a [f32],
    pub rows: &'a [f32],
}

impl Task for Distances<'_> {
    type Output = Vec<f32>;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Vec<f32> {
        let cols = self.own.len().max(1);
        let (own, own_rest) = self.own.as_chunks();
        let mut distances = Vec::with_capacity(self.rows.len() / cols);
        for row in self.rows.chunks_exact(cols) {
            let (parts, rest) = row.as_chunks();
            let mut sum = simd.splat(0.0);
            for (part, own) in parts.iter().zip(own) {
                let difference = simd.mul_add(simd.splat(-1.0), simd.load(own), simd.load(part));
                sum = simd.mul_add(difference, difference, sum);
            }
            let mut total = simd.sum(sum);
            for (a, b) in rest.iter().zip(own_rest) {
                total += (a - b) * (a - b);
            }
            distances.push(total);
        }
        distances
    }
}
