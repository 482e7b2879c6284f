//! Q5_0: `[d: f16][32 fifth bits][16 bytes of nibbles]`, value = (q − 16) d. The nibbles lie as in Q4_0, bit j belongs to value
//! j.

use super::blocks::{Blocks, bytes_at, five_bits, simple_scales, step};
use super::description::{Description, packed};
use super::integers::{fifth_bits, first_bytes, nibbles};
use super::scalar::{each, high, low, put, sixteen, with_bits};
use crate::halves::half;
use crate::simd::{LANES, Simd};

/// Q5_0.
pub struct Q5_0;

impl Blocks for Q5_0 {
    type Block = [u8; 22];

    const FORMAT: Description = Description {
        name: "Q5_0",
        ggml: 6,
        turn: 8,
        block_len: 32,
        block_bytes: 22,
        halves: &[0],
        group: 32,
        bits: 5,
        zero: 16.0,
        scale_bytes: 2,
        shader: &[packed!("bits5"), packed!("scale")],
        integers: |block, q| {
            nibbles(block, 6, q);
            fifth_bits(block, 2, q);
        },
        scales: first_bytes,
        ..Description::PLAIN
    };

    #[inline(always)]
    fn chunk<S: Simd>(simd: S, block: &[u8; 22], k: usize) -> S::Wide {
        let fifth = simd.flags([block[2 + 2 * k], block[3 + 2 * k]]);
        simd.widen(five_bits(simd, bytes_at(simd, block, 6), k == 1, fifth))
    }

    #[inline(always)]
    fn scales<S: Simd>(simd: S, blocks: &[[u8; 22]], scales: &mut [[f32; LANES]], offsets: &mut [[f32; LANES]]) {
        simple_scales(simd, blocks, step::<S>(5), None, scales, offsets);
    }
}

/// Unpacks blocks one after the other.
#[inline(always)]
pub fn dequantize(bytes: &[u8], out: &mut [f32]) {
    each(bytes, out, values);
}

#[inline(always)]
fn values(block: &[u8; 22], out: &mut [f32; 32]) {
    let (d, packed) = (half(block, 0), sixteen(block, 6));
    put(out, 0, with_bits(low(packed), [block[2], block[3]]), |q| (q - 16.0) * d);
    put(out, 16, with_bits(high(packed), [block[4], block[5]]), |q| (q - 16.0) * d);
}
