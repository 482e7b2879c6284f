//! What an answer says beyond its question: the words that are left without filler and without the question's own words. So
//! "Paris", "It is Paris." and "The capital of France is Paris." say the same about the capital of France, and
//! "The capital of France is Lyon." does not, although it has more words in common with the last one.
//!
//! It is for grouping answers where people see them. Scores compare texts as their papers do.

use super::together;
use super::words::answer_words;
use crate::spans::sentences::sentences;
use crate::spans::stop_words::is_bare_stop_word;

/// Words around an answer that are no part of it, besides the function words.
#[rustfmt::skip]
const FILLER: [&str; 16] = [
    "actually", "answer", "believe", "called", "certainly", "correct", "course", "known", "located", "named", "ok", "okay",
    "situated", "sure", "think", "well",
];
/// What turns an answer around; "n't" does, too.
#[rustfmt::skip]
const NEGATIONS: [&str; 10] = [
    "cannot", "neither", "never", "no", "nobody", "none", "nor", "not", "nothing", "without",
];
/// What stands for all of them.
const NOT: &str = "not";
/// Small numbers, which people write in words.
#[rustfmt::skip]
const NUMBERS: [&str; 13] = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
];

/// What one answer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// In the order of the answer.
    words: Vec<String>,
    /// It names more than one thing, and leaves open which.
    is_open: bool,
}

impl Said {
    /// What `answer` says to `question`. The first sentence that says anything counts: what follows explains it. An answer
    /// that only repeats the question, or is nothing but filler, says its own words.
    pub fn new(question: &str, answer: &str) -> Self {
        let asked = content(question);
        let of = |text: &str, skipped: &[String]| Self {
            words: content(text).into_iter().filter(|word| !skipped.contains(word)).collect(),
            is_open: answer_words(text).iter().any(|word| word == "or"),
        };
        let mut sentences = sentences(answer).into_iter().map(|range| of(&answer[range], &asked));
        let said = sentences.find(|said| !said.words.is_empty()).unwrap_or_else(|| of(answer, &[]));
        match said.words.is_empty() {
            true => Self { words: answer_words(answer), is_open: false },
            false => said,
        }
    }

    /// Its words, in the order of the answer.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// Whether two answers to one question say the same: the same words, or all that one says in a row in the other, which
    /// neither turns it around nor leaves it open.
    pub fn same(&self, other: &Self) -> bool {
        let within = |some: &Self, all: &Self| some.words.iter().all(|word| all.words.contains(word));
        let holds = |long: &Self, short: &Self| !long.is_open && together(&long.words, &short.words);
        let denies = |said: &Self| said.words.iter().any(|word| word == NOT);
        within(self, other) && within(other, self)
            || denies(self) == denies(other) && (holds(self, other) || holds(other, self))
    }
}

/// The words of a text that say something.
pub fn content(text: &str) -> Vec<String> {
    let plain = |word: String| match word.as_str() {
        _ if NEGATIONS.contains(&word.as_str()) => Some(NOT.to_owned()),
        _ if is_bare_stop_word(&word) => word.ends_with("nt").then(|| NOT.to_owned()),
        _ if FILLER.contains(&word.as_str()) => None,
        _ => Some(NUMBERS.iter().position(|number| word == *number).map_or(word, |value| value.to_string())),
    };
    answer_words(text).into_iter().filter_map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(question: &str, a: &str, b: &str) -> bool {
        let (a, b) = (Said::new(question, a), Said::new(question, b));
        assert_eq!(a.same(&b), b.same(&a));
        assert!(a.same(&a) && b.same(&b));
        a.same(&b)
    }

    #[test]
    fn filler_and_the_questions_words_do_not_count() {
        let question = "What is the capital of France?";
        for other in [
            "It is Paris.",
            "The capital of France is Paris.",
            "the capital of France is called Paris",
            "Sure! The answer is: Paris.",
            "That's Paris, of course.",
            "I think it's Paris",
            "Paris is the largest city of France. Lyon is smaller.",
            "**Paris**",
        ] {
            assert!(same(question, "Paris", other), "{other}");
        }
        for other in ["The capital of France is Lyon.", "It is not Paris.", "Paris or Lyon", "Parisian", "", "No."] {
            assert!(!same(question, "The capital of France is Paris.", other), "{other}");
        }
    }

    #[test]
    fn numbers_count_by_value() {
        let question = "How many legs does a spider have?";
        for other in ["A spider has eight legs.", "8.0", "Spiders have 8 legs", "Eight!"] {
            assert!(same(question, "8", other), "{other}");
        }
        assert!(
            !same(question, "8", "A spider has 6 legs.") && !same(question, "8", "18") && !same(question, "8", "-8")
        );
        let people = "How many people live in France?";
        assert!(same(people, "68,000,000", "About 68 million people live in France."));
        assert!(!same(people, "68", "68 million"));
        assert!(same("When was the moon landing?", "1969", "The moon landing was on July 20, 1969."));
        assert!(!same("When did the war end?", "May 7, 1945", "May 8, 1945"));
    }

    #[test]
    fn names_agree_as_a_whole() {
        let question = "Who was the second president?";
        assert!(same(question, "Adams", "The second president was John Adams."));
        assert!(!same(question, "John Adams", "John Quincy Adams"));
        assert!(same("Who discovered radium?", "Marie and Pierre Curie", "Pierre and Marie Curie discovered it."));
    }

    #[test]
    fn yes_and_no_are_answers() {
        let question = "Is Lyon the capital of France?";
        assert!(same(question, "No.", "No, Lyon is not the capital of France."));
        assert!(same(question, "No.", "It isn't."));
        assert!(same(question, "Yes", "Yes, it is."));
        assert!(!same(question, "Yes.", "No.") && !same(question, "Yes, it is.", "No, it is Paris."));
        // A question that denies something is no answer yet.
        let moons = "Which planet has no moons?";
        assert!(same(moons, "Venus", "Venus has no moons.") && !same(moons, "Venus", "Mars has no moons."));
    }

    #[test]
    fn an_answer_without_words_of_its_own_says_those_that_it_has() {
        assert!(same("Is it Paris or Lyon?", "Paris", "It is Paris."));
        assert!(!same("Is it Paris or Lyon?", "Paris", "It is Lyon."));
        assert!(!same("Who is it?", "He is.", "It was her."));
        assert!(same("?", "", "…") && same("", "富士山", "富士山。"));
        assert!(!same("", "Paris", "?"));
    }
}
