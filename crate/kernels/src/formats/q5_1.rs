//! Q5_1: `[d: f16][m: f16][32 fifth bits][16 bytes of nibbles]`, value = q d + m. Nibbles and bits lie as in Q5_0.

use super::blocks::{Blocks, bytes_at, five_bits, simple_scales, step};
use super::description::{Description, packed};
use super::integers::{fifth_bits, first_bytes, nibbles};
use super::scalar::{each, high, low, put, sixteen, with_bits};
use crate::halves::half;
use crate::simd::{LANES, Simd};

/// Q5_1.
pub struct Q5_1;

impl Blocks for Q5_1 {
    type Block = [u8; 24];

    const FORMAT: Description = Description {
        name: "Q5_1",
        ggml: 7,
        turn: 7,
        block_len: 32,
        block_bytes: 24,
        halves: &[0, 2],
        group: 32,
        minimum: true,
        bits: 5,
        scale_bytes: 4,
        shader: &[packed!("bits5"), packed!("scale_minimum")],
        integers: |block, q| {
            nibbles(block, 8, q);
            fifth_bits(block, 4, q);
        },
        scales: first_bytes,
        ..Description::PLAIN
    };

    #[inline(always)]
    fn chunk<S: Simd>(simd: S, block: &[u8; 24], k: usize) -> S::Wide {
        let fifth = simd.flags([block[4 + 2 * k], block[5 + 2 * k]]);
        simd.widen(five_bits(simd, bytes_at(simd, block, 8), k == 1, fifth))
    }

    #[inline(always)]
    fn scales<S: Simd>(simd: S, blocks: &[[u8; 24]], scales: &mut [[f32; LANES]], offsets: &mut [[f32; LANES]]) {
        simple_scales(simd, blocks, step::<S>(5), Some(16.0), scales, offsets);
    }
}

/// Unpacks blocks one after the other.
#[inline(always)]
pub fn dequantize(bytes: &[u8], out: &mut [f32]) {
    each(bytes, out, values);
}

#[inline(always)]
fn values(block: &[u8; 24], out: &mut [f32; 32]) {
    let (d, m, packed) = (half(block, 0), half(block, 2), sixteen(block, 8));
    put(out, 0, with_bits(low(packed), [block[4], block[5]]), |q| q * d + m);
    put(out, 16, with_bits(high(packed), [block[6], block[7]]), |q| q * d + m);
}
