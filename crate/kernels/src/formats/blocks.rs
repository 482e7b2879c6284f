//! Packed blocks as vectors of floats.
//!
//! A weight is `scale·(f - center) + offset`: `f` comes from sixteen bytes in a few instructions and depends on the
//! instruction set, `scale` and `offset` are shared by a group of 16 or 32 weights and unpacked once per row.

use super::description::{Description, Levels};
use super::scalar::scales_and_minima;
use crate::simd::{LANES, Simd};

/// Weights that are unpacked together.
pub const CHUNK: usize = 16;

/// A block format.
pub trait Blocks {
    /// `[u8; bytes per block]`.
    type Block: Bytes;
    /// What it says of itself.
    const FORMAT: Description;
    /// Weights per block.
    const LEN: usize = Self::FORMAT.block_len;
    /// Weights that share a scale and an offset: 16, or 32 where more do.
    const GROUP: usize = if Self::FORMAT.group > 32 { 32 } else { Self::FORMAT.group };
    /// Whether offsets can differ from zero.
    const OFFSETS: bool = Self::FORMAT.minimum;

    /// `f` of the sixteen weights from `16 k`.
    fn chunk<S: Simd>(simd: S, block: &Self::Block, k: usize) -> S::Wide;
    /// The `f` of a weight that equals its offset.
    #[inline(always)]
    fn center<S: Simd>() -> f32 {
        middle::<S>()
    }
    /// Scales and offsets of every group of these blocks, in whole vectors; offsets only where there are any.
    fn scales<S: Simd>(simd: S, blocks: &[Self::Block], scales: &mut [[f32; LANES]], offsets: &mut [[f32; LANES]]);
}

/// Does something with the number of every chunk of a block. Two or sixteen are written out, so that where a chunk lies in its
/// bytes is a constant and not a jump; other numbers, and where the machine code is to be small, two at a time.
macro_rules! each_chunk {
    ($blocks:ty, $small:expr, |$k:ident| $body:block) => {
        let all = <$blocks>::LEN / $crate::formats::CHUNK;
        if all == 16 && !$small {
            $crate::formats::each_chunk!(@ $k $body 0, 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
        } else {
            for first in 0..all / 2 {
                $crate::formats::each_chunk!(@ $k $body 2 * first, 0 1);
            }
        }
    };
    (@ $k:ident $body:block $first:expr, $($i:literal)*) => {
        $({
            let $k = $first + $i;
            $body
        })*
    };
}
pub(crate) use each_chunk;

/// The bytes of a block.
pub trait Bytes: Sized + 'static {
    /// The blocks of a row.
    fn blocks(row: &[u8]) -> &[Self];
}

impl<const N: usize> Bytes for [u8; N] {
    #[inline(always)]
    fn blocks(row: &[u8]) -> &[Self] {
        row.as_chunks().0
    }
}

/// Sixteen bytes from `at`.
#[inline(always)]
pub fn bytes_at<S: Simd>(simd: S, block: &[u8], at: usize) -> S::Bytes {
    // Every caller's range lies within its block, so that nothing is left of the check.
    simd.bytes(block[at..].first_chunk().unwrap_or(&[0; 16]))
}

/// The float of an unsigned integer of `bits` bits in the upper bits of 7, at half of its range.
#[inline(always)]
pub fn middle<S: Simd>() -> f32 {
    S::ZERO + 64.0 * S::UNIT
}

/// What one step of such an integer adds to the float.
#[inline(always)]
pub fn step<S: Simd>(bits: u32) -> f32 {
    (1 << (7 - bits)) as f32 * S::UNIT
}

/// Low (even `k`) or high nibbles in the upper four bits of 7.
#[inline(always)]
pub fn four_bits<S: Simd>(simd: S, packed: S::Bytes, high: bool) -> S::Bytes {
    let shifted = if high { simd.shr::<1>(packed) } else { simd.shl::<3>(packed) };
    simd.and(shifted, 0x78)
}

/// Low or high nibbles in the lower four of the upper five bits of 7, the byte's top bit from `fifth` (all ones or 0).
#[inline(always)]
pub fn five_bits<S: Simd>(simd: S, packed: S::Bytes, high: bool, fifth: S::Bytes) -> S::Bytes {
    let shifted = if high { simd.shr::<2>(packed) } else { simd.shl::<2>(packed) };
    simd.or(simd.and(shifted, 0x3c), simd.and(fifth, 0x40))
}

/// The levels that low or high nibbles number, as signed bytes.
#[inline(always)]
pub fn levels<S: Simd>(simd: S, levels: &Levels, packed: S::Bytes, high: bool) -> S::Bytes {
    let shifted = if high { simd.shr::<4>(packed) } else { packed };
    simd.look_up(levels, simd.and(shifted, 0x0f))
}

/// Every byte shifted so that its bit `from` becomes bit `to`; what else is in it is to be masked.
#[inline(always)]
pub fn moved<S: Simd>(simd: S, bytes: S::Bytes, from: usize, to: usize) -> S::Bytes {
    // Both are constants wherever this is inlined, and bits move by no more than seven.
    match (from, to.abs_diff(from)) {
        (_, 0) => bytes,
        (from, by) if to < from => match by {
            1 => simd.shr::<1>(bytes),
            2 => simd.shr::<2>(bytes),
            3 => simd.shr::<3>(bytes),
            4 => simd.shr::<4>(bytes),
            5 => simd.shr::<5>(bytes),
            6 => simd.shr::<6>(bytes),
            _ => simd.shr::<7>(bytes),
        },
        (_, 1) => simd.shl::<1>(bytes),
        (_, 2) => simd.shl::<2>(bytes),
        (_, 3) => simd.shl::<3>(bytes),
        (_, 4) => simd.shl::<4>(bytes),
        (_, 5) => simd.shl::<5>(bytes),
        (_, 6) => simd.shl::<6>(bytes),
        _ => simd.shl::<7>(bytes),
    }
}

