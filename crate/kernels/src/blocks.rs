//! Packed blocks as vectors of floats.
//!
//! A weight is `scale·(f - center) + offset`: `f` comes from sixteen bytes in a few instructions and depends on the
//! instruction set, `scale` and `offset` are shared by a group of 16 or 32 weights and unpacked once per row.

use super::simd::{LANES, Simd};
use crate::dequantize::{half_to_f32, scales_and_minima};

/// Weights that are unpacked together.
pub const CHUNK: usize = 16;

/// A block format.
pub trait Blocks {
    /// `[u8; bytes per block]`.
    type Block: 'static;
    /// Weights per block.
    const LEN: usize;
    /// Weights that share a scale and an offset: 16 or 32.
    const GROUP: usize;
    /// Whether offsets can differ from zero.
    const OFFSETS: bool;

    /// The blocks of a row.
    fn blocks(bytes: &[u8]) -> &[Self::Block];
    /// `f` of the sixteen weights from `16 k`.
    fn chunk<S: Simd>(simd: S, block: &Self::Block, k: usize) -> [S::Floats; 2];
    /// The `f` of a weight that equals its offset.
    fn center<S: Simd>() -> f32;
    /// Scales and offsets of every group of these blocks, in whole vectors; offsets only where there are any.
    fn scales<S: Simd>(simd: S, blocks: &[Self::Block], scales: &mut [[f32; LANES]], offsets: &mut [[f32; LANES]]);
}

/// Sixteen bytes from `at`.
#[inline(always)]
fn sixteen<S: Simd>(simd: S, block: &[u8], at: usize) -> S::Bytes {
    // Every caller's range lies within its block, so that nothing is left of the check.
    simd.bytes(block[at..].first_chunk().unwrap_or(&[0; 16]))
}

/// The half-precision number at byte `at`.
#[inline(always)]
fn half(block: &[u8], at: usize) -> f32 {
    half_to_f32(u16::from_le_bytes([block[at], block[at + 1]]))
}

/// The float of an unsigned integer of `bits` bits in the upper bits of 7, at half of its range.
#[inline(always)]
fn middle<S: Simd>() -> f32 {
    S::ZERO + 64.0 * S::UNIT
}

/// What one step of such an integer adds to the float.
#[inline(always)]
fn step<S: Simd>(bits: u32) -> f32 {
    (1 << (7 - bits)) as f32 * S::UNIT
}

/// Low (even `k`) or high nibbles in the upper four bits of 7.
#[inline(always)]
fn nibbles<S: Simd>(simd: S, packed: S::Bytes, high: bool) -> S::Bytes {
    let shifted = if high { simd.shr::<1>(packed) } else { simd.shl::<3>(packed) };
    simd.and(shifted, 0x78)
}

/// Low or high nibbles in the lower four of the upper five bits of 7, the byte's top bit from `fifth` (all ones or 0).
#[inline(always)]
fn five_bits<S: Simd>(simd: S, packed: S::Bytes, high: bool, fifth: S::Bytes) -> S::Bytes {
    let shifted = if high { simd.shr::<2>(packed) } else { simd.shl::<2>(packed) };
    simd.or(simd.and(shifted, 0x3c), simd.and(fifth, 0x40))
}

/// Scales `d / step` and offsets `m + middle·d` of blocks that begin with d and, where there is a `middle`, m in half
/// precision. Eight at a time; the last eight may contain zeros.
#[inline(always)]
fn simple_scales<S: Simd, const B: usize>(
    simd: S,
    blocks: &[[u8; B]],
    step: f32,
    middle: Option<f32>,
    scales: &mut [[f32; LANES]],
    offsets: &mut [[f32; LANES]],
) {
    let (whole, rest) = blocks.as_chunks();
    let mut last = [[0; B]; LANES];
    last[..rest.len()].copy_from_slice(rest);
    let all = whole.iter().chain((!rest.is_empty()).then_some(&last));
    let zero = simd.splat(0.0);
    for ((blocks, scales), offsets) in all.zip(scales).zip(offsets) {
        let d = simd.halves(halves_at(blocks, 0));
        simd.store(simd.mul_add(d, simd.splat(1.0 / step), zero), scales);
        if let Some(middle) = middle {
            simd.store(simd.mul_add(d, simd.splat(middle), simd.halves(halves_at(blocks, 2))), offsets);
        }
    }
}

/// The two bytes from `at` of each block.
#[inline(always)]
fn halves_at<const B: usize>(blocks: &[[u8; B]; LANES], at: usize) -> [u16; LANES] {
    let mut halves = [0; LANES];
    for i in 0..LANES {
        halves[i] = u16::from_le_bytes([blocks[i][at], blocks[i][at + 1]]);
    }
    halves
}

