//! Other wordings of a question: what is left of an answer when only the words change?
//!
//! Three sources: characters skipped in some words ([`skip`], for ESI), a genetic search that exchanges words
//! ([`genetic`], with [`synonyms`]), and paraphrases by a language model or by the user ([`choose`] takes as many as a
//! method wants). All are deterministic under a seed, and none knows a model: similarities come from the caller.

pub mod choose;
pub mod genetic;
mod inflect;
pub mod skip;
pub mod synonyms;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Draws that are the same on every platform.
struct Random(ChaCha8Rng);

impl Random {
    fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// An index below `n`, which is not 0.
    fn below(&mut self, n: usize) -> usize {
        // The width of usize must not change the draw.
        self.0.random_range(0..n as u64) as usize
    }

    /// Shuffles the first `count` places (all when there are fewer) and returns them.
    fn pick<'a, T>(&mut self, items: &'a mut [T], count: usize) -> &'a mut [T] {
        let count = count.min(items.len());
        for i in 0..count {
            let j = i + self.below(items.len() - i);
            items.swap(i, j);
        }
        &mut items[..count]
    }

    /// An index with probability in proportion to its weight; uniform when no weight is positive.
    fn weighted(&mut self, weights: &[f64]) -> usize {
        let total: f64 = weights.iter().sum();
        if total <= 0.0 {
            return self.below(weights.len());
        }
        let mut left = self.0.random::<f64>() * total;
        for (i, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return i;
            }
        }
        // Rounding can leave a remainder after the last one.
        weights.iter().rposition(|&weight| weight > 0.0).unwrap_or_default()
    }
}
