//! Ordinary instructions: a model that is taught to refuse rehearses its own answers to them, so that it does not learn to
//! refuse these, too.

use super::target::Known;
use crate::statistics::folds::shuffle;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// Those that this project has: JSON, one a line. Nobody else's rights lie on them.
pub const INSTRUCTIONS: &str = include_str!("../../data/replay.jsonl");

/// Share of them among what is learned, unless another one is wished.
pub const SHARE: f64 = 0.25;

/// Which of the instructions that were asked are rehearsed beside so many other lessons, by their places: as many as give
/// them this share of all, drawn by lot, as far as there are enough. An answer that was cut off would teach not to end, and
/// a refusal to refuse.
pub fn rehearsed(lessons: usize, instructions: &[Known], share: f64, seed: u64) -> Vec<usize> {
    let wanted = (lessons as f64 * share / (1.0 - share)).round() as usize;
    let usable = |&i: &usize| !instructions[i].cut && !instructions[i].refuses;
    let mut places: Vec<usize> = (0..instructions.len()).filter(usable).collect();
    shuffle(&mut places, &mut ChaCha8Rng::seed_from_u64(seed));
    places.truncate(wanted);
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_of_all_is_rehearsed() {
        let mut known = vec![Known::default(); 40];
        known[..3].iter_mut().for_each(|known| known.cut = true);
        known[3].refuses = true;
        let found = rehearsed(20, &known, 0.25, 0);
        // A quarter of 27 is 7, and neither what was cut off nor what refuses is rehearsed.
        assert!(found.len() == 7 && found.iter().all(|place| *place > 3), "{found:?}");
        assert!(found == rehearsed(20, &known, 0.25, 0) && found != rehearsed(20, &known, 0.25, 1));
        // As far as there are enough.
        assert_eq!(rehearsed(40, &known, 0.9, 0).len(), 36);
        assert!(rehearsed(20, &known, 0.0, 0).is_empty() && rehearsed(20, &[], 0.25, 0).is_empty());
    }
}
