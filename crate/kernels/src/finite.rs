//! Whether packed weights are finite numbers, told without unpacking them: from the exponents of floats, and from the
//! scales and minima of blocks, whose other parts are integers.

use crate::formats::Format;

/// Values looked at before the first branch: within them, the loop becomes vector code.
const GROUP: usize = 4096;
/// 12 times the power of two of the next one is beyond single precision; 255 stands for NaN.
const LARGEST_EXPONENT: u8 = 252;

/// The first value that is NaN or infinite, counted from the first of `bytes`; in a block format, the first value of its
/// block. What llama.cpp's `--check-tensors` looks for.
#[cfg_attr(target_family = "wasm", target_feature(enable = "simd128"))]
pub fn first_not_finite(format: Format, bytes: &[u8]) -> Option<usize> {
    match format {
        Format::F32 => first(bytes, |value: [u8; 4]| u32::from_le_bytes(value) & 0x7f80_0000 == 0x7f80_0000),
        Format::BF16 => first(bytes, |value: [u8; 2]| u16::from_le_bytes(value) & 0x7f80 == 0x7f80),
        Format::F16 => first(bytes, half),
        _ => {
            let (halves, exponent) = (format.halves(), format.exponent());
            let bad = |block: &[u8]| {
                halves.iter().any(|&at| half([block[at], block[at + 1]]))
                    || exponent.is_some_and(|at| block[at] > LARGEST_EXPONENT)
            };
            let block = bytes.chunks_exact(format.block_bytes()).position(bad)?;
            Some(block * format.block_len())
        }
    }
}

/// Whether a half-precision number is NaN or infinite.
#[inline(always)]
fn half(value: [u8; 2]) -> bool {
    u16::from_le_bytes(value) & 0x7c00 == 0x7c00
}

#[inline(always)]
fn first<const N: usize>(bytes: &[u8], bad: impl Fn([u8; N]) -> bool) -> Option<usize> {
    let (values, _) = bytes.as_chunks::<N>();
    let group = values.chunks(GROUP).position(|group| group.iter().fold(false, |any, value| any | bad(*value)))?;
    let start = group * GROUP;
    values[start..].iter().position(|value| bad(*value)).map(|at| start + at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::dequantize_row;
    use crate::samples::blocks;

    /// Finite exactly where what is unpacked is finite, whichever number of a block is wrong.
    #[test]
    fn agrees_with_the_unpacked_values() {
        let bad = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY];
        for format in Format::ALL {
            let (cols, bytes) = (format.block_len() * 5000, blocks(format, 1, format.block_len() * 5000));
            assert_eq!(first_not_finite(format, &bytes), None, "{format:?}");
            let places = if format.halves().is_empty() { &[0][..] } else { format.halves() };
            let mut exponents = [253, 254, 255].into_iter().cycle();
            let changes = places.iter().flat_map(|&place| bad.map(|bad| (place, bad)));
            for ((place, bad), block) in changes.zip([0, 4097, 4999, 2].into_iter().cycle()) {
                let mut bytes = bytes.clone();
                let at = block * format.block_bytes() + place;
                match format {
                    Format::F32 => bytes[at..at + 4].copy_from_slice(&bad.to_le_bytes()),
                    _ if format.exponent().is_some() => bytes[at] = exponents.next().unwrap(),
                    Format::BF16 => bytes[at..at + 2].copy_from_slice(&half::bf16::from_f32(bad).to_le_bytes()),
                    _ => bytes[at..at + 2].copy_from_slice(&half::f16::from_f32(bad).to_le_bytes()),
                }
                let mut values = vec![0.0; cols];
                dequantize_row(format, &bytes, &mut values);
                let unpacked = values.iter().position(|value| !value.is_finite());
                let found = first_not_finite(format, &bytes);
                assert_eq!(found.map(|at| at / format.block_len()), Some(block), "{format:?} {place} {bad}");
                // A zero times infinity may come first within the block.
                assert_eq!(unpacked.map(|at| at / format.block_len()), Some(block), "{format:?} {place} {bad}");
            }
        }
    }

    #[test]
    fn the_largest_numbers_are_finite() {
        assert_eq!(first_not_finite(Format::F32, &f32::MAX.to_le_bytes()), None);
        assert_eq!(first_not_finite(Format::BF16, &half::bf16::MAX.to_le_bytes()), None);
        assert_eq!(first_not_finite(Format::F16, &half::f16::MIN.to_le_bytes()), None);
        assert_eq!(first_not_finite(Format::F32, &[]), None);
    }
}
