//! The largest file of weights that may fit, as far as a machine says. Nothing is reserved.

/// Weights stay packed; caches and activations come on top (measured: 1.2 to 1.4 times the file).
const FACTOR: f64 = 1.4;
/// The program itself.
const PROGRAM: f64 = 60e6;
/// The system and other programs take their part.
const USABLE: f64 = 0.6;
/// No module of 32 bits has more.
const MODULE: f64 = 4.0 * (1u64 << 30) as f64;

/// Bytes of the largest file of weights, of `memory` bytes that the machine has; infinite where it does not say.
pub fn room(memory: f64) -> f64 {
    let most = if cfg!(target_family = "wasm") { MODULE } else { f64::INFINITY };
    (most.min(memory * USABLE) - PROGRAM) / FACTOR
}

/// A size as people read it, in decimal units.
pub fn size(bytes: f64) -> String {
    let (mut value, mut unit) = (bytes, "bytes");
    for larger in ["kB", "MB", "GB"] {
        if value < 999.5 {
            break;
        }
        (value, unit) = (value / 1000.0, larger);
    }
    // Three digits say enough, and half a byte nothing.
    let digits = usize::from(unit != "bytes" && value < 99.95);
    format!("{value:.digits$} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_three_digits_at_most_but_the_largest() {
        for (bytes, text) in [
            (0.0, "0 bytes"),
            (999.0, "999 bytes"),
            (1000.0, "1.0 kB"),
            (99_940.0, "99.9 kB"),
            (99_960.0, "100 kB"),
            (999_600.0, "1.0 MB"),
            (8.045e9, "8.0 GB"),
            (2.5e12, "2500 GB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }

    #[test]
    fn six_tenths_of_the_memory_are_used_and_all_where_nobody_says() {
        assert!(((16e9 * 0.6 - 60e6) / 1.4 - room(16e9)).abs() < 1.0);
        assert_eq!(room(f64::INFINITY), f64::INFINITY);
    }
}
