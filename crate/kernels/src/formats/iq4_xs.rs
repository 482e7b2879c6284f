//! IQ4_XS: `[d: f16][2 bytes of top scale bits][4 bytes of low scale nibbles][128 bytes of nibbles]`, value = d (s - 32) l(q)
//! with the levels of IQ4_NL; each 16 bytes are a group of 32 values, the low nibbles its first half.

use super::blocks::{Blocks, bytes_at, levels};
use super::description::{Description, packed};
use super::integers::nibbles;
use super::iq4_nl::LEVELS;
use super::scalar::{each, high, low, put_levels, sixteen};
use crate::halves::half;
use crate::simd::{LANES, Simd};

/// IQ4_XS.
pub struct IQ4XS;

impl Blocks for IQ4XS {
    type Block = [u8; 136];

    const FORMAT: Description = Description {
        name: "IQ4_XS",
        ggml: 23,
        turn: 1,
        block_len: 256,
        block_bytes: 136,
        halves: &[0],
        group: 32,
        bits: 4,
        levels: Some(&LEVELS),
        scale_bytes: 12,
        shader: &[packed!("levels"), packed!("scale_signed")],
        integers: |block, q| {
            for (group, q) in q.chunks_exact_mut(32).enumerate() {
                nibbles(block, 8 + 16 * group, q);
            }
        },
        scales: |block, out| {
            out[..4].copy_from_slice(&half(block, 0).to_le_bytes());
            for (out, scale) in out[4..].iter_mut().zip(factors(block)) {
                *out = scale as u8;
            }
        },
        ..Description::PLAIN
    };

    #[inline(always)]
    fn chunk<S: Simd>(simd: S, block: &[u8; 136], k: usize) -> S::Wide {
        simd.widen_signed(levels(simd, &LEVELS, bytes_at(simd, block, 8 + 16 * (k / 2)), k % 2 == 1))
    }

    #[inline(always)]
    fn center<S: Simd>() -> f32 {
        0.0
    }

    #[inline(always)]
    fn scales<S: Simd>(_: S, blocks: &[[u8; 136]], scales: &mut [[f32; LANES]], _: &mut [[f32; LANES]]) {
        for (block, scales) in blocks.iter().zip(scales) {
            let (d, factors) = (half(block, 0) * (1.0 / S::SIGNED_UNIT), factors(block));
            for i in 0..LANES {
                scales[i] = d * f32::from(factors[i]);
            }
        }
    }
}

/// Unpacks blocks one after the other.
#[inline(always)]
pub fn dequantize(bytes: &[u8], out: &mut [f32]) {
    each(bytes, out, values);
}

#[inline(always)]
fn values(block: &[u8; 136], out: &mut [f32; 256]) {
    let (d, factors) = (half(block, 0), factors(block));
    for group in 0..8 {
        let (scale, packed) = (d * f32::from(factors[group]), sixteen(block, 8 + 16 * group));
        put_levels(out, 32 * group, low(packed), &LEVELS, scale);
        put_levels(out, 32 * group + 16, high(packed), &LEVELS, scale);
    }
}

/// The factor of each group, from 6 bits: the low four two to a byte, the top pairs in one word.
#[inline(always)]
fn factors(block: &[u8]) -> [i8; 8] {
    let top = u16::from_le_bytes([block[2], block[3]]);
    let mut factors = [0; 8];
    for i in 0..8 {
        let low = block[4 + i / 2] >> (4 * (i % 2)) & 15;
        factors[i] = (low | ((top >> (2 * i) & 3) as u8) << 4) as i8 - 32;
    }
    factors
}
