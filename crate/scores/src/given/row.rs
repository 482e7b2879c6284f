//! An answer of somebody's that people judged, with what a model saw of it.

use super::surface;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A judged answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Row {
    /// Its own id.
    pub id: String,
    /// The question that it answers: answers to one question stay together.
    pub group: String,
    /// The set that the question is of, where there are several: one may be harder than another, and to tell sets apart is no skill.
    pub set: String,
    /// Who wrote it.
    pub writer: String,
    /// Whether it is right.
    pub right: bool,
    /// By name; null where a signal has no value.
    pub signals: BTreeMap<String, Option<f64>>,
    /// The model's state where it was asked whether the answer is correct; empty where it was not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub state: Vec<f32>,
    /// The answer, from whoever has no `surface` of it.
    #[serde(skip_serializing)]
    pub answer: String,
    /// What the answer looks like ([`surface::NAMES`]).
    pub surface: [f64; surface::NAMES.len()],
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    /// Answers of three writers to `n / 3` questions, so many of them wrong, whose `surprisal` is normal with deviation 1 and
    /// `shift` higher where they are wrong.
    pub fn rows(n: usize, wrong: f64, shift: f64) -> Vec<Row> {
        let mut random = ChaCha8Rng::seed_from_u64(5);
        let mut unit = || f64::from(random.random::<u32>()) / f64::from(u32::MAX);
        let mut row = |i: usize| {
            let is_wrong = unit() < wrong;
            let normal = (0..12).map(|_| unit()).sum::<f64>() - 6.0;
            Row {
                id: i.to_string(),
                group: (i / 3).to_string(),
                set: String::new(),
                writer: ["a", "b", "c"][i % 3].into(),
                right: !is_wrong,
                signals: [("surprisal".to_owned(), Some(normal + if is_wrong { shift } else { 0.0 }))].into(),
                state: Vec::new(),
                answer: String::new(),
                surface: [unit(), 0.0, 0.0, 0.0],
            }
        };
        (0..n).map(&mut row).collect()
    }
}
