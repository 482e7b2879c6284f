//! Sums of rows, and rows in another order.

/// x + y, where y is as long as x or repeats in it.
pub fn add(x: &[f32], y: &[f32]) -> Vec<f32> {
    let mut sums = Vec::with_capacity(x.len());
    for x in x.chunks_exact(y.len().max(1)) {
        sums.extend(x.iter().zip(y).map(|(x, y)| x + y));
    }
    sums
}

/// x · factor.
pub fn scale(x: &[f32], factor: f32) -> Vec<f32> {
    x.iter().map(|x| x * factor).collect()
}

/// Rows `ids` of x, which has rows of `cols` and each of them.
pub fn take(x: &[f32], ids: &[u32], cols: usize) -> Vec<f32> {
    let mut out = Vec::with_capacity(ids.len() * cols);
    for &id in ids {
        out.extend_from_slice(&x[id as usize * cols..][..cols]);
    }
    out
}