/// Scales `d / step` and offsets `m + middle·d` of blocks that begin with d and, where there is a `middle`, m in half
/// precision. Eight at a time; the last eight may contain zeros.
#[inline(always)]
pub fn simple_scales<S: Simd, const B: usize>(
    simd: S,
    blocks: &[[u8; B]],
    step: f32,
    middle: Option<f32>,
    scales: &mut [[f32; LANES]],
    offsets: &mut [[f32; LANES]],
) {
    let whole = blocks.as_chunks::<LANES>().0;
    for ((blocks, scales), offsets) in whole.iter().zip(&mut *scales).zip(&mut *offsets) {
        eight(simd, blocks, step, middle, scales, offsets);
    }
    if whole.len() * LANES == blocks.len() {
        return;
    }
    let (scales, offsets) = (scales.as_flattened_mut(), offsets.as_flattened_mut());
    // Some of the last eight were done already. To copy the others to whole ones would be a call for every row.
    if let Some(last) = blocks.last_chunk::<LANES>() {
        let first = blocks.len() - LANES;
        if let (Some(scales), Some(offsets)) = (scales[first..].first_chunk_mut(), offsets[first..].first_chunk_mut()) {
            eight(simd, last, step, middle, scales, offsets);
        }
    } else {
        let mut few = [[0; B]; LANES];
        few[..blocks.len()].copy_from_slice(blocks);
        if let (Some(scales), Some(offsets)) = (scales.first_chunk_mut(), offsets.first_chunk_mut()) {
            eight(simd, &few, step, middle, scales, offsets);
        }
    }
}

/// Of eight blocks.
#[inline(always)]
fn eight<S: Simd, const B: usize>(
    simd: S,
    blocks: &[[u8; B]; LANES],
    step: f32,
    middle: Option<f32>,
    scales: &mut [f32; LANES],
    offsets: &mut [f32; LANES],
) {
    let d = simd.halves(halves_at(blocks, 0));
    simd.store(simd.mul_add(d, simd.splat(1.0 / step), simd.splat(0.0)), scales);
    if let Some(middle) = middle {
        simd.store(simd.mul_add(d, simd.splat(middle), simd.halves(halves_at(blocks, 2))), offsets);
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

/// Half-precision numbers at `at` of up to eight blocks, in single precision.
#[inline(always)]
pub fn floats_at<S: Simd, const B: usize>(simd: S, blocks: &[[u8; B]], at: usize) -> [f32; LANES] {
    let mut halves = [0; LANES];
    for (half, block) in halves.iter_mut().zip(blocks) {
        *half = u16::from_le_bytes([block[at], block[at + 1]]);
    }
    let mut floats = [0.0; LANES];
    simd.store(simd.halves(halves), &mut floats);
    floats
}

/// `factor` times sixteen unsigned bytes below 128.
#[inline(always)]
pub fn times<S: Simd>(simd: S, bytes: S::Bytes, factor: f32) -> [[f32; LANES]; 2] {
    // First to what is exactly a multiple of the byte.
    let multiples = simd.add_wide(simd.widen(bytes), simd.splat_wide(-S::ZERO));
    let factor = simd.splat_wide(factor * (1.0 / S::UNIT));
    let mut products = [[0.0; LANES]; 2];
    simd.store_wide(simd.mul_add_wide(multiples, factor, simd.splat_wide(0.0)), &mut products);
    products
}

/// `factor` times sixteen signed bytes.
#[inline(always)]
pub fn times_signed<S: Simd>(simd: S, bytes: S::Bytes, factor: f32) -> [[f32; LANES]; 2] {
    let factor = simd.splat_wide(factor * (1.0 / S::SIGNED_UNIT));
    let mut products = [[0.0; LANES]; 2];
    simd.store_wide(simd.mul_add_wide(simd.widen_signed(bytes), factor, simd.splat_wide(0.0)), &mut products);
    products
}

/// Scales and offsets of the eight groups of each Q4_K or Q5_K super-block: q d s - dmin m.
#[inline(always)]
pub fn super_scales<S: Simd, const B: usize>(
    simd: S,
    blocks: &[[u8; B]],
    bits: u32,
    scales: &mut [[f32; LANES]],
    offsets: &mut [[f32; LANES]],
) {
    let inverse = 1.0 / step::<S>(bits);
    let middle = simd.splat((1 << (bits - 1)) as f32 / inverse);
    let groups = blocks.chunks(LANES).zip(scales.chunks_mut(LANES)).zip(offsets.chunks_mut(LANES));
    for ((blocks, scales), offsets) in groups {
        let (d, d_min) = (floats_at(simd, blocks, 0), floats_at(simd, blocks, 2));
        for (i, ((block, scales), offsets)) in blocks.iter().zip(scales).zip(offsets).enumerate() {
            let factors = simd.bytes(&scales_and_minima(block));
            let [scale, _] = times(simd, factors, d[i] * inverse);
            let [_, minimum] = times(simd, factors, -d_min[i]);
            *scales = scale;
            simd.store(simd.mul_add(simd.load(&scale), middle, simd.load(&minimum)), offsets);
        }
    }
}
