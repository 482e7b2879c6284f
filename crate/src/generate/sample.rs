//! Choosing the next token.

use super::statistics::Distribution;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Greedy at temperature 0, otherwise a draw from the tempered distribution.
pub struct Sampler {
    temperature: f64,
    random: ChaCha8Rng,
}

impl Sampler {
    /// The same seed gives the same draws on every platform.
    pub fn new(temperature: f64, seed: u64) -> Self {
        Self { temperature, random: ChaCha8Rng::seed_from_u64(seed) }
    }

    /// Next id from a row of logits and its distribution at temperature 1.
    pub fn choose(&mut self, logits: &[f32], distribution: &Distribution) -> u32 {
        if self.temperature <= 0.0 {
            return distribution.best;
        }
        let draw = self.random.random::<f64>();
        // The probabilities are there already at temperature 1.
        let tempered: Vec<f64>;
        let weights = if self.temperature == 1.0 {
            &distribution.p
        } else {
            let max = f64::from(logits[distribution.best as usize]);
            tempered = logits.iter().map(|&z| ((f64::from(z) - max) / self.temperature).exp()).collect();
            &tempered
        };
        let mut left = draw * weights.iter().sum::<f64>();
        for (id, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return id as u32;
            }
        }
        // Rounding can leave a remainder after the last id.
        distribution.best
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frequencies_follow_the_tempered_distribution() {
        let logits = [0.0f32, 1.0, 2.0];
        let d = Distribution::new(&logits);
        for temperature in [0.5, 1.0, 2.0] {
            let mut sampler = Sampler::new(temperature, 7);
            let mut count = [0.0; 3];
            for _ in 0..20_000 {
                count[sampler.choose(&logits, &d) as usize] += 1.0 / 20_000.0;
            }
            let weights: Vec<f64> = logits.iter().map(|&z| (f64::from(z) / temperature).exp()).collect();
            let sum: f64 = weights.iter().sum();
            for (got, want) in count.iter().zip(weights) {
                assert!((got - want / sum).abs() < 0.015);
            }
        }
    }

    #[test]
    fn greedy_takes_the_largest_and_seeds_repeat() {
        let logits = [0.5f32, 0.7, 0.6];
        let d = Distribution::new(&logits);
        assert_eq!(Sampler::new(0.0, 1).choose(&logits, &d), 1);
        let draw = |seed| {
            let mut s = Sampler::new(1.0, seed);
            (0..20).map(|_| s.choose(&logits, &d)).collect::<Vec<_>>()
        };
        assert_eq!(draw(3), draw(3));
        assert_ne!(draw(3), draw(4));
    }
}
