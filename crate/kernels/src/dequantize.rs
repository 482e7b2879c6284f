//! Packed rows to single precision on the CPU.
//!
//! This is the hot loop of the CPU path: every weight row passes through it for every token. Everything is done on sixteen
//! values at a time in loops of constant length, which LLVM turns into vector code (AVX2, wasm SIMD); per-lane variable
//! shifts are avoided because wasm has none. The order of operations is that of the GGML reference, so results are
//! bit-identical to it.

use crate::format::Format;
use std::hint::black_box;

/// Unpacks one row (or any whole number of blocks) of `format`.
///
/// `out.len()` is a multiple of the format's block length and `bytes.len()` is `format.row_bytes(out.len())`; what
/// exceeds the shorter of the two is left untouched.
#[cfg_attr(target_family = "wasm", target_feature(enable = "simd128"))]
#[inline]
pub fn dequantize_row(format: Format, bytes: &[u8], out: &mut [f32]) {
    debug_assert!(out.len().is_multiple_of(format.block_len()) && bytes.len() == format.row_bytes(out.len()));
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2, the only requirement of the function.
        return unsafe { dequantize_avx2(format, bytes, out) };
    }
    dequantize(format, bytes, out);
}

/// The same loops, compiled for AVX2: the baseline of x86-64 stops at SSE2.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn dequantize_avx2(format: Format, bytes: &[u8], out: &mut [f32]) {
    dequantize(format, bytes, out);
}

#[inline(always)]
fn dequantize(format: Format, bytes: &[u8], out: &mut [f32]) {
    match format {
        Format::F32 => blocks(bytes, out, |b: &[u8; 4], o: &mut [f32; 1]| o[0] = f32::from_le_bytes(*b)),
        Format::F16 => blocks(bytes, out, |b: &[u8; 2], o: &mut [f32; 1]| o[0] = half(b, 0)),
        Format::BF16 => blocks(bytes, out, |b: &[u8; 2], o: &mut [f32; 1]| {
            o[0] = f32::from_bits(u32::from(u16::from_le_bytes(*b)) << 16);
        }),
        Format::Q4_0 => blocks(bytes, out, q4_0),
        Format::Q4_1 => blocks(bytes, out, q4_1),
        Format::Q5_0 => blocks(bytes, out, q5_0),
        Format::Q5_1 => blocks(bytes, out, q5_1),
        Format::Q8_0 => blocks(bytes, out, q8_0),
        Format::Q4K => blocks(bytes, out, q4_k),
        Format::Q5K => blocks(bytes, out, q5_k),
        Format::Q6K => blocks(bytes, out, q6_k),
    }
}

/// Applies `unpack` to each pair of packed block and output block.
#[inline(always)]
fn blocks<const B: usize, const N: usize>(bytes: &[u8], out: &mut [f32], unpack: impl Fn(&[u8; B], &mut [f32; N])) {
    let (packed, _) = bytes.as_chunks::<B>();
    let (values, _) = out.as_chunks_mut::<N>();
    for (block, value) in packed.iter().zip(values) {
        unpack(block, value);
    }
}

/// Half to single precision without branches or tables: both the normal and the subnormal reading are computed and one
/// is selected, which vectorizes and never touches subnormal singles (slow on x86).
#[inline(always)]
pub(crate) fn half_to_f32(half: u16) -> f32 {
    let magnitude = u32::from(half & 0x7fff);
    // Exponent + 224, then times 2^-112: rebiases 15 to 127 and carries infinity and NaN along.
    let normal = f32::from_bits((magnitude << 13) + (224 << 23)) * f32::from_bits((127 - 112) << 23);
    // 0.5 + m 2^-24 has m in its lowest bits.
    let subnormal = f32::from_bits(magnitude | (126 << 23)) - 0.5;
    let value = if magnitude < 0x400 { subnormal } else { normal };
    f32::from_bits(value.to_bits() | u32::from(half & 0x8000) << 16)
}

/// The half-precision number at byte `at`.
#[inline(always)]
fn half(block: &[u8], at: usize) -> f32 {
    half_to_f32(u16::from_le_bytes([block[at], block[at + 1]]))
}

/// Sixteen bytes from `at`, one value each.
#[inline(always)]
fn sixteen(block: &[u8], at: usize) -> [u8; 16] {
    // Every caller's range is a constant within its block, so that nothing is left of the check.
    block[at..].first_chunk().copied().unwrap_or([0; 16])
}

