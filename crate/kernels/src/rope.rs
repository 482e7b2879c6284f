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

/// Keys and values of the positions before (`[past, width]`), then the new ones (`[tokens, width]`) with their keys
/// rotated as in [`rope`].
pub fn append(past: (&[f32], &[f32]), k: &[f32], v: &[f32], table: &[f32], sizes: [usize; 2]) -> (Vec<f32>, Vec<f32>) {
    ([past.0, &rope(k, table, sizes, 1.0)].concat(), [past.1, v].concat())
}
