//! BF16: the upper half of a single.

use super::description::{Description, packed};
use super::scalar::each;

/// Its description.
pub const FORMAT: Description =
    Description { turn: 11, ..Description::float("BF16", 30, 2, &[packed!("bfloat16"), packed!("float")]) };

/// Unpacks values one after the other.
#[inline(always)]
pub fn dequantize(bytes: &[u8], out: &mut [f32]) {
    each(bytes, out, |value: &[u8; 2], out: &mut [f32; 1]| {
        out[0] = f32::from_bits(u32::from(u16::from_le_bytes(*value)) << 16);
    });
}
