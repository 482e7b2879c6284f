//! Questions and texts of this program's own, so that every model is taught and tried with the same. Nobody else's rights
//! lie on them. They are files of `crate/cli/data` (what is rehearsed: of
//! `crate/scores/data`), and a part of the program.
//!
//! | name | what |
//! | --- | --- |
//! | `replay` | ordinary instructions whose answers a model rehearses while it learns to refuse |
//! | `commands` | others, of some kinds that `replay` has and of some that it has not: refusing one is a mistake |
//! | `unanswerable` | questions that have no answer: about persons, places and works that were made up, the future, private and lost things |
//! | `text` | plain text that has nothing to do with any of that, for perplexities |

use super::dataset::{Dataset, parse_ungraded};
use semgrad_scores::abstain::replay::INSTRUCTIONS;
use std::sync::LazyLock;

macro_rules! built_in {
    ($($(#[$about:meta])* $function:ident $name:literal $text:expr)*) => { $(
        $(#[$about])*
        pub fn $function() -> &'static Dataset {
            static SET: LazyLock<Dataset> = LazyLock::new(|| {
                #[allow(clippy::expect_used, reason = "the file is a part of this program, and a test reads it")]
                parse_ungraded(concat!($name, ".jsonl"), $text).expect("questions, one a line")
            });
            &SET
        }
    )* };
}

built_in! {
    /// Instructions to rehearse.
    replay "replay" INSTRUCTIONS
    /// Instructions to try.
    commands "commands" include_str!("../../data/commands.jsonl")
    /// Questions without an answer.
    unanswerable "unanswerable" include_str!("../../data/unanswerable.jsonl")
    /// Paragraphs.
    text "text" include_str!("../../data/text.jsonl")
}

#[cfg(test)]
mod tests {
    use super::*;
    use semgrad_scores::abstain::refusal::refuses;
    use semgrad_scores::lexical::words::answer_words;
    use std::collections::HashSet;

    #[test]
    fn every_line_can_be_asked_and_none_stands_twice() {
        let sets = [replay(), commands(), unanswerable(), text()];
        assert_eq!(sets.map(|set| (set.questions.len(), set.problems.len())), [(60, 0), (60, 0), (60, 0), (8, 0)]);
        assert_eq!(sets.map(|set| set.name.as_str()), ["replay", "commands", "unanswerable", "text"]);
        // What is rehearsed is not what is tried, in other capitals or with another stop either.
        let mut seen = HashSet::new();
        for question in sets.iter().flat_map(|set| &set.questions) {
            assert!(seen.insert(answer_words(&question.question).join(" ")), "{}", question.question);
            assert!(!refuses(&question.question));
        }
    }
}
