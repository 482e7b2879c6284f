//! Q1_0: `[d: f16][16 bytes of bits]`, value = d where the bit is set, else −d; bit j of the 128 belongs to value j.

use super::blocks::{Blocks, middle};
use super::description::{Description, packed};
use super::integers::first_bytes;
use super::scalar::each;
use crate::halves::half;
use crate::simd::{LANES, Simd};

/// Q1_0.
pub struct Q1_0;

impl Blocks for Q1_0 {
    type Block = [u8; 18];

    const FORMAT: Description = Description {
        name: "Q1_0",
        ggml: 41,
        turn: 16,
        block_len: 128,
        block_bytes: 18,
        halves: &[0],
        group: 128,
        bits: 1,
        // The shader doubles the bits.
        zero: 1.0,
        scale_bytes: 2,
        shader: &[packed!("bits1"), packed!("scale")],
        integers: |block, q| {
            for (j, v) in q.iter_mut().enumerate() {
                *v = block[2 + j / 8] >> (j % 8) & 1;
            }
        },
        scales: first_bytes,
        ..Description::PLAIN
    };

    #[inline(always)]
    fn chunk<S: Simd>(simd: S, block: &[u8; 18], k: usize) -> S::Wide {
        simd.widen(simd.and(simd.flags([block[2 + 2 * k], block[3 + 2 * k]]), 0x40))
    }

    /// Halfway between the two.
    #[inline(always)]
    fn center<S: Simd>() -> f32 {
        (S::ZERO + middle::<S>()) / 2.0
    }

    #[inline(always)]
    fn scales<S: Simd>(_: S, blocks: &[[u8; 18]], scales: &mut [[f32; LANES]], _: &mut [[f32; LANES]]) {
        let inverse = 1.0 / (middle::<S>() - Self::center::<S>());
        let (groups, _) = scales.as_flattened_mut().as_chunks_mut::<4>();
        for (block, groups) in blocks.iter().zip(groups) {
            *groups = [half(block, 0) * inverse; 4];
        }
    }
}

/// Unpacks blocks one after the other.
#[inline(always)]
pub fn dequantize(bytes: &[u8], out: &mut [f32]) {
    each(bytes, out, values);
}

#[inline(always)]
fn values(block: &[u8; 18], out: &mut [f32; 128]) {
    let d = half(block, 0);
    for j in 0..128 {
        out[j] = if block[2 + j / 8] >> (j % 8) & 1 == 1 { d } else { -d };
    }
}
