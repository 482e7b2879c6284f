//! The integers and scales of blocks one by one, on their way to the layouts that shaders read.

use super::scalar::scales_and_minima;
use crate::halves::half;

/// Sixteen bytes from `at`: byte j holds columns j and j + 16.
pub fn nibbles(block: &[u8], at: usize, q: &mut [u8]) {
    for (j, byte) in block[at..at + 16].iter().enumerate() {
        (q[j], q[j + 16]) = (byte & 15, byte >> 4);
    }
}

/// Four bytes from `at`: bit j is the fifth bit of column j.
pub fn fifth_bits(block: &[u8], at: usize, q: &mut [u8]) {
    for (j, v) in q.iter_mut().enumerate() {
        *v |= (block[at + j / 8] >> (j % 8) & 1) << 4;
    }
}

/// 128 bytes from `at`: each 32 hold two groups of 32 columns, low nibbles first.
pub fn super_nibbles(block: &[u8], at: usize, q: &mut [u8]) {
    for (c, v) in q.iter_mut().enumerate() {
        let (group, j) = (c / 32, c % 32);
        *v = block[at + 32 * (group / 2) + j] >> (4 * (group % 2)) & 15;
    }
}

/// 64 bytes from `at`: each 32 hold four groups of 32 columns, two bits each, the lowest ones first.
pub fn super_pairs(block: &[u8], at: usize, q: &mut [u8]) {
    for (c, v) in q.iter_mut().enumerate() {
        *v = block[at + 32 * (c / 128) + c % 32] >> (2 * (c / 32 % 4)) & 3;
    }
}

/// The bytes that a block begins with.
pub fn first_bytes(block: &[u8], out: &mut [u8]) {
    out.copy_from_slice(&block[..out.len()]);
}

/// Of a Q4_K or Q5_K super-block: scale and minimum in single precision, then the factors of each group, side by side.
pub fn super_factors(block: &[u8], out: &mut [u8]) {
    out[..4].copy_from_slice(&half(block, 0).to_le_bytes());
    out[4..8].copy_from_slice(&half(block, 2).to_le_bytes());
    let factors = scales_and_minima(block);
    for (out, i) in out[8..].as_chunks_mut().0.iter_mut().zip(0..8) {
        *out = [factors[i], factors[8 + i]];
    }
}
