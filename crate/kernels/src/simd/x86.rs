//! AVX2 with fused multiply-add and half-precision conversion, which came with it in every processor, and AVX-512.

use super::instructions::{LANES, Simd, Task, two_of_eight};
use std::arch::x86_64::*;
use std::mem::transmute;

/// Proof that the processor has AVX2, FMA and F16C: only [`Avx2::detect`] makes one.
#[derive(Clone, Copy)]
pub struct Avx2(());

/// Proof that it has the parts of AVX-512 that came together (F, BW, DQ, VL) as well: only [`Avx512::detect`] makes one.
#[derive(Clone, Copy)]
pub struct Avx512(());

impl Avx2 {
    /// `Some` where the processor has all three.
    #[inline(always)]
    pub fn detect() -> Option<Self> {
        let found =
            is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") && is_x86_feature_detected!("f16c");
        found.then_some(Self(()))
    }

    /// Runs a task compiled for them.
    #[inline(always)]
    pub fn run<T: Task>(self, task: T) -> T::Output {
        #[target_feature(enable = "avx2,fma,f16c")]
        fn compiled<T: Task>(simd: Avx2, task: T) -> T::Output {
            task.run(simd)
        }
        // SAFETY: `self` proves that the processor has them.
        unsafe { compiled(self, task) }
    }
}

impl Avx512 {
    /// `Some` where the processor has all of them.
    #[inline(always)]
    pub fn detect() -> Option<Self> {
        let found = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512vl");
        Avx2::detect().filter(|_| found).map(|_| Self(()))
    }

    /// Runs a task compiled for them.
    #[inline(always)]
    pub fn run<T: Task>(self, task: T) -> T::Output {
        #[target_feature(enable = "avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl")]
        fn compiled<T: Task>(simd: Avx512, task: T) -> T::Output {
            task.run(simd)
        }
        // SAFETY: `self` proves that the processor has them.
        unsafe { compiled(self, task) }
    }
}

// SAFETY of every block below: `self` proves that the processor has AVX2, FMA and F16C, hence also SSSE3, and where sixteen
// floats are one vector AVX-512; vectors and arrays that are transmuted have the same size, and every pattern of bits is a
// value of both.

/// What both do alike: eight floats, sixteen bytes.
macro_rules! eight_floats {
    () => {
        type Floats = __m256;
        type Bytes = __m128i;

        const WIDE: bool = true;
        const ZERO: f32 = 0.0;
        const UNIT: f32 = 1.0;
        const SIGNED_UNIT: f32 = 1.0;

        #[inline(always)]
        fn splat(self, x: f32) -> __m256 {
            unsafe { _mm256_set1_ps(x) }
        }

        #[inline(always)]
        fn load(self, from: &[f32; LANES]) -> __m256 {
            // A copy by value: the intrinsic for it is checked at run time in builds with debug assertions.
            unsafe { transmute::<[f32; LANES], __m256>(*from) }
        }

        #[inline(always)]
        fn store(self, v: __m256, to: &mut [f32; LANES]) {
            *to = unsafe { transmute::<__m256, [f32; LANES]>(v) };
        }

        #[inline(always)]
        fn add(self, a: __m256, b: __m256) -> __m256 {
            unsafe { _mm256_add_ps(a, b) }
        }

        #[inline(always)]
        fn mul_add(self, a: __m256, b: __m256, c: __m256) -> __m256 {
            unsafe { _mm256_fmadd_ps(a, b, c) }
        }

        #[inline(always)]
        fn abs(self, a: __m256) -> __m256 {
            unsafe { _mm256_andnot_ps(_mm256_set1_ps(-0.0), a) }
        }

        #[inline(always)]
        fn halves(self, bits: [u16; LANES]) -> __m256 {
            let [a, b, c, d, e, f, g, h] = bits;
            unsafe {
                _mm256_cvtph_ps(_mm_setr_epi16(
                    a as i16, b as i16, c as i16, d as i16, e as i16, f as i16, g as i16, h as i16,
                ))
            }
        }

        #[inline(always)]
        fn bytes(self, from: &[u8; 16]) -> __m128i {
            unsafe { transmute::<[u8; 16], __m128i>(*from) }
        }

        #[inline(always)]
        fn and(self, a: __m128i, mask: u8) -> __m128i {
            unsafe { _mm_and_si128(a, _mm_set1_epi8(mask as i8)) }
        }

        #[inline(always)]
        fn or(self, a: __m128i, b: __m128i) -> __m128i {
            unsafe { _mm_or_si128(a, b) }
        }

        #[inline(always)]
        fn shl<const N: u32>(self, a: __m128i) -> __m128i {
            unsafe { _mm_sll_epi16(a, _mm_cvtsi32_si128(N as i32)) }
        }

        #[inline(always)]
        fn shr<const N: u32>(self, a: __m128i) -> __m128i {
            unsafe { _mm_srl_epi16(a, _mm_cvtsi32_si128(N as i32)) }
        }

        #[inline(always)]
        fn look_up(self, table: &[i8; 16], indices: __m128i) -> __m128i {
            unsafe { _mm_shuffle_epi8(transmute::<[i8; 16], __m128i>(*table), indices) }
        }
    };
}

