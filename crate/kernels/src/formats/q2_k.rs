//! Q2_K: `[16 bytes of scale and minimum nibbles][64 bytes of bit pairs][d: f16][dmin: f16]`, value = d s q − dmin m; each 32
//! bytes of pairs hold four groups of 32 values, the lowest pairs first, and each half of a group has its own s and m.

use super::blocks::{Blocks, bytes_at, moved, step};
use super::description::{Description, packed};
use super::integers::super_pairs;
use super::scalar::{each, put, sixteen, two_bits};
use crate::halves::half;
use crate::simd::{LANES, Simd};

/// Q2_K.
pub struct Q2K;

impl Blocks for Q2K {
    type Block = [u8; 84];

    const FORMAT: Description = Description {
        name: "Q2_K",
        ggml: 10,
        turn: 15,
        block_len: 256,
        block_bytes: 84,
        halves: &[80, 82],
        group: 16,
        minimum: true,
        bits: 2,
        scale_bytes: 24,
        shader: &[packed!("bits2"), packed!("scale_nibbles")],
        integers: |block, q| super_pairs(block, 16, q),
        scales: |block, out| {
            out[..4].copy_from_slice(&half(block, 80).to_le_bytes());
            out[4..8].copy_from_slice(&half(block, 82).to_le_bytes());
            out[8..].copy_from_slice(&block[..16]);
        },
        ..Description::PLAIN
    };

    #[inline(always)]
    fn chunk<S: Simd>(simd: S, block: &[u8; 84], k: usize) -> S::Wide {
        let (side, turn, part) = (k / 8, k / 2 % 4, k % 2);
        let pairs = bytes_at(simd, block, 16 + 32 * side + 16 * part);
        simd.widen(simd.and(moved(simd, pairs, 2 * turn, 5), 0x60))
    }

    #[inline(always)]
    fn scales<S: Simd>(_: S, blocks: &[[u8; 84]], scales: &mut [[f32; LANES]], offsets: &mut [[f32; LANES]]) {
        let inverse = 1.0 / step::<S>(2);
        let (scales, offsets) = (scales.as_flattened_mut(), offsets.as_flattened_mut());
        let groups = scales.as_chunks_mut::<16>().0.iter_mut().zip(offsets.as_chunks_mut::<16>().0);
        for (block, (scales, offsets)) in blocks.iter().zip(groups) {
            let (d, d_min) = (half(block, 80), half(block, 82));
            for i in 0..16 {
                let scale = d * f32::from(block[i] & 15);
                scales[i] = scale * inverse;
                // The middle of the integers is 2.
                offsets[i] = 2.0 * scale - d_min * f32::from(block[i] >> 4);
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
fn values(block: &[u8; 84], out: &mut [f32; 256]) {
    let (d, d_min) = (half(block, 80), half(block, 82));
    for k in 0..16 {
        let (side, turn, part) = (k / 8, k / 2 % 4, k % 2);
        let (scale, minimum) = (d * f32::from(block[k] & 15), d_min * f32::from(block[k] >> 4));
        let packed = sixteen(block, 16 + 32 * side + 16 * part);
        put(out, 16 * k, two_bits(packed, 2 * turn), |q| scale * q - minimum);
    }
}
