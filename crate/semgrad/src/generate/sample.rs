//! Choosing the next token.

use crate::ops::cpu::draw::Weights;
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

    /// Next id from a row of logits, and its log-probability at temperature 1.
    pub fn choose(&mut self, logits: &[f32]) -> (u32, f64) {
        let max = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        // Single precision is enough for weights, and several times faster: a draw in some millions falls on a neighbor.
        let plain = Weights::new(logits, max, 1.0);
        let id = if self.temperature <= 0.0 {
            None
        } else {
            let draw = self.random.random::<f64>();
            // The weights are there already at temperature 1.
            match self.temperature == 1.0 {
                true => plain.find(draw),
                false => Weights::new(logits, max, (1.0 / self.temperature) as f32).find(draw),
            }
        };
        // The smallest of equals; also where rounding leaves a remainder after the last id.
        let id = id.or_else(|| logits.iter().position(|&z| z == max)).unwrap_or(0);
        (id as u32, f64::from(logits[id] - max) - plain.total.ln())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frequencies_follow_the_tempered_distribution() {
        let logits = [0.0f32, 1.0, 2.0];
        for temperature in [0.5, 1.0, 2.0] {
            let mut sampler = Sampler::new(temperature, 7);
            let mut count = [0.0; 3];
            for _ in 0..20_000 {
                count[sampler.choose(&logits).0 as usize] += 1.0 / 20_000.0;
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
        assert_eq!(Sampler::new(0.0, 1).choose(&logits).0, 1);
        let draw = |seed| {
            let mut s = Sampler::new(1.0, seed);
            (0..20).map(|_| s.choose(&logits).0).collect::<Vec<_>>()
        };
        assert_eq!(draw(3), draw(3));
        assert_ne!(draw(3), draw(4));
    }

    /// The cumulative sums that a draw is looked up in, in double precision and one by one.
    fn slow(logits: &[f32], temperature: f64, draw: f64) -> usize {
        let max = f64::from(logits.iter().copied().fold(f32::NEG_INFINITY, f32::max));
        let weights: Vec<f64> = logits.iter().map(|&z| ((f64::from(z) - max) / temperature).exp()).collect();
        let mut left = draw * weights.iter().sum::<f64>();
        let hit = weights.iter().position(|weight| {
            left -= weight;
            left < 0.0
        });
        hit.unwrap()
    }

    #[test]
    fn draws_and_logprobs_are_those_of_double_precision() {
        for vocab in [1, 63, 64, 65, 1000, 49_152] {
            let logits: Vec<f32> = (0..vocab).map(|i| 9.0 * (i as f32 * 0.618).sin()).collect();
            let sum: f64 = logits.iter().map(|&z| f64::from(z).exp()).sum();
            for temperature in [0.3, 1.0, 1.7] {
                let (mut sampler, mut random) = (Sampler::new(temperature, 5), ChaCha8Rng::seed_from_u64(5));
                for _ in 0..200 {
                    let (id, logprob) = sampler.choose(&logits);
                    assert_eq!(id as usize, slow(&logits, temperature, random.random()), "{vocab} at {temperature}");
                    let want = f64::from(logits[id as usize]) - sum.ln();
                    assert!((logprob - want).abs() < 1e-6, "{logprob}, not {want}");
                }
            }
        }
    }

    #[test]
    fn excluded_logits_are_never_drawn() {
        let mut logits = vec![f32::NEG_INFINITY; 200];
        (logits[70], logits[199]) = (1.0, 1.5);
        let mut sampler = Sampler::new(1.0, 2);
        let drawn: Vec<u32> = (0..100).map(|_| sampler.choose(&logits).0).collect();
        assert!(drawn.contains(&70) && drawn.contains(&199) && drawn.iter().all(|id| [70, 199].contains(id)));
    }
}
