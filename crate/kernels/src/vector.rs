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