/// A format of 32 weights a block with unsigned integers.
macro_rules! simple_format {
    ($name:ident, $doc:literal, $bytes:literal, $bits:literal, $minimum:expr, $chunk:expr) => {
        #[doc = $doc]
        pub struct $name;

        impl Blocks for $name {
            type Block = [u8; $bytes];
            const LEN: usize = 32;
            const GROUP: usize = 32;
            const OFFSETS: bool = $minimum.is_some();

            #[inline(always)]
            fn blocks(bytes: &[u8]) -> &[[u8; $bytes]] {
                bytes.as_chunks().0
            }
            #[inline(always)]
            fn chunk<S: Simd>(simd: S, block: &[u8; $bytes], k: usize) -> [S::Floats; 2] {
                simd.widen($chunk(simd, block, k))
            }
            #[inline(always)]
            fn center<S: Simd>() -> f32 {
                middle::<S>()
            }
            #[inline(always)]
            fn scales<S: Simd>(
                simd: S,
                blocks: &[[u8; $bytes]],
                scales: &mut [[f32; LANES]],
                offsets: &mut [[f32; LANES]],
            ) {
                simple_scales(simd, blocks, step::<S>($bits), $minimum, scales, offsets);
            }
        }
    };
}

simple_format!(Q4_0, "(q - 8) d.", 18, 4, None::<f32>, |simd: S, block, k| {
    nibbles(simd, sixteen(simd, block, 2), k == 1)
});
simple_format!(Q4_1, "q d + m.", 20, 4, Some(8.0), |simd: S, block, k| nibbles(simd, sixteen(simd, block, 4), k == 1));
simple_format!(Q5_0, "(q - 16) d.", 22, 5, None::<f32>, |simd: S, block: &[u8; 22], k: usize| {
    let fifth = simd.flags([block[2 + 2 * k], block[3 + 2 * k]]);
    five_bits(simd, sixteen(simd, block, 6), k == 1, fifth)
});
simple_format!(Q5_1, "q d + m.", 24, 5, Some(16.0), |simd: S, block: &[u8; 24], k: usize| {
    let fifth = simd.flags([block[4 + 2 * k], block[5 + 2 * k]]);
    five_bits(simd, sixteen(simd, block, 8), k == 1, fifth)
});

/// q d, q signed.
pub struct Q8_0;

impl Blocks for Q8_0 {
    type Block = [u8; 34];
    const LEN: usize = 32;
    const GROUP: usize = 32;
    const OFFSETS: bool = false;

