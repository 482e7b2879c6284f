//! What an answer looks like, whatever it says: its length, its hedges, its digits. They tell writers apart rather than truth,
//! so no judgement is made of them; but a judgement that is no better than they are is worth nothing, so they are measured
//! beside it.

use crate::spans::words::words;

/// Names of the features.
pub const NAMES: [&str; 4] = ["words", "hedges", "digits", "names"];

/// Words of doubt.
const HEDGES: [&str; 16] = [
    "apologize",
    "approximately",
    "believe",
    "cannot",
    "could",
    "likely",
    "may",
    "maybe",
    "might",
    "perhaps",
    "possibly",
    "probably",
    "sorry",
    "unclear",
    "unknown",
    "unsure",
];

/// The features of an answer, in the order of [`NAMES`].
pub fn features(answer: &str) -> [f64; 4] {
    let words: Vec<&str> = words(answer).into_iter().map(|at| &answer[at]).collect();
    let count = |holds: &dyn Fn(&str) -> bool| words.iter().filter(|word| holds(word)).count() as f64;
    let hedge = |word: &str| HEDGES.binary_search(&word.to_lowercase().as_str()).is_ok();
    let digits = |word: &str| word.starts_with(|c: char| c.is_numeric());
    let name = |word: &str| word.starts_with(char::is_uppercase);
    let all = words.len() as f64;
    [all.ln_1p(), count(&hedge).min(2.0), count(&digits).min(3.0), count(&name) / all.max(1.0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted() {
        assert!(HEDGES.is_sorted());
        let [words, hedges, digits, names] = features("It was probably in 1969, perhaps; I am not sure.");
        assert!((words - 11f64.ln()).abs() < 1e-12 && hedges == 2.0 && digits == 1.0 && (names - 0.2).abs() < 1e-12);
        assert_eq!(features(""), [0.0; 4]);
    }
}
