//! Rotary embedding, and keys and values one after the other.

/// Rotates columns c and c + half of every head, and leaves those from 2 · half on: x `[tokens, heads · head]`, table
/// `[tokens, 2 · half]` with the cosines first; sign −1 rotates back.
pub fn rope(x: &[f32], table: &[f32], [half, head]: [usize; 2], sign: f32) -> Vec<f32> {
    let mut y = x.to_vec();
    let width = x.len() / (table.len() / (2 * half));
    for ((x, y), table) in x.chunks_exact(width).zip(y.chunks_exact_mut(width)).zip(table.chunks_exact(2 * half)) {
        let (cos, sin) = table.split_at(half);
        for (x, y) in x.chunks_exact(head).zip(y.chunks_exact_mut(head)) {
            let (a, b) = x[..2 * half].split_at(half);
            let (ya, yb) = y[..2 * half].split_at_mut(half);
            for c in 0..half {
                ya[c] = a[c] * cos[c] - b[c] * sin[c] * sign;
                yb[c] = b[c] * cos[c] + a[c] * sin[c] * sign;
            }
        }
    }
    y
}

/// Rows behind those of a matrix, and behind all of them place for `spare` more numbers: zeros.
pub fn append(past: &[f32], rows: &[f32], spare: usize) -> Vec<f32> {
    let mut all = Vec::with_capacity(past.len() + rows.len() + spare);
    all.extend_from_slice(past);
    all.extend_from_slice(rows);
    all.resize(past.len() + rows.len() + spare, 0.0);
    all
}