    #[inline(always)]
    fn blocks(bytes: &[u8]) -> &[[u8; 34]] {
        bytes.as_chunks().0
    }
    #[inline(always)]
    fn chunk<S: Simd>(simd: S, block: &[u8; 34], k: usize) -> [S::Floats; 2] {
        simd.widen_signed(sixteen(simd, block, 2 + 16 * k))
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

/// Scales and offsets of the eight groups of each Q4_K or Q5_K super-block: q d s - dmin m.
#[inline(always)]
fn super_scales<S: Simd, const B: usize>(
    blocks: &[[u8; B]],
    bits: u32,
    scales: &mut [[f32; LANES]],
    offsets: &mut [[f32; LANES]],
) {
    let inverse = 1.0 / step::<S>(bits);
    let middle = (1 << (bits - 1)) as f32;
    for ((block, scales), offsets) in blocks.iter().zip(scales).zip(offsets) {
        let (d, d_min) = (half(block, 0), half(block, 2));
        let (s, m) = scales_and_minima(block);
        for i in 0..LANES {
            let scale = d * f32::from(s[i]);
            scales[i] = scale * inverse;
            offsets[i] = middle * scale - d_min * f32::from(m[i]);
        }
    }
}

/// q d s - dmin m; each 32 bytes hold two groups of 32 weights.
pub struct Q4K;

impl Blocks for Q4K {
    type Block = [u8; 144];
    const LEN: usize = 256;
    const GROUP: usize = 32;
    const OFFSETS: bool = true;

    #[inline(always)]
    fn blocks(bytes: &[u8]) -> &[[u8; 144]] {
        bytes.as_chunks().0
    }
    #[inline(always)]
    fn chunk<S: Simd>(simd: S, block: &[u8; 144], k: usize) -> [S::Floats; 2] {
        let (group, part) = (k / 2, k % 2);
        simd.widen(nibbles(simd, sixteen(simd, block, 16 + 32 * (group / 2) + 16 * part), group % 2 == 1))
    }
    #[inline(always)]
    fn center<S: Simd>() -> f32 {
        middle::<S>()
    }
    #[inline(always)]
    fn scales<S: Simd>(_: S, blocks: &[[u8; 144]], scales: &mut [[f32; LANES]], offsets: &mut [[f32; LANES]]) {
        super_scales::<S, 144>(blocks, 4, scales, offsets);
    }
}

/// As Q4_K, with bit g of fifth-bit byte j for weight j of group g.
pub struct Q5K;

impl Blocks for Q5K {
    type Block = [u8; 176];
    const LEN: usize = 256;
    const GROUP: usize = 32;
    const OFFSETS: bool = true;

    #[inline(always)]
    fn blocks(bytes: &[u8]) -> &[[u8; 176]] {
        bytes.as_chunks().0
    }
    #[inline(always)]
    fn chunk<S: Simd>(simd: S, block: &[u8; 176], k: usize) -> [S::Floats; 2] {
        let (group, part) = (k / 2, k % 2);
        let packed = sixteen(simd, block, 48 + 32 * (group / 2) + 16 * part);
        let fifth = sixteen(simd, block, 16 + 16 * part);
        // Bit `group` to bit 6, where `five_bits` expects it.
        let fifth = match group {
            0 => simd.shl::<6>(fifth),
            1 => simd.shl::<5>(fifth),
            2 => simd.shl::<4>(fifth),
            3 => simd.shl::<3>(fifth),
            4 => simd.shl::<2>(fifth),
            5 => simd.shl::<1>(fifth),
            6 => fifth,
            _ => simd.shr::<1>(fifth),
        };
        simd.widen(five_bits(simd, packed, group % 2 == 1, fifth))
    }
    #[inline(always)]
    fn center<S: Simd>() -> f32 {
        middle::<S>()
    }
    #[inline(always)]
    fn scales<S: Simd>(_: S, blocks: &[[u8; 176]], scales: &mut [[f32; LANES]], offsets: &mut [[f32; LANES]]) {
        super_scales::<S, 176>(blocks, 5, scales, offsets);
    }
}

/// (q - 32) d s with a scale per 16 weights; each half of the block is four groups of 32.
pub struct Q6K;

impl Blocks for Q6K {
    type Block = [u8; 210];
    const LEN: usize = 256;
    const GROUP: usize = 16;
    const OFFSETS: bool = false;

    #[inline(always)]
    fn blocks(bytes: &[u8]) -> &[[u8; 210]] {
        bytes.as_chunks().0
    }
    #[inline(always)]
    fn chunk<S: Simd>(simd: S, block: &[u8; 210], k: usize) -> [S::Floats; 2] {
        let (side, turn, part) = (k / 8, k / 2 % 4, k % 2);
        let packed = sixteen(simd, block, 64 * side + 32 * (turn % 2) + 16 * part);
        let low = simd.and(if turn < 2 { simd.shl::<1>(packed) } else { simd.shr::<3>(packed) }, 0x1e);
        let top = sixteen(simd, block, 128 + 32 * side + 16 * part);
        let top = match turn {
            0 => simd.shl::<5>(top),
            1 => simd.shl::<3>(top),
            2 => simd.shl::<1>(top),
            _ => simd.shr::<1>(top),
        };
        simd.widen(simd.or(low, simd.and(top, 0x60)))
    }
    #[inline(always)]
    fn center<S: Simd>() -> f32 {
        middle::<S>()
    }
    #[inline(always)]
    fn scales<S: Simd>(_: S, blocks: &[[u8; 210]], scales: &mut [[f32; LANES]], _: &mut [[f32; LANES]]) {
        let inverse = 1.0 / step::<S>(6);
        for (block, scales) in blocks.iter().zip(scales.as_chunks_mut::<2>().0) {
            let d = half(block, 208) * inverse;
            for i in 0..LANES {
                scales[0][i] = d * f32::from(block[192 + i] as i8);
                scales[1][i] = d * f32::from(block[200 + i] as i8);
            }
        }
    }
}

/// Evaluates an expression with the type of a block format, or another one for floats.
macro_rules! with_blocks {
    ($format:expr, $blocks:ident => $packed:expr, _ => $floats:expr) => {{
        use $crate::blocks;
        use $crate::format::Format;
        match $format {
            Format::Q4_0 => {
                type $blocks = blocks::Q4_0;
                $packed
            }
            Format::Q4_1 => {
                type $blocks = blocks::Q4_1;
                $packed
            }
            Format::Q5_0 => {
                type $blocks = blocks::Q5_0;
                $packed
            }
            Format::Q5_1 => {
                type $blocks = blocks::Q5_1;
                $packed
            }
            Format::Q8_0 => {
                type $blocks = blocks::Q8_0;
                $packed
            }
            Format::Q4K => {
                type $blocks = blocks::Q4K;
                $packed
            }
            Format::Q5K => {
                type $blocks = blocks::Q5K;
                $packed
            }
            Format::Q6K => {
                type $blocks = blocks::Q6K;
                $packed
            }
            Format::F32 | Format::F16 | Format::BF16 => $floats,
        }
    }};
}
pub(super) use with_blocks;
