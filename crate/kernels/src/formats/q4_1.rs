//! Q4_1: `[d: f16][m: f16][16 bytes of nibbles]`, value = q d + m. The nibbles lie as in Q4_0.

use super::blocks::{Blocks, bytes_at, four_bits, simple_scales, step};
use super::description::{Description, packed};
use super::integers::{first_bytes, nibbles};
use super::scalar::{each, high, low, put, sixteen};
use crate::halves::half;
use crate::simd::{LANES, Simd};

/// Q4_1.
pub struct Q4_1;

impl Blocks for Q4_1 {
    type Block = [u8; 20];

    const FORMAT: Description = Description {
        name: "Q4_1",
        ggml: 3,
        turn: 3,
        block_len: 32,
        block_bytes: 20,
        halves: &[0, 2],
        group: 32,
        minimum: true,
        bits: 4,
        scale_bytes: 4,
        shader: &[packed!("bits4"), packed!("scale_minimum")],
        integers: |block, q| nibbles(block, 4, q),
        scales: first_bytes,
        ..Description::PLAIN
    };

    #[inline(always)]
    fn chunk<S: Simd>(simd: S, block: &[u8; 20], k: usize) -> S::Wide {
        simd.widen(four_bits(simd, bytes_at(simd, block, 4), k == 1))
    }

    #[inline(always)]
    fn scales<S: Simd>(simd: S, blocks: &[[u8; 20]], scales: &mut [[f32; LANES]], offsets: &mut [[f32; LANES]]) {
        simple_scales(simd, blocks, step::<S>(4), Some(8.0), scales, offsets);
    }
}

/// Unpacks blocks one after the other.
#[inline(always)]
pub fn dequantize(bytes: &[u8], out: &mut [f32]) {
    each(bytes, out, values);
}

#[inline(always)]
fn values(block: &[u8; 20], out: &mut [f32; 32]) {
    let (d, m, packed) = (half(block, 0), half(block, 2), sixteen(block, 4));
    put(out, 0, low(packed), |q| q * d + m);
    put(out, 16, high(packed), |q| q * d + m);
}
