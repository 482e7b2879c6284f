//! How sure a share is that was counted.

/// Wilson's interval for `hits` of `count` at 95 % (Wilson 1927, J. Am. Stat. Assoc. 22, 209): inside [0, 1], and of use
/// for shares near its ends. All of it where nothing was counted.
pub fn wilson(hits: usize, count: usize) -> [f64; 2] {
    if count == 0 {
        return [0.0, 1.0];
    }
    // The normal distribution's 0.975 quantile.
    const Z: f64 = 1.959963984540054;
    let (n, share) = (count as f64, hits.min(count) as f64 / count as f64);
    let scale = 1.0 + Z * Z / n;
    let center = (share + Z * Z / (2.0 * n)) / scale;
    let half = Z / scale * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    [(center - half).max(0.0), (center + half).min(1.0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_those_of_the_formula() {
        // By hand: 10 of 100 has center (0.1 + 0.019208) / 1.038415 and half-width 0.059574.
        let near = |got: [f64; 2], want: [f64; 2]| {
            assert!((got[0] - want[0]).abs() < 1e-4 && (got[1] - want[1]).abs() < 1e-4, "{got:?} {want:?}");
        };
        near(wilson(10, 100), [0.0552, 0.1744]);
        near(wilson(0, 10), [0.0, 0.2775]);
        near(wilson(10, 10), [0.7225, 1.0]);
        near(wilson(1, 2), [0.0945, 0.9055]);
        assert_eq!(wilson(0, 0), [0.0, 1.0]);
    }
}
