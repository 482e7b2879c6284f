//! Irregular numbers to try kernels on.

use crate::formats::Format;

/// Values in (-1, 1) without symmetry.
pub fn wave(n: usize, seed: usize) -> Vec<f32> {
    (0..n).map(|i| ((i * 7 + seed * 13) as f32 * 0.618).sin()).collect()
}

/// A matrix of file blocks with arbitrary bits; scales are small and finite, some subnormal, some negative, some zero.
pub fn blocks(format: Format, rows: usize, cols: usize) -> Vec<u8> {
    let mut data: Vec<u8> =
        (0..format.row_bytes(cols) * rows).map(|i| (i * 181 + i / 7 * 29 + i / 251) as u8).collect();
    match format {
        Format::F32 => return wave(rows * cols, 5).into_iter().flat_map(f32::to_le_bytes).collect(),
        Format::F16 => {
            return wave(rows * cols, 5)
                .into_iter()
                .flat_map(|v| half::f16::from_f32(v * 1e-3).to_le_bytes())
                .collect();
        }
        Format::BF16 => {
            return wave(rows * cols, 5).into_iter().flat_map(|v| half::bf16::from_f32(v).to_le_bytes()).collect();
        }
        _ => {}
    }
    for (i, block) in data.chunks_exact_mut(format.block_bytes()).enumerate() {
        for &at in format.halves() {
            let value = [0.01f32, -0.003, 3e-5, 7e-7, 0.0][(i + at) % 5] * (1.0 + (i % 64) as f32 / 10.0);
            block[at..at + 2].copy_from_slice(&half::f16::from_f32(value).to_le_bytes());
        }
        if let Some(at) = format.exponent() {
            block[at] = [121, 119, 112, 107, 40][i % 5];
        }
    }
    data
}
