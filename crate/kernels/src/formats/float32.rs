//! F32: IEEE single precision.

use super::description::{Description, packed};
use super::scalar::each;

/// Its description.
pub const FORMAT: Description =
    Description { turn: 13, ..Description::float("F32", 0, 4, &[packed!("float32"), packed!("float")]) };

/// Unpacks values one after the other.
#[inline(always)]
pub fn dequantize(bytes: &[u8], out: &mut [f32]) {
    each(bytes, out, |value: &[u8; 4], out: &mut [f32; 1]| out[0] = f32::from_le_bytes(*value));
}
