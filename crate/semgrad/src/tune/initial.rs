//! First values: a drawn evenly from ±1/√in (Kaiming, a = √5) and b zero, as in `peft`, so that the change is none.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};

/// a `[rank, inputs]` of the layer of this name.
pub fn first_values(name: &str, rank: usize, inputs: usize, seed: u64) -> Vec<f32> {
    let bound = 1.0 / (inputs as f32).sqrt();
    let mut random = ChaCha8Rng::seed_from_u64(derived(seed, name));
    (0..rank * inputs).map(|_| bound * (2.0 * random.random::<f32>() - 1.0)).collect()
}

/// A seed for one purpose, from that of the whole run: it does not depend on what else is drawn.
pub fn derived(seed: u64, purpose: &str) -> u64 {
    let digest = Sha256::new().chain_update(seed.to_le_bytes()).chain_update(purpose).finalize();
    digest.iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}
