//! Numbers left out by chance, the same ones whenever the seed is the same: a gradient is masked as its input was, and
//! nothing has to be remembered between the two.

/// x with about `rate` of its numbers 0, and the others divided by 1 − rate. Whether number `i` stays follows from `seed`
/// and `i` alone, on every device.
pub fn dropout(x: &[f32], seed: u32, rate: f32) -> Vec<f32> {
    let (from, factor) = kept(rate);
    let seed = scramble(seed);
    let value = |(i, x): (usize, &f32)| if scramble(seed ^ i as u32) >= from { x * factor } else { 0.0 };
    x.iter().enumerate().map(value).collect()
}

/// From which draw of 32 bits on a number stays, and what it is multiplied by.
pub fn kept(rate: f32) -> (u32, f32) {
    // A float above what fits gives the largest integer.
    ((f64::from(rate) * f64::from(u32::MAX)) as u32, 1.0 / (1.0 - rate))
}

/// A hash of 32 bits (PCG-RXS-M-XS, Jarzynski and Olano 2020).
fn scramble(x: u32) -> u32 {
    let state = x.wrapping_mul(747_796_405).wrapping_add(2_891_336_453);
    let word = ((state >> ((state >> 28) + 4)) ^ state).wrapping_mul(277_803_737);
    (word >> 22) ^ word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_stays_and_the_share_is_the_rate() {
        let x = vec![1.0; 100_000];
        for (seed, rate) in [(0, 0.0), (1, 0.05), (2, 0.5), (3, 0.9)] {
            let y = dropout(&x, seed, rate);
            let gone = y.iter().filter(|&&y| y == 0.0).count() as f32 / 1e5;
            assert!((gone - rate).abs() < 0.01, "{gone} of {rate}");
            assert!((y.iter().sum::<f32>() / 1e5 - 1.0).abs() < 0.05);
        }
        assert_eq!(dropout(&x, 7, 0.3), dropout(&x, 7, 0.3));
        assert_ne!(dropout(&x, 7, 0.3), dropout(&x, 8, 0.3));
    }
}
