//! Q5_K: `[d: f16][dmin: f16][12 bytes of scales][32 bytes of fifth bits][128 bytes of nibbles]`, values as in Q4_K; bit g of
//! fifth-bit byte j belongs to value j of group g.

use super::blocks::{Blocks, bytes_at, five_bits, moved, super_scales};
use super::description::{Description, packed};
use super::integers::{super_factors, super_nibbles};
use super::scalar::{each, high, low, put, scales_and_minima, sixteen, with_top};
use crate::halves::half;
use crate::simd::{LANES, Simd};

/// Q5_K.
pub struct Q5K;

impl Blocks for Q5K {
    type Block = [u8; 176];

    const FORMAT: Description = Description {
        name: "Q5_K",
        ggml: 13,
        turn: 6,
        block_len: 256,
        block_bytes: 176,
        halves: &[0, 2],
        group: 32,
        minimum: true,
        bits: 5,
        scale_bytes: 24,
        shader: &[packed!("bits5"), packed!("scale_super")],
        integers: |block, q| {
            super_nibbles(block, 48, q);
            for (c, v) in q.iter_mut().enumerate() {
                *v |= (block[16 + c % 32] >> (c / 32) & 1) << 4;
            }
        },
        scales: super_factors,
        ..Description::PLAIN
    };

    #[inline(always)]
    fn chunk<S: Simd>(simd: S, block: &[u8; 176], k: usize) -> S::Wide {
        let (group, part) = (k / 2, k % 2);
        let packed = bytes_at(simd, block, 48 + 32 * (group / 2) + 16 * part);
        let fifth = bytes_at(simd, block, 16 + 16 * part);
        // To bit 6, where `five_bits` expects it.
        let fifth = moved(simd, fifth, group, 6);
        simd.widen(five_bits(simd, packed, group % 2 == 1, fifth))
    }

    #[inline(always)]
    fn scales<S: Simd>(simd: S, blocks: &[[u8; 176]], scales: &mut [[f32; LANES]], offsets: &mut [[f32; LANES]]) {
        super_scales(simd, blocks, 5, scales, offsets);
    }
}

/// Unpacks blocks one after the other.
#[inline(always)]
pub fn dequantize(bytes: &[u8], out: &mut [f32]) {
    each(bytes, out, values);
}

#[inline(always)]
fn values(block: &[u8; 176], out: &mut [f32; 256]) {
    let (d, d_min) = (half(block, 0), half(block, 2));
    let factors = scales_and_minima(block);
    for group in 0..8 {
        let (scale, minimum) = (d * f32::from(factors[group]), d_min * f32::from(factors[8 + group]));
        for k in [0, 16] {
            let packed = sixteen(block, 48 + 32 * (group / 2) + k);
            let q = if group % 2 == 0 { low(packed) } else { high(packed) };
            let q = with_top(q, sixteen(block, 16 + k), group, 1);
            put(out, 32 * group + k, q, |q| scale * q - minimum);
        }
    }
}
