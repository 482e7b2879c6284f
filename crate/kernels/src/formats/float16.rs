//! F16: IEEE half precision.

use super::description::{Description, packed};
use super::scalar::each;
use crate::halves::half;

/// Its description.
pub const FORMAT: Description =
    Description { turn: 12, ..Description::float("F16", 1, 2, &[packed!("float16"), packed!("float")]) };

/// Unpacks values one after the other.
#[inline(always)]
pub fn dequantize(bytes: &[u8], out: &mut [f32]) {
    each(bytes, out, |value: &[u8; 2], out: &mut [f32; 1]| out[0] = half(value, 0));
}
