//! Packed rows to single precision on the CPU.
//!
//! This is the hot loop of the CPU path: every weight row passes through it for every token. Each format is therefore
//! written as short loops over fixed-size arrays, which LLVM turns into vector code (AVX2, wasm SIMD); per-lane variable
//! shifts are avoided because wasm has none. The order of operations is that of the GGML reference, so results are
//! bit-identical to it.

use super::format::Format;

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

/// `N` bytes from `at` as an array of known length; every caller's range is a constant within its block.
#[inline(always)]
fn part<const N: usize>(block: &[u8], at: usize) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.copy_from_slice(&block[at..at + N]);
    bytes
}

/// 16 bytes to 32 nibbles: low nibbles are values 0..16, high nibbles values 16..32.
#[inline(always)]
fn nibbles(packed: [u8; 16]) -> [u8; 32] {
    let mut q = [0; 32];
    for j in 0..16 {
        q[j] = packed[j] & 15;
        q[j + 16] = packed[j] >> 4;
    }
    q
}

/// Adds the fifth bit of each value: bit j of the little-endian word belongs to value j.
#[inline(always)]
fn with_fifth_bit(mut q: [u8; 32], high: [u8; 4]) -> [u8; 32] {
    const BIT: [u8; 8] = [1, 2, 4, 8, 16, 32, 64, 128];
    for g in 0..4 {
        for j in 0..8 {
            q[g * 8 + j] |= if high[g] & BIT[j] != 0 { 16 } else { 0 };
        }
    }
    q
}

// Q4_0: [d: f16][16 bytes of nibbles], value = (q - 8) d
#[inline(always)]
fn q4_0(block: &[u8; 18], out: &mut [f32; 32]) {
    let d = half(block, 0);
    let q = nibbles(part(block, 2));
    for j in 0..32 {
        out[j] = (i32::from(q[j]) - 8) as f32 * d;
    }
}

// Q4_1: [d: f16][m: f16][16 bytes of nibbles], value = q d + m
#[inline(always)]
fn q4_1(block: &[u8; 20], out: &mut [f32; 32]) {
    let (d, m) = (half(block, 0), half(block, 2));
    let q = nibbles(part(block, 4));
    for j in 0..32 {
        out[j] = f32::from(q[j]) * d + m;
    }
}

// Q5_0: [d: f16][32 fifth bits][16 bytes of nibbles], value = (q - 16) d
#[inline(always)]
fn q5_0(block: &[u8; 22], out: &mut [f32; 32]) {
    let d = half(block, 0);
    let q = with_fifth_bit(nibbles(part(block, 6)), part(block, 2));
    for j in 0..32 {
        out[j] = (i32::from(q[j]) - 16) as f32 * d;
    }
}

// Q5_1: [d: f16][m: f16][32 fifth bits][16 bytes of nibbles], value = q d + m
#[inline(always)]
fn q5_1(block: &[u8; 24], out: &mut [f32; 32]) {
    let (d, m) = (half(block, 0), half(block, 2));
    let q = with_fifth_bit(nibbles(part(block, 8)), part(block, 4));
    for j in 0..32 {
        out[j] = f32::from(q[j]) * d + m;
    }
}

// Q8_0: [d: f16][32 signed bytes], value = q d
#[inline(always)]
fn q8_0(block: &[u8; 34], out: &mut [f32; 32]) {
    let d = half(block, 0);
    for j in 0..32 {
        out[j] = f32::from(block[2 + j] as i8) * d;
    }
}

/// The eight 6-bit scales and eight 6-bit minima of a Q4_K or Q5_K super-block, packed into 12 bytes: the first four of
/// each in the low six bits of bytes 0..8, the others' low nibbles in bytes 8..12 and their top bits on top of 0..8.
#[inline(always)]
fn scales_and_minima(s: [u8; 12]) -> ([u8; 8], [u8; 8]) {
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
    let (scales, minima) = scales_and_minima(part(block, 4));
    for pair in 0..4 {
        let packed: [u8; 32] = part(block, 16 + 32 * pair);
        for high in 0..2 {
            let group = 2 * pair + high;
            let (scale, minimum) = (d * f32::from(scales[group]), d_min * f32::from(minima[group]));
            let shift = 4 * high as u32;
            for j in 0..32 {
                out[32 * group + j] = scale * f32::from((packed[j] >> shift) & 15) - minimum;
            }
        }
    }
}

// Q5_K: [d: f16][dmin: f16][12 bytes of scales][32 bytes of fifth bits][128 bytes of nibbles];
// bit g of fifth-bit byte j belongs to value j of group g
#[inline(always)]
fn q5_k(block: &[u8; 176], out: &mut [f32; 256]) {
    let (d, d_min) = (half(block, 0), half(block, 2));
    let (scales, minima) = scales_and_minima(part(block, 4));
    let fifth: [u8; 32] = part(block, 16);
    for pair in 0..4 {
        let packed: [u8; 32] = part(block, 48 + 32 * pair);
        for high in 0..2 {
            let group = 2 * pair + high;
            let (scale, minimum) = (d * f32::from(scales[group]), d_min * f32::from(minima[group]));
            let shift = 4 * high as u32;
            for j in 0..32 {
                let q = (packed[j] >> shift) & 15 | (fifth[j] >> group & 1) << 4;
                out[32 * group + j] = scale * f32::from(q) - minimum;
            }
        }
    }
}

// Q6_K: [128 bytes of low nibbles][64 bytes of top bit pairs][16 signed scales][d: f16], value = d s (q - 32);
// each half of the block (128 values) is four groups of 32 with two scales each
#[inline(always)]
fn q6_k(block: &[u8; 210], out: &mut [f32; 256]) {
    let d = half(block, 208);
    for side in 0..2 {
        let top: [u8; 32] = part(block, 128 + 32 * side);
        for group in 0..4 {
            let low: [u8; 32] = part(block, 64 * side + 32 * (group % 2));
            let (low_shift, top_shift) = (4 * (group as u32 / 2), 2 * group as u32);
            for half_group in 0..2 {
                let scale = d * f32::from(block[192 + 8 * side + 2 * group + half_group] as i8);
                for j in 16 * half_group..16 * half_group + 16 {
                    let q = (low[j] >> low_shift) & 15 | (top[j] >> top_shift & 3) << 4;
                    out[128 * side + 32 * group + j] = scale * (i32::from(q) - 32) as f32;
                }
            }
        }
    }
}
