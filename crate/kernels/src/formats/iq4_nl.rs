//! IQ4_NL: `[d: f16][16 bytes of nibbles]`, value = d l(q), where nibbles number levels that lie closer around zero. Byte j of
//! the nibbles holds value j (low) and value j + 16 (high).

use super::blocks::{Blocks, bytes_at, levels, simple_scales};
use super::description::{Description, Levels, packed};
use super::integers::{first_bytes, nibbles};
use super::scalar::{each, high, low, put_levels, sixteen};
use crate::halves::half;
use crate::simd::{LANES, Simd};

/// IQ4_NL.
pub struct IQ4NL;

/// The levels of IQ4_NL and IQ4_XS.
pub const LEVELS: Levels = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

impl Blocks for IQ4NL {
    type Block = [u8; 18];

    const FORMAT: Description = Description {
        name: "IQ4_NL",
        ggml: 20,
        turn: 2,
        block_len: 32,
        block_bytes: 18,
        halves: &[0],
        group: 32,
        bits: 4,
        levels: Some(&LEVELS),
        scale_bytes: 2,
        shader: &[packed!("levels"), packed!("scale")],
        integers: |block, q| nibbles(block, 2, q),
        scales: first_bytes,
        ..Description::PLAIN
    };

    #[inline(always)]
    fn chunk<S: Simd>(simd: S, block: &[u8; 18], k: usize) -> S::Wide {
        simd.widen_signed(levels(simd, &LEVELS, bytes_at(simd, block, 2), k == 1))
    }

    #[inline(always)]
    fn center<S: Simd>() -> f32 {
        0.0
    }

    #[inline(always)]
    fn scales<S: Simd>(simd: S, blocks: &[[u8; 18]], scales: &mut [[f32; LANES]], offsets: &mut [[f32; LANES]]) {
        simple_scales(simd, blocks, S::SIGNED_UNIT, None, scales, offsets);
    }
}

/// Unpacks blocks one after the other.
#[inline(always)]
pub fn dequantize(bytes: &[u8], out: &mut [f32]) {
    each(bytes, out, values);
}

#[inline(always)]
fn values(block: &[u8; 18], out: &mut [f32; 32]) {
    let (d, packed) = (half(block, 0), sixteen(block, 2));
    put_levels(out, 0, low(packed), &LEVELS, d);
    put_levels(out, 16, high(packed), &LEVELS, d);
}
