//! MXFP4: `[e][16 bytes of nibbles]`, value = 2^(e - 128) l(q), where nibbles are floats of a sign, two bits of exponent and one
//! of mantissa, here doubled. Nibbles lie as in Q4_0.

use super::blocks::{Blocks, bytes_at, levels};
use super::description::{Description, Levels, packed};
use super::integers::{first_bytes, nibbles};
use super::scalar::{each, high, low, put_levels, sixteen};
use crate::simd::{LANES, Simd};

/// MXFP4.
pub struct MXFP4;

const LEVELS: Levels = [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12];

impl Blocks for MXFP4 {
    type Block = [u8; 17];

    const FORMAT: Description = Description {
        name: "MXFP4",
        ggml: 39,
        turn: 5,
        block_len: 32,
        block_bytes: 17,
        exponent: Some(0),
        group: 32,
        bits: 4,
        levels: Some(&LEVELS),
        scale_bytes: 1,
        shader: &[packed!("levels"), packed!("scale_power")],
        integers: |block, q| nibbles(block, 1, q),
        scales: first_bytes,
        ..Description::PLAIN
    };

    #[inline(always)]
    fn chunk<S: Simd>(simd: S, block: &[u8; 17], k: usize) -> S::Wide {
        simd.widen_signed(levels(simd, &LEVELS, bytes_at(simd, block, 1), k == 1))
    }

    #[inline(always)]
    fn center<S: Simd>() -> f32 {
        0.0
    }

    #[inline(always)]
    fn scales<S: Simd>(_: S, blocks: &[[u8; 17]], scales: &mut [[f32; LANES]], _: &mut [[f32; LANES]]) {
        for (block, scale) in blocks.iter().zip(scales.as_flattened_mut()) {
            *scale = power(block[0]) * (1.0 / S::SIGNED_UNIT);
        }
    }
}

/// Unpacks blocks one after the other.
#[inline(always)]
pub fn dequantize(bytes: &[u8], out: &mut [f32]) {
    each(bytes, out, values);
}

#[inline(always)]
fn values(block: &[u8; 17], out: &mut [f32; 32]) {
    let (d, packed) = (power(block[0]), sixteen(block, 1));
    put_levels(out, 0, low(packed), &LEVELS, d);
    put_levels(out, 16, high(packed), &LEVELS, d);
}

/// 2^(e - 128): half of what the byte says, since the levels are doubled. The two smallest are subnormal.
#[inline(always)]
fn power(e: u8) -> f32 {
    f32::from_bits(if e < 2 { 0x0020_0000 << e } else { (u32::from(e) - 1) << 23 })
}
