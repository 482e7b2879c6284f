//! Q3_K: `[32 bytes of top bits][64 bytes of low bit pairs][12 bytes of scales][d: f16]`, value = d (s - 32) (q - 4). Pairs and
//! scales belong to values as in Q2_K; bit g of top-bit byte j belongs to value j of group g.

use super::blocks::{Blocks, bytes_at, floats_at, moved, step, times_signed};
use super::description::{Description, packed};
use super::integers::super_pairs;
use super::scalar::{each, put, sixteen, two_bits};
use crate::halves::half;
use crate::simd::{LANES, Simd};

/// Q3_K.
pub struct Q3K;

impl Blocks for Q3K {
    type Block = [u8; 110];

    const FORMAT: Description = Description {
        name: "Q3_K",
        ggml: 11,
        turn: 14,
        block_len: 256,
        block_bytes: 110,
        halves: &[108],
        group: 16,
        bits: 3,
        zero: 4.0,
        scale_bytes: 20,
        shader: &[packed!("bits3"), packed!("scale_signed")],
        integers: |block, q| {
            super_pairs(block, 32, q);
            for (c, v) in q.iter_mut().enumerate() {
                *v |= (block[c % 32] >> (c / 32) & 1) << 2;
            }
        },
        scales: |block, out| {
            out[..4].copy_from_slice(&half(block, 108).to_le_bytes());
            for (out, scale) in out[4..].iter_mut().zip(factors(block)) {
                *out = scale as u8;
            }
        },
        ..Description::PLAIN
    };

    #[inline(always)]
    fn chunk<S: Simd>(simd: S, block: &[u8; 110], k: usize) -> S::Wide {
        let (side, turn, part) = (k / 8, k / 2 % 4, k % 2);
        let pairs = bytes_at(simd, block, 32 + 32 * side + 16 * part);
        let pairs = simd.and(moved(simd, pairs, 2 * turn, 4), 0x30);
        let top = moved(simd, bytes_at(simd, block, 16 * part), k / 2, 6);
        simd.widen(simd.or(pairs, simd.and(top, 0x40)))
    }

    #[inline(always)]
    fn scales<S: Simd>(simd: S, blocks: &[[u8; 110]], scales: &mut [[f32; LANES]], _: &mut [[f32; LANES]]) {
        let inverse = 1.0 / step::<S>(3);
        for (blocks, scales) in blocks.chunks(LANES).zip(scales.chunks_mut(2 * LANES)) {
            let d = floats_at(simd, blocks, 108);
            for (i, (block, scales)) in blocks.iter().zip(scales.as_chunks_mut::<2>().0).enumerate() {
                *scales = times_signed(simd, simd.bytes(&factors(block).map(|s| s as u8)), d[i] * inverse);
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
fn values(block: &[u8; 110], out: &mut [f32; 256]) {
    let (d, factors) = (half(block, 108), factors(block));
    for k in 0..16 {
        let (side, turn, part) = (k / 8, k / 2 % 4, k % 2);
        let scale = d * f32::from(factors[k]);
        let (mut q, top) = (two_bits(sixteen(block, 32 + 32 * side + 16 * part), 2 * turn), sixteen(block, 16 * part));
        for j in 0..16 {
            q[j] |= (top[j] >> (k / 2) & 1) << 2;
        }
        put(out, 16 * k, q, |q| scale * (q - 4.0));
    }
}

/// The factor of each sixteen values, from 6 bits: the low four of the first and the last eight share bytes, the top pairs of
/// every fourth share one of the four bytes behind them.
#[inline(always)]
fn factors(block: &[u8]) -> [i8; 16] {
    let s = &block[96..108];
    let mut factors = [0; 16];
    for i in 0..16 {
        let low = s[i % 8] >> (4 * (i / 8)) & 15;
        factors[i] = (low | (s[8 + i % 4] >> (2 * (i / 4)) & 3) << 4) as i8 - 32;
    }
    factors
}
