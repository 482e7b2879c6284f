//! Packed values to floats, one block after the other: what `dequantize_row` is made of.
//!
//! Everything is done on sixteen values at a time in loops of constant length, which LLVM turns into vector code (AVX2, wasm
//! SIMD); per-lane variable shifts are avoided because wasm has none. The order of operations is that of the GGML
//! reference, so results are bit-identical to it.

use super::description::Levels;
use std::hint::black_box;

/// Applies `unpack` to each pair of packed block and output block.
#[inline(always)]
pub fn each<const B: usize, const N: usize>(bytes: &[u8], out: &mut [f32], unpack: impl Fn(&[u8; B], &mut [f32; N])) {
    let (packed, _) = bytes.as_chunks::<B>();
    let (values, _) = out.as_chunks_mut::<N>();
    for (block, value) in packed.iter().zip(values) {
        unpack(block, value);
    }
}

/// Sixteen bytes from `at`, one value each.
#[inline(always)]
pub fn sixteen(block: &[u8], at: usize) -> [u8; 16] {
    // Every caller's range is a constant within its block, so that nothing is left of the check.
    block[at..].first_chunk().copied().unwrap_or([0; 16])
}

/// The low nibbles of sixteen bytes.
#[inline(always)]
pub fn low(packed: [u8; 16]) -> [u8; 16] {
    packed.map(|byte| byte & 15)
}

/// The high nibbles of sixteen bytes.
#[inline(always)]
pub fn high(packed: [u8; 16]) -> [u8; 16] {
    packed.map(|byte| byte >> 4)
}

/// Two bits of each of sixteen bytes, from bit `shift` on.
#[inline(always)]
pub fn two_bits(packed: [u8; 16], shift: usize) -> [u8; 16] {
    packed.map(|byte| byte >> shift & 3)
}

/// Sixteen nibbles and, above them, the lowest `bits` bits of each of sixteen bytes shifted down by `shift`.
#[inline(always)]
pub fn with_top(nibbles: [u8; 16], top: [u8; 16], shift: usize, bits: u32) -> [u8; 16] {
    let mut q = nibbles;
    for j in 0..16 {
        q[j] |= (top[j] >> shift & ((1 << bits) - 1)) << 4;
    }
    q
}

/// Sixteen nibbles and, above them, the bits of a little-endian word, bit j for value j.
#[inline(always)]
pub fn with_bits(nibbles: [u8; 16], word: [u8; 2]) -> [u8; 16] {
    // A table, and opaque, for the same reason as in `put`.
    let [a, b] = word.map(|byte| black_box(&FIFTH_BITS[usize::from(byte)]));
    let mut q = nibbles;
    for j in 0..8 {
        q[j] |= a[j];
        q[j + 8] |= b[j];
    }
    q
}

/// For each byte, 16 where its bit j is set.
static FIFTH_BITS: [[u8; 8]; 256] = {
    let mut table = [[0; 8]; 256];
    let mut i = 0;
    while i < 8 * 256 {
        let (byte, bit) = (i / 8, i % 8);
        table[byte][bit] = if byte & 1 << bit != 0 { 16 } else { 0 };
        i += 1;
    }
    table
};

/// Writes `value(q)` for sixteen bytes.
///
/// The bytes are hidden from the optimizer on their way from integers to floats. Seeing both sides, LLVM vectorizes across
/// blocks and groups, gathering single bytes, instead of along the sixteen lanes; this makes a factor of two to three.
#[inline(always)]
pub fn put(out: &mut [f32], at: usize, bytes: [u8; 16], value: impl Fn(f32) -> f32) {
    for (out, byte) in out[at..at + 16].iter_mut().zip(*black_box(&bytes)) {
        *out = value(f32::from(byte));
    }
}

/// Writes `d` times the levels that sixteen nibbles number.
#[inline(always)]
pub fn put_levels(out: &mut [f32], at: usize, nibbles: [u8; 16], levels: &Levels, d: f32) {
    for (out, q) in out[at..at + 16].iter_mut().zip(nibbles) {
        *out = d * f32::from(levels[usize::from(q & 15)]);
    }
}

/// The eight 6-bit scales of a Q4_K or Q5_K super-block and then its eight 6-bit minima, packed into 12 bytes from byte 4: the
/// first four of each in the low six bits of bytes 0..8, the others' low nibbles in bytes 8..12 and their top bits on top
/// of bytes 0..8. Four bytes at a time: one by one they took as long as the products of one token with what they scale.
#[inline(always)]
pub fn scales_and_minima(block: &[u8]) -> [u8; 16] {
    let s = &block[4..16];
    let a = u32::from_le_bytes([s[0], s[1], s[2], s[3]]);
    let b = u32::from_le_bytes([s[4], s[5], s[6], s[7]]);
    let c = u32::from_le_bytes([s[8], s[9], s[10], s[11]]);
    let (six, four, top) = (0x3f3f_3f3f, 0x0f0f_0f0f, 0x3030_3030);
    let scales = [a & six, c & four | a >> 2 & top];
    let minima = [b & six, c >> 4 & four | b >> 2 & top];
    let mut all = [0; 16];
    for (bytes, word) in all.as_chunks_mut::<4>().0.iter_mut().zip([scales[0], scales[1], minima[0], minima[1]]) {
        *bytes = word.to_le_bytes();
    }
    all
}
