//! Q4_0: `[d: f16][16 bytes of nibbles]`, value = (q − 8) d. Byte j of the nibbles holds value j (low) and value j + 16 (high).

use super::blocks::{Blocks, bytes_at, four_bits, simple_scales, step};
use super::description::{Description, packed};
use super::integers::{first_bytes, nibbles};
use super::scalar::{each, high, low, put, sixteen};
use crate::halves::half;
use crate::simd::{LANES, Simd};

/// Q4_0.
pub struct Q4_0;

impl Blocks for Q4_0 {
    type Block = [u8; 18];

    const FORMAT: Description = Description {
        name: "Q4_0",
        ggml: 2,
        turn: 4,
        block_len: 32,
        block_bytes: 18,
        halves: &[0],
        group: 32,
        bits: 4,
        zero: 8.0,
        scale_bytes: 2,
        shader: &[packed!("bits4"), packed!("scale")],
        integers: |block, q| nibbles(block, 2, q),
        scales: first_bytes,
        ..Description::PLAIN
    };

    #[inline(always)]
    fn chunk<S: Simd>(simd: S, block: &[u8; 18], k: usize) -> S::Wide {
        simd.widen(four_bits(simd, bytes_at(simd, block, 2), k == 1))
    }

    #[inline(always)]
    fn scales<S: Simd>(simd: S, blocks: &[[u8; 18]], scales: &mut [[f32; LANES]], offsets: &mut [[f32; LANES]]) {
        simple_scales(simd, blocks, step::<S>(4), None, scales, offsets);
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
    put(out, 0, low(packed), |q| (q - 8.0) * d);
    put(out, 16, high(packed), |q| (q - 8.0) * d);
}