impl Simd for Avx2 {
    eight_floats!();
    two_of_eight!();

    #[inline(always)]
    fn flags(self, word: [u8; 2]) -> __m128i {
        unsafe {
            let word = _mm_set1_epi16(i16::from_le_bytes(word));
            let spread = _mm_shuffle_epi8(word, _mm_set_epi64x(0x0101_0101_0101_0101, 0));
            let bits = _mm_set1_epi64x(0x8040_2010_0804_0201_u64 as i64);
            _mm_cmpeq_epi8(_mm_and_si128(spread, bits), bits)
        }
    }

    #[inline(always)]
    fn widen(self, a: __m128i) -> [__m256; 2] {
        unsafe {
            [
                _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(a)),
                _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_srli_si128::<8>(a))),
            ]
        }
    }

    #[inline(always)]
    fn widen_signed(self, a: __m128i) -> [__m256; 2] {
        unsafe {
            [
                _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(a)),
                _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_srli_si128::<8>(a))),
            ]
        }
    }
}

impl Simd for Avx512 {
    eight_floats!();
    type Wide = __m512;
    type Sums = __m512;

    #[inline(always)]
    fn flags(self, word: [u8; 2]) -> __m128i {
        unsafe { _mm_movm_epi8(u16::from_le_bytes(word)) }
    }

    #[inline(always)]
    fn widen(self, a: __m128i) -> __m512 {
        unsafe { _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(a)) }
    }

    #[inline(always)]
    fn widen_signed(self, a: __m128i) -> __m512 {
        unsafe { _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(a)) }
    }

    #[inline(always)]
    fn splat_wide(self, x: f32) -> __m512 {
        unsafe { _mm512_set1_ps(x) }
    }

    #[inline(always)]
    fn load_wide(self, from: &[[f32; LANES]; 2]) -> __m512 {
        unsafe { transmute::<[[f32; LANES]; 2], __m512>(*from) }
    }

    #[inline(always)]
    fn store_wide(self, v: __m512, to: &mut [[f32; LANES]; 2]) {
        *to = unsafe { transmute::<__m512, [[f32; LANES]; 2]>(v) };
    }

    #[inline(always)]
    fn add_wide(self, a: __m512, b: __m512) -> __m512 {
        unsafe { _mm512_add_ps(a, b) }
    }

    #[inline(always)]
    fn mul_add_wide(self, a: __m512, b: __m512, c: __m512) -> __m512 {
        unsafe { _mm512_fmadd_ps(a, b, c) }
    }

    #[inline(always)]
    fn sums(self, start: __m256) -> __m512 {
        unsafe { _mm512_zextps256_ps512(start) }
    }

    #[inline(always)]
    fn add_products(self, a: __m512, b: &[[f32; LANES]; 2], sums: __m512) -> __m512 {
        self.mul_add_wide(a, self.load_wide(b), sums)
    }

    #[inline(always)]
    fn add_sums(self, sums: __m512, factor: f32, totals: __m512) -> __m512 {
        self.mul_add_wide(sums, self.splat_wide(factor), totals)
    }

    #[inline(always)]
    fn total(self, sums: __m512) -> f32 {
        let (low, high) = unsafe { (_mm512_castps512_ps256(sums), _mm512_extractf32x8_ps::<1>(sums)) };
        self.sum(self.add(low, high))
    }
}
