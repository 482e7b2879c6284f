//! What an instruction set can do, and work that is written over it.

/// Floats of a vector.
pub const LANES: usize = 8;

/// An instruction set.
///
/// Every method is `inline(always)`: a [`Task`] becomes one function compiled for the instruction set. For the same reason
/// hot loops are plain loops: the standard library's functions that take closures may stay calls, compiled for no more
/// than the baseline.
pub trait Simd: Copy {
    /// Eight floats.
    type Floats: Copy;
    /// Sixteen floats.
    type Wide: Copy;
    /// Sums of products of sixteen with sixteen: eight, or sixteen where these are one register.
    type Sums: Copy;
    /// Sixteen bytes.
    type Bytes: Copy;

    /// Whether a vector is one register of at least 16, so that larger tiles fit.
    const WIDE: bool;
    /// What [`widen`](Self::widen) makes of 0.
    const ZERO: f32;
    /// What each unit adds to that; a power of two.
    const UNIT: f32;
    /// What [`widen_signed`](Self::widen_signed) makes of 1; a power of two.
    const SIGNED_UNIT: f32;

    /// Eight times `x`.
    fn splat(self, x: f32) -> Self::Floats;
    /// From memory.
    fn load(self, from: &[f32; LANES]) -> Self::Floats;
    /// To memory.
    fn store(self, v: Self::Floats, to: &mut [f32; LANES]);
    /// `a + b`.
    fn add(self, a: Self::Floats, b: Self::Floats) -> Self::Floats;
    /// `a b + c`, rounded once or twice.
    fn mul_add(self, a: Self::Floats, b: Self::Floats, c: Self::Floats) -> Self::Floats;
    /// `|a|`.
    fn abs(self, a: Self::Floats) -> Self::Floats;
    /// Half-precision numbers, exactly.
    fn halves(self, bits: [u16; LANES]) -> Self::Floats;

    /// From memory.
    fn bytes(self, from: &[u8; 16]) -> Self::Bytes;
    /// Every byte and `mask`.
    fn and(self, a: Self::Bytes, mask: u8) -> Self::Bytes;
    /// `a | b`.
    fn or(self, a: Self::Bytes, b: Self::Bytes) -> Self::Bytes;
    /// Shifts left; what enters a byte from its neighbor is unspecified and to be masked.
    fn shl<const N: u32>(self, a: Self::Bytes) -> Self::Bytes;
    /// Shifts right; what enters a byte from its neighbor is unspecified and to be masked.
    fn shr<const N: u32>(self, a: Self::Bytes) -> Self::Bytes;
    /// All ones in byte j where bit j of the little-endian word is set, otherwise 0.
    fn flags(self, word: [u8; 2]) -> Self::Bytes;
    /// The bytes of a table that bytes below 16 number.
    fn look_up(self, table: &[i8; 16], indices: Self::Bytes) -> Self::Bytes;
    /// Bytes below 128 as floats `ZERO + UNIT·byte`, exactly.
    fn widen(self, a: Self::Bytes) -> Self::Wide;
    /// Signed bytes as floats `SIGNED_UNIT·byte`, exactly.
    fn widen_signed(self, a: Self::Bytes) -> Self::Wide;

    /// Sixteen times `x`.
    fn splat_wide(self, x: f32) -> Self::Wide;
    /// From memory.
    fn load_wide(self, from: &[[f32; LANES]; 2]) -> Self::Wide;
    /// To memory.
    fn store_wide(self, v: Self::Wide, to: &mut [[f32; LANES]; 2]);
    /// `a + b`.
    fn add_wide(self, a: Self::Wide, b: Self::Wide) -> Self::Wide;
    /// `a b + c`, rounded once or twice.
    fn mul_add_wide(self, a: Self::Wide, b: Self::Wide, c: Self::Wide) -> Self::Wide;

    /// Sums that start with these eight.
    fn sums(self, start: Self::Floats) -> Self::Sums;
    /// Adds the products of two times sixteen.
    fn add_products(self, a: Self::Wide, b: &[[f32; LANES]; 2], sums: Self::Sums) -> Self::Sums;
    /// `sums · factor + totals`.
    fn add_sums(self, sums: Self::Sums, factor: f32, totals: Self::Sums) -> Self::Sums;
    /// All of them added up.
    fn total(self, sums: Self::Sums) -> f32;

    /// The sum of the lanes.
    #[inline(always)]
    fn sum(self, v: Self::Floats) -> f32 {
        let mut lanes = [0.0; LANES];
        self.store(v, &mut lanes);
        let [a, b, c, d, e, f, g, h] = lanes;
        ((a + e) + (c + g)) + ((b + f) + (d + h))
    }
}

/// The sixteen floats of an instruction set whose longest vector is one of eight: two of these.
macro_rules! two_of_eight {
    () => {
        type Wide = [Self::Floats; 2];
        type Sums = Self::Floats;

        #[inline(always)]
        fn splat_wide(self, x: f32) -> Self::Wide {
            [self.splat(x); 2]
        }

        #[inline(always)]
        fn load_wide(self, from: &[[f32; LANES]; 2]) -> Self::Wide {
            [self.load(&from[0]), self.load(&from[1])]
        }

        #[inline(always)]
        fn store_wide(self, v: Self::Wide, to: &mut [[f32; LANES]; 2]) {
            self.store(v[0], &mut to[0]);
            self.store(v[1], &mut to[1]);
        }

        #[inline(always)]
        fn add_wide(self, a: Self::Wide, b: Self::Wide) -> Self::Wide {
            [self.add(a[0], b[0]), self.add(a[1], b[1])]
        }

        #[inline(always)]
        fn mul_add_wide(self, a: Self::Wide, b: Self::Wide, c: Self::Wide) -> Self::Wide {
            [self.mul_add(a[0], b[0], c[0]), self.mul_add(a[1], b[1], c[1])]
        }

        #[inline(always)]
        fn sums(self, start: Self::Floats) -> Self::Sums {
            start
        }

        #[inline(always)]
        fn add_products(self, a: Self::Wide, b: &[[f32; LANES]; 2], sums: Self::Sums) -> Self::Sums {
            self.mul_add(a[1], self.load(&b[1]), self.mul_add(a[0], self.load(&b[0]), sums))
        }

        #[inline(always)]
        fn add_sums(self, sums: Self::Sums, factor: f32, totals: Self::Sums) -> Self::Sums {
            self.mul_add(sums, self.splat(factor), totals)
        }

        #[inline(always)]
        fn total(self, sums: Self::Sums) -> f32 {
            self.sum(sums)
        }
    };
}
pub(super) use two_of_eight;

/// Work to be compiled for an instruction set.
pub trait Task {
    /// Its result.
    type Output;
    /// Does the work; to be marked `inline(always)`.
    fn run<S: Simd>(self, simd: S) -> Self::Output;
}