/// The low nibbles of sixteen bytes.
#[inline(always)]
fn low(packed: [u8; 16]) -> [u8; 16] {
    packed.map(|byte| byte & 15)
}

/// The high nibbles of sixteen bytes.
#[inline(always)]
fn high(packed: [u8; 16]) -> [u8; 16] {
    packed.map(|byte| byte >> 4)
}

/// Sixteen nibbles and, above them, the lowest `bits` bits of each of sixteen bytes shifted down by `shift`.
#[inline(always)]
fn with_top(nibbles: [u8; 16], top: [u8; 16], shift: usize, bits: u32) -> [u8; 16] {
    let mut q = nibbles;
    for j in 0..16 {
        q[j] |= (top[j] >> shift & ((1 << bits) - 1)) << 4;
    }
    q
}

/// Sixteen nibbles and, above them, the bits of a little-endian word, bit j for value j.
#[inline(always)]
fn with_bits(nibbles: [u8; 16], word: [u8; 2]) -> [u8; 16] {
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
fn put(out: &mut [f32], at: usize, bytes: [u8; 16], value: impl Fn(f32) -> f32) {
    for (out, byte) in out[at..at + 16].iter_mut().zip(*black_box(&bytes)) {
        *out = value(f32::from(byte));
    }
}

// Blocks of 32: byte j of the nibbles holds value j (low) and value j + 16 (high).

// Q4_0: [d: f16][16 bytes of nibbles], value = (q - 8) d
#[inline(always)]
fn q4_0(block: &[u8; 18], out: &mut [f32; 32]) {
    let (d, packed) = (half(block, 0), sixteen(block, 2));
    put(out, 0, low(packed), |q| (q - 8.0) * d);
    put(out, 16, high(packed), |q| (q - 8.0) * d);
}

// Q4_1: [d: f16][m: f16][16 bytes of nibbles], value = q d + m
#[inline(always)]
fn q4_1(block: &[u8; 20], out: &mut [f32; 32]) {
    let (d, m, packed) = (half(block, 0), half(block, 2), sixteen(block, 4));
    put(out, 0, low(packed), |q| q * d + m);
    put(out, 16, high(packed), |q| q * d + m);
}

// Q5_0: [d: f16][32 fifth bits][16 bytes of nibbles], value = (q - 16) d; bit j belongs to value j
#[inline(always)]
fn q5_0(block: &[u8; 22], out: &mut [f32; 32]) {
    let (d, packed) = (half(block, 0), sixteen(block, 6));
    put(out, 0, with_bits(low(packed), [block[2], block[3]]), |q| (q - 16.0) * d);
    put(out, 16, with_bits(high(packed), [block[4], block[5]]), |q| (q - 16.0) * d);
}

// Q5_1: [d: f16][m: f16][32 fifth bits][16 bytes of nibbles], value = q d + m
#[inline(always)]
fn q5_1(block: &[u8; 24], out: &mut [f32; 32]) {
    let (d, m, packed) = (half(block, 0), half(block, 2), sixteen(block, 8));
    put(out, 0, with_bits(low(packed), [block[4], block[5]]), |q| q * d + m);
    put(out, 16, with_bits(high(packed), [block[6], block[7]]), |q| q * d + m);
}

// Q8_0: [d: f16][32 signed bytes], value = q d
#[inline(always)]
fn q8_0(block: &[u8; 34], out: &mut [f32; 32]) {
    let d = half(block, 0);
    for j in 0..32 {
        out[j] = f32::from(block[2 + j] as i8) * d;
    }
}

/// The eight 6-bit scales and eight 6-bit minima of a Q4_K or Q5_K super-block, packed into 12 bytes from byte 4: the
/// first four of each in the low six bits of bytes 0..8, the others' low nibbles in bytes 8..12 and their top bits on top
/// of bytes 0..8.
#[inline(always)]
pub(crate) fn scales_and_minima(block: &[u8]) -> ([u8; 8], [u8; 8]) {
    let s = &block[4..16];
    let (mut scales, mut minima) = ([0; 8], [0; 8]);
    for j in 0..4 {
        scales[j] = s[j] & 63;
        minima[j] = s[j + 4] & 63;
        scales[j + 4] = (s[j + 8] & 15) | (s[j] >> 6) << 4;
        minima[j + 4] = (s[j + 8] >> 4) | (s[j + 4] >> 6) << 4;
    }
    (scales, minima)
}

// Q4_K: [d: f16][dmin: f16][12 bytes of scales][128 bytes of nibbles], value = d s q - dmin m;
// each 32 bytes hold two groups of 32 values, low nibbles first
#[inline(always)]
fn q4_k(block: &[u8; 144], out: &mut [f32; 256]) {
    let (d, d_min) = (half(block, 0), half(block, 2));
    let (scales, minima) = scales_and_minima(block);
    for group in 0..8 {
        let (scale, minimum) = (d * f32::from(scales[group]), d_min * f32::from(minima[group]));
        for k in [0, 16] {
            let packed = sixteen(block, 16 + 32 * (group / 2) + k);
            let q = if group % 2 == 0 { low(packed) } else { high(packed) };
            put(out, 32 * group + k, q, |q| scale * q - minimum);
        }
    }
}

// Q5_K: [d: f16][dmin: f16][12 bytes of scales][32 bytes of fifth bits][128 bytes of nibbles];
// bit g of fifth-bit byte j belongs to value j of group g
#[inline(always)]
fn q5_k(block: &[u8; 176], out: &mut [f32; 256]) {
    let (d, d_min) = (half(block, 0), half(block, 2));
    let (scales, minima) = scales_and_minima(block);
    for group in 0..8 {
        let (scale, minimum) = (d * f32::from(scales[group]), d_min * f32::from(minima[group]));
        for k in [0, 16] {
            let packed = sixteen(block, 48 + 32 * (group / 2) + k);
            let q = if group % 2 == 0 { low(packed) } else { high(packed) };
            let q = with_top(q, sixteen(block, 16 + k), group, 1);
            put(out, 32 * group + k, q, |q| scale * q - minimum);
        }
    }
}

// Q6_K: [128 bytes of low nibbles][64 bytes of top bit pairs][16 signed scales][d: f16], value = d s (q - 32);
// each half of the block (128 values) is four groups of 32 with two scales each
#[inline(always)]
fn q6_k(block: &[u8; 210], out: &mut [f32; 256]) {
    let d = half(block, 208);
    for group in 0..8 {
        let (side, turn) = (group / 4, group % 4);
        for k in [0, 16] {
            let scale = d * f32::from(block[192 + 2 * group + k / 16] as i8);
            let packed = sixteen(block, 64 * side + 32 * (turn % 2) + k);
            let q = if turn < 2 { low(packed) } else { high(packed) };
            let q = with_top(q, sixteen(block, 128 + 32 * side + k), 2 * turn, 2);
            put(out, 32 * group + k, q, |q| scale * (q - 32.0));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Block formats are compared with the oracle in `checkpoint/tests.rs`.

    #[test]
    fn every_half_widens_as_in_the_half_crate() {
        for bits in 0..=u16::MAX {
            let (ours, theirs) = (half_to_f32(bits), half::f16::from_bits(bits).to_f32());
            assert!(
                ours.to_bits() == theirs.to_bits() || ours.is_nan() && theirs.is_nan(),
                "{bits:#x}: {ours} {theirs}"
            );
        }
    }

    #[test]
    fn a_row_is_its_blocks_one_after_the_other() {
        for format in Format::ALL {
            let cols = 3 * format.block_len();
            let bytes: Vec<u8> = (0..format.row_bytes(cols)).map(|i| (i * 37 % 61) as u8).collect();
            let (mut row, mut blocks) = (vec![f32::NAN; cols], vec![f32::NAN; cols]);
            dequantize_row(format, &bytes, &mut row);
            let each = bytes.chunks(format.block_bytes()).zip(blocks.chunks_mut(format.block_len()));
            each.for_each(|(bytes, out)| dequantize_row(format, bytes, out));
            assert!(row.iter().all(|x| x.is_finite()));
            assert_eq!(row, blocks, "{format:?}");
        }
    }

    #[test]
    fn the_portable_path_agrees_with_the_vector_one() {
        for format in Format::ALL {
            let bytes: Vec<u8> = (0..format.row_bytes(512)).map(|i| (i * 91 % 59) as u8).collect();
            let (mut vector, mut portable) = ([0.0; 512], [0.0; 512]);
            dequantize_row(format, &bytes, &mut vector);
            dequantize(format, &bytes, &mut portable);
            assert_eq!(vector, portable, "{format:?}");
        }
    }
}
