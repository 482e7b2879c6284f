//! Q4_K: `[d: f16][dmin: f16][12 bytes of scales][128 bytes of nibbles]`, value = d s q − dmin m; each 32 bytes hold two groups
//! of 32 values, low nibbles first.

use super::blocks::{Blocks, bytes_at, four_bits, super_scales};
use super::description::{Description, packed};
use super::integers::{super_factors, super_nibbles};
use super::scalar::{each, high, low, put, scales_and_minima, sixteen};
use crate::halves::half;
use crate::simd::{LANES, Simd};

/// Q4_K.
pub struct Q4K;

impl Blocks for Q4K {
    type Block = [u8; 144];

    const FORMAT: Description = Description {
        name: "Q4_K",
        ggml: 12,
        turn: 0,
        block_len: 256,
        block_bytes: 144,
        halves: &[0, 2],
        group: 32,
        minimum: true,
        bits: 4,
        scale_bytes: 24,
        shader: &[packed!("bits4"), packed!("scale_super")],
        integers: |block, q| super_nibbles(block, 16, q),
        scales: super_factors,
        ..Description::PLAIN
    };

    #[inline(always)]
    fn chunk<S: Simd>(simd: S, block: &[u8; 144], k: usize) -> S::Wide {
        let (group, part) = (k / 2, k % 2);
        simd.widen(four_bits(simd, bytes_at(simd, block, 16 + 32 * (group / 2) + 16 * part), group % 2 == 1))
    }

    #[inline(always)]
    fn scales<S: Simd>(simd: S, blocks: &[[u8; 144]], scales: &mut [[f32; LANES]], offsets: &mut [[f32; LANES]]) {
        super_scales(simd, blocks, 4, scales, offsets);
    }
}

/// Unpacks blocks one after the other.
#[inline(always)]
pub fn dequantize(bytes: &[u8], out: &mut [f32]) {
    each(bytes, out, values);
}

#[inline(always)]
fn values(block: &[u8; 144], out: &mut [f32; 256]) {
    let (d, d_min) = (half(block, 0), half(block, 2));
    let factors = scales_and_minima(block);
    for group in 0..8 {
        let (scale, minimum) = (d * f32::from(factors[group]), d_min * f32::from(factors[8 + group]));
        for k in [0, 16] {
            let packed = sixteen(block, 16 + 32 * (group / 2) + k);
            let q = if group % 2 == 0 { low(packed) } else { high(packed) };
            put(out, 32 * group + k, q, |q| scale * q - minimum);
        }
    }
}
