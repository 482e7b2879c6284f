//! Q8_0: `[d: f16][32 signed bytes]`, value = q d.

use super::blocks::{Blocks, bytes_at, simple_scales};
use super::description::{Description, packed};
use super::integers::first_bytes;
use super::scalar::each;
use crate::halves::half;
use crate::simd::{LANES, Simd};

/// Q8_0.
pub struct Q8_0;

impl Blocks for Q8_0 {
    type Block = [u8; 34];

    const FORMAT: Description = Description {
        name: "Q8_0",
        ggml: 8,
        turn: 10,
        block_len: 32,
        block_bytes: 34,
        halves: &[0],
        group: 32,
        bits: 8,
        scale_bytes: 2,
        shader: &[packed!("bits8"), packed!("scale")],
        integers: |block, q| q.copy_from_slice(&block[2..34]),
        scales: first_bytes,
        ..Description::PLAIN
    };

    #[inline(always)]
    fn chunk<S: Simd>(simd: S, block: &[u8; 34], k: usize) -> S::Wide {
        simd.widen_signed(bytes_at(simd, block, 2 + 16 * k))
    }

    #[inline(always)]
    fn center<S: Simd>() -> f32 {
        0.0
    }

    #[inline(always)]
    fn scales<S: Simd>(simd: S, blocks: &[[u8; 34]], scales: &mut [[f32; LANES]], offsets: &mut [[f32; LANES]]) {
        simple_scales(simd, blocks, S::SIGNED_UNIT, None, scales, offsets);
    }
}

/// Unpacks blocks one after the other.
#[inline(always)]
pub fn dequantize(bytes: &[u8], out: &mut [f32]) {
    each(bytes, out, values);
}

#[inline(always)]
fn values(block: &[u8; 34], out: &mut [f32; 32]) {
    let d = half(block, 0);
    for j in 0..32 {
        out[j] = f32::from(block[2 + j] as i8) * d;
    }
}
