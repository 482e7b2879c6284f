//! Q6_K: `[128 bytes of low nibbles][64 bytes of top bit pairs][16 signed scales][d: f16]`, value = d s (q − 32); each half of
//! the block (128 values) is four groups of 32 with two scales each.

use super::blocks::{Blocks, bytes_at, floats_at, moved, step, times_signed};
use super::description::{Description, packed};
use super::scalar::{each, high, low, put, sixteen, with_top};
use crate::halves::half;
use crate::simd::{LANES, Simd};

/// Q6_K.
pub struct Q6K;

impl Blocks for Q6K {
    type Block = [u8; 210];

    const FORMAT: Description = Description {
        name: "Q6_K",
        ggml: 14,
        turn: 9,
        block_len: 256,
        block_bytes: 210,
        halves: &[208],
        group: 16,
        bits: 6,
        zero: 32.0,
        scale_bytes: 20,
        shader: &[packed!("bits6"), packed!("scale_signed")],
        integers,
        scales: |block, out| {
            out[..4].copy_from_slice(&half(block, 208).to_le_bytes());
            out[4..].copy_from_slice(&block[192..208]);
        },
        ..Description::PLAIN
    };

    #[inline(always)]
    fn chunk<S: Simd>(simd: S, block: &[u8; 210], k: usize) -> S::Wide {
        let (side, turn, part) = (k / 8, k / 2 % 4, k % 2);
        let packed = bytes_at(simd, block, 64 * side + 32 * (turn % 2) + 16 * part);
        let low = simd.and(if turn < 2 { simd.shl::<1>(packed) } else { simd.shr::<3>(packed) }, 0x1e);
        let top = bytes_at(simd, block, 128 + 32 * side + 16 * part);
        let top = moved(simd, top, 2 * turn, 5);
        simd.widen(simd.or(low, simd.and(top, 0x60)))
    }

    #[inline(always)]
    fn scales<S: Simd>(simd: S, blocks: &[[u8; 210]], scales: &mut [[f32; LANES]], _: &mut [[f32; LANES]]) {
        let inverse = 1.0 / step::<S>(6);
        for (blocks, scales) in blocks.chunks(LANES).zip(scales.chunks_mut(2 * LANES)) {
            let d = floats_at(simd, blocks, 208);
            for (i, (block, scales)) in blocks.iter().zip(scales.as_chunks_mut::<2>().0).enumerate() {
                *scales = times_signed(simd, bytes_at(simd, block, 192), d[i] * inverse);
            }
        }
    }
}

/// Unpacks blocks one after the other.
#[inline(always)]
pub fn dequantize(bytes: &[u8], out: &mut [f32]) {
    each(bytes, out, values);
}

#[inline(always)]
fn values(block: &[u8; 210], out: &mut [f32; 256]) {
    let d = half(block, 208);
    for group in 0..8 {
        let (side, turn) = (group / 4, group % 4);
        for k in [0, 16] {
            let scale = d * f32::from(block[192 + 2 * group + k / 16] as i8);
            let packed = sixteen(block, 64 * side + 32 * (turn % 2) + k);
            let q = if turn < 2 { low(packed) } else { high(packed) };
            let q = with_top(q, sixteen(block, 128 + 32 * side + k), 2 * turn, 2);
            put(out, 32 * group + k, q, |q| scale * (q - 32.0));
        }
    }
}

/// See [`Description::integers`].
fn integers(block: &[u8], q: &mut [u8]) {
    for (c, v) in q.iter_mut().enumerate() {
        let (side, turn, j) = (c / 128, c / 32 % 4, c % 32);
        let low = block[64 * side + 32 * (turn % 2) + j] >> (4 * (turn / 2)) & 15;
        *v = low | (block[128 + 32 * side + j] >> (2 * turn) & 3) << 4;
    }
}
