//! Arrays, which LLVM turns into the baseline vectors of the target (SSE2, NEON).

use super::instructions::{LANES, Simd, two_of_eight};
use crate::halves::half_to_f32;

/// No more than the target's baseline.
#[derive(Clone, Copy)]
pub struct Portable;

impl Simd for Portable {
    type Floats = [f32; LANES];
    type Bytes = [u8; 16];
    two_of_eight!();

    const WIDE: bool = false;
    const ZERO: f32 = 0.0;
    const UNIT: f32 = 1.0;
    const SIGNED_UNIT: f32 = 1.0;

    #[inline(always)]
    fn splat(self, x: f32) -> [f32; LANES] {
        [x; LANES]
    }

    #[inline(always)]
    fn load(self, from: &[f32; LANES]) -> [f32; LANES] {
        *from
    }

    #[inline(always)]
    fn store(self, v: [f32; LANES], to: &mut [f32; LANES]) {
        *to = v;
    }

    #[inline(always)]
    fn add(self, a: [f32; LANES], b: [f32; LANES]) -> [f32; LANES] {
        std::array::from_fn(|i| a[i] + b[i])
    }

    #[inline(always)]
    fn mul_add(self, a: [f32; LANES], b: [f32; LANES], c: [f32; LANES]) -> [f32; LANES] {
        // Not `f32::mul_add`, which is a slow library call where the target has no such instruction.
        std::array::from_fn(|i| a[i] * b[i] + c[i])
    }

    #[inline(always)]
    fn abs(self, a: [f32; LANES]) -> [f32; LANES] {
        a.map(f32::abs)
    }

    #[inline(always)]
    fn halves(self, bits: [u16; LANES]) -> [f32; LANES] {
        bits.map(half_to_f32)
    }

    #[inline(always)]
    fn bytes(self, from: &[u8; 16]) -> [u8; 16] {
        *from
    }

    #[inline(always)]
    fn and(self, a: [u8; 16], mask: u8) -> [u8; 16] {
        a.map(|byte| byte & mask)
    }

    #[inline(always)]
    fn or(self, a: [u8; 16], b: [u8; 16]) -> [u8; 16] {
        std::array::from_fn(|i| a[i] | b[i])
    }

    #[inline(always)]
    fn shl<const N: u32>(self, a: [u8; 16]) -> [u8; 16] {
        a.map(|byte| byte << N)
    }

    #[inline(always)]
    fn shr<const N: u32>(self, a: [u8; 16]) -> [u8; 16] {
        a.map(|byte| byte >> N)
    }

    #[inline(always)]
    fn flags(self, word: [u8; 2]) -> [u8; 16] {
        std::array::from_fn(|i| if word[i / 8] & 1 << (i % 8) != 0 { 255 } else { 0 })
    }

    #[inline(always)]
    fn look_up(self, table: &[i8; 16], indices: [u8; 16]) -> [u8; 16] {
        indices.map(|i| table[usize::from(i & 15)] as u8)
    }

    #[inline(always)]
    fn widen(self, a: [u8; 16]) -> [[f32; LANES]; 2] {
        [std::array::from_fn(|i| f32::from(a[i])), std::array::from_fn(|i| f32::from(a[LANES + i]))]
    }

    #[inline(always)]
    fn widen_signed(self, a: [u8; 16]) -> [[f32; LANES]; 2] {
        [std::array::from_fn(|i| f32::from(a[i] as i8)), std::array::from_fn(|i| f32::from(a[LANES + i] as i8))]
    }
}
