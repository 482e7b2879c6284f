//! Half-precision numbers.

/// Half to single precision without branches or tables: both the normal and the subnormal reading are computed and one
/// is selected, which vectorizes and never touches subnormal singles (slow on x86).
#[inline(always)]
pub fn half_to_f32(half: u16) -> f32 {
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
pub fn half(block: &[u8], at: usize) -> f32 {
    half_to_f32(u16::from_le_bytes([block[at], block[at + 1]]))
}

#[cfg(test)]
mod tests {
    use super::half_to_f32;

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
}
