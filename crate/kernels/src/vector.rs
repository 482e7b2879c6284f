//! Sums over vectors in plain loops that become vector code.

/// Independent partial sums; a multiple of every vector width in use.
const LANES: usize = 8;

/// Σ a·b.
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    let (a_whole, a_rest) = a.as_chunks::<LANES>();
    let (b_whole, b_rest) = b.as_chunks::<LANES>();
    let mut sums = [0.0f32; LANES];
    for (a, b) in a_whole.iter().zip(b_whole) {
        for i in 0..LANES {
            sums[i] += a[i] * b[i];
        }
    }
    sums.iter().sum::<f32>() + a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum::<f32>()
}

/// `out += factor·x`.
pub fn add_scaled(out: &mut [f32], factor: f32, x: &[f32]) {
    for (out, x) in out.iter_mut().zip(x) {
        *out += factor * x;
    }
}

/// `out += factors·x`, element by element.
pub fn add_scaled_each(out: &mut [f32], factors: &[f32], x: &[f32]) {
    for (out, (factor, x)) in out.iter_mut().zip(factors.iter().zip(x)) {
        *out += factor * x;
    }
}

/// The same where an instruction set is at hand.
pub mod by {
    use crate::simd::Simd;

    /// `Σ_i a[i]·b[i]`.
    #[inline(always)]
    pub fn dot<S: Simd>(simd: S, a: &[f32], b: &[f32]) -> f32 {
        let ((a, a_rest), (b, b_rest)) = (a.as_chunks(), b.as_chunks());
        let ((a2, a1), (b2, b1)) = (a.as_chunks::<2>(), b.as_chunks::<2>());
        let mut sums = [simd.splat(0.0); 2];
        for (a, b) in a2.iter().zip(b2) {
            sums[0] = simd.mul_add(simd.load(&a[0]), simd.load(&b[0]), sums[0]);
            sums[1] = simd.mul_add(simd.load(&a[1]), simd.load(&b[1]), sums[1]);
        }
        for (a, b) in a1.iter().zip(b1) {
            sums[0] = simd.mul_add(simd.load(a), simd.load(b), sums[0]);
        }
        let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
        simd.sum(simd.add(sums[0], sums[1])) + rest
    }

    /// Σ a.
    #[inline(always)]
    pub fn sum<S: Simd>(simd: S, a: &[f32]) -> f32 {
        let (whole, rest) = a.as_chunks();
        let mut sums = simd.splat(0.0);
        for a in whole {
            sums = simd.add(sums, simd.load(a));
        }
        simd.sum(sums) + rest.iter().sum::<f32>()
    }

    /// `out += factor·x`.
    #[inline(always)]
    pub fn add_scaled<S: Simd>(simd: S, out: &mut [f32], factor: f32, x: &[f32]) {
        let ((out, out_rest), (x, x_rest)) = (out.as_chunks_mut(), x.as_chunks());
        for (out, x) in out.iter_mut().zip(x) {
            simd.store(simd.mul_add(simd.splat(factor), simd.load(x), simd.load(out)), out);
        }
        for (out, x) in out_rest.iter_mut().zip(x_rest) {
            *out += factor * x;
        }
    }
}
