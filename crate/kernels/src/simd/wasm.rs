//! wasm SIMD128, with relaxed multiply-add where the module is built for it.
//!
//! Integers become floats without conversions: interleaving bytes with a constant and then words with zero puts a 7-bit
//! integer on top of a float's mantissa under a fixed exponent, six instructions for sixteen floats.

use super::instructions::{LANES, Simd, two_of_eight};
use std::arch::wasm32::*;

/// The module as a whole is compiled for SIMD128, so there is nothing to detect.
#[derive(Clone, Copy)]
pub struct Simd128;

/// `a b + c`.
#[inline(always)]
fn multiply_add(a: v128, b: v128, c: v128) -> v128 {
    #[cfg(target_feature = "relaxed-simd")]
    return f32x4_relaxed_madd(a, b, c);
    #[cfg(not(target_feature = "relaxed-simd"))]
    f32x4_add(f32x4_mul(a, b), c)
}

/// `low[0], high[0], low[1], …` of the first eight bytes.
#[inline(always)]
fn interleave_bytes_low(low: v128, high: v128) -> v128 {
    i8x16_shuffle::<0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23>(low, high)
}

/// The same of the last eight bytes.
#[inline(always)]
fn interleave_bytes_high(low: v128, high: v128) -> v128 {
    i8x16_shuffle::<8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31>(low, high)
}

/// Eight words, each below a zero word: the bits of `[word << 16; 8]`.
#[inline(always)]
fn words_on_top(words: v128) -> (v128, v128) {
    let zero = i16x8_splat(0);
    (i16x8_shuffle::<0, 8, 1, 9, 2, 10, 3, 11>(zero, words), i16x8_shuffle::<4, 12, 5, 13, 6, 14, 7, 15>(zero, words))
}

/// Four half-precision numbers in words that are otherwise zero; the scalar version explains the arithmetic.
#[inline(always)]
fn halves_to_floats(halves: v128) -> v128 {
    let magnitude = v128_and(halves, u32x4_splat(0x7fff));
    let rebased = u32x4_add(u32x4_shl(magnitude, 13), u32x4_splat(224 << 23));
    let normal = f32x4_mul(rebased, f32x4_splat(f32::from_bits((127 - 112) << 23)));
    let subnormal = f32x4_sub(v128_or(magnitude, u32x4_splat(126 << 23)), f32x4_splat(0.5));
    let value = v128_bitselect(subnormal, normal, i32x4_lt(magnitude, u32x4_splat(0x400)));
    v128_or(value, u32x4_shl(v128_and(halves, u32x4_splat(0x8000)), 16))
}

impl Simd for Simd128 {
    type Floats = (v128, v128);
    type Bytes = v128;
    two_of_eight!();

    const WIDE: bool = false;
    // 0x3f00_0000 is 0.5; the byte lies in bits 16 to 22 of the mantissa, whose lowest bit weighs 2^-24 there.
    const ZERO: f32 = 0.5;
    const UNIT: f32 = 1.0 / 256.0;
    // The byte is converted as the topmost of an integer.
    const SIGNED_UNIT: f32 = 16_777_216.0;

    #[inline(always)]
    fn splat(self, x: f32) -> (v128, v128) {
        (f32x4_splat(x), f32x4_splat(x))
    }

    #[inline(always)]
    fn load(self, from: &[f32; LANES]) -> (v128, v128) {
        // SAFETY: the array has 32 bytes; loads need no alignment.
        unsafe { (v128_load(from.as_ptr().cast()), v128_load(from.as_ptr().add(4).cast())) }
    }

    #[inline(always)]
    fn store(self, v: (v128, v128), to: &mut [f32; LANES]) {
        // SAFETY: the array has 32 bytes; stores need no alignment.
        unsafe {
            v128_store(to.as_mut_ptr().cast(), v.0);
            v128_store(to.as_mut_ptr().add(4).cast(), v.1);
        }
    }

    #[inline(always)]
    fn add(self, a: (v128, v128), b: (v128, v128)) -> (v128, v128) {
        (f32x4_add(a.0, b.0), f32x4_add(a.1, b.1))
    }

    #[inline(always)]
    fn mul_add(self, a: (v128, v128), b: (v128, v128), c: (v128, v128)) -> (v128, v128) {
        (multiply_add(a.0, b.0, c.0), multiply_add(a.1, b.1, c.1))
    }

    #[inline(always)]
    fn abs(self, a: (v128, v128)) -> (v128, v128) {
        (f32x4_abs(a.0), f32x4_abs(a.1))
    }

    #[inline(always)]
    fn halves(self, bits: [u16; LANES]) -> (v128, v128) {
        let [a, b, c, d, e, f, g, h] = bits;
        let halves = u16x8(a, b, c, d, e, f, g, h);
        (halves_to_floats(u32x4_extend_low_u16x8(halves)), halves_to_floats(u32x4_extend_high_u16x8(halves)))
    }

    #[inline(always)]
    fn bytes(self, from: &[u8; 16]) -> v128 {
        // SAFETY: the array has 16 bytes; loads need no alignment.
        unsafe { v128_load(from.as_ptr().cast()) }
    }

    #[inline(always)]
    fn and(self, a: v128, mask: u8) -> v128 {
        v128_and(a, u8x16_splat(mask))
    }

    #[inline(always)]
    fn or(self, a: v128, b: v128) -> v128 {
        v128_or(a, b)
    }

    #[inline(always)]
    fn shl<const N: u32>(self, a: v128) -> v128 {
        i16x8_shl(a, N)
    }

    #[inline(always)]
    fn shr<const N: u32>(self, a: v128) -> v128 {
        u16x8_shr(a, N)
    }

    #[inline(always)]
    fn flags(self, word: [u8; 2]) -> v128 {
        let word = u16x8_splat(u16::from_le_bytes(word));
        let spread = u8x16_swizzle(word, u8x16(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1));
        let bits = u64x2_splat(0x8040_2010_0804_0201);
        u8x16_eq(v128_and(spread, bits), bits)
    }

    #[inline(always)]
    fn look_up(self, table: &[i8; 16], indices: v128) -> v128 {
        // SAFETY: the array has 16 bytes; loads need no alignment.
        let table = unsafe { v128_load(table.as_ptr().cast()) };
        // One instruction where nothing is said of larger indices.
        #[cfg(target_feature = "relaxed-simd")]
        return i8x16_relaxed_swizzle(table, indices);
        #[cfg(not(target_feature = "relaxed-simd"))]
        u8x16_swizzle(table, indices)
    }

    #[inline(always)]
    fn widen(self, a: v128) -> [(v128, v128); 2] {
        let exponent = u8x16_splat(0x3f);
        [words_on_top(interleave_bytes_low(a, exponent)), words_on_top(interleave_bytes_high(a, exponent))]
    }

    #[inline(always)]
    fn widen_signed(self, a: v128) -> [(v128, v128); 2] {
        let zero = u8x16_splat(0);
        let (a0, a1) = words_on_top(interleave_bytes_low(zero, a));
        let (a2, a3) = words_on_top(interleave_bytes_high(zero, a));
        [(f32x4_convert_i32x4(a0), f32x4_convert_i32x4(a1)), (f32x4_convert_i32x4(a2), f32x4_convert_i32x4(a3))]
    }
}
