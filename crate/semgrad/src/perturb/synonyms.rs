//! Words to exchange for one another.
//!
//! A list made from WordNet 3.1 is kept in `crate/semgrad/data/synonyms` with its licence and the script that made it; it is a
//! file to load when a search is asked for, and no part of the wasm. The alternative, neighbors in the model's own
//! embedding table, costs a pass over the table and finds mostly other spellings and endings of the same word, and
//! opposites; the list is a tenth of a megabyte and finds other words.

use super::inflect::{bases, inflect};
use crate::error::{Code, Error, Result};
use std::collections::BTreeMap;

/// A synonym list: base forms in lower case.
#[derive(Clone, Debug, Default)]
pub struct Synonyms(BTreeMap<Box<str>, Box<str>>);

impl Synonyms {
    /// Reads a list: one word a line, its substitutes behind it, separated by spaces.
    ///
    /// # Errors
    /// `bad_input` with the line that has no substitute.
    pub fn parse(text: &str) -> Result<Self> {
        let mut list = BTreeMap::new();
        for (number, line) in
            crate::input::unmarked(text).lines().enumerate().filter(|(_, line)| !line.trim().is_empty())
        {
            let (word, rest) = line.trim().split_once(' ').ok_or_else(|| {
                Error::new(
                    Code::BadInput,
                    format!("line {} of the synonym list has no substitute.", number + 1),
                    "A line is a word and its substitutes, separated by spaces.",
                )
            })?;
            list.insert(word.into(), rest.into());
        }
        Ok(Self(list))
    }

    /// Substitutes for a word as it stands in a text, with its ending and its capital letter. Empty for unknown words.
    pub fn of(&self, word: &str) -> Vec<String> {
        let lower = word.to_lowercase();
        let exact = self.0.get(lower.as_str()).map(|rest| (rest, None));
        let found = exact.or_else(|| {
            let mut bases = bases(&lower).into_iter();
            bases.find_map(|(base, ending)| self.0.get(base.as_str()).map(|rest| (rest, Some(ending))))
        });
        let Some((rest, ending)) = found else { return Vec::new() };
        let capital = word.chars().next().is_some_and(char::is_uppercase);
        let shape = |base: &str| {
            let word = ending.map_or_else(|| base.to_owned(), |ending| inflect(base, ending));
            if capital { capitalize(&word) } else { word }
        };
        rest.split_whitespace().map(shape).filter(|substitute| *substitute != word).collect()
    }
}

fn capitalize(word: &str) -> String {
    let mut rest = word.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shipped() -> Synonyms {
        Synonyms::parse(include_str!("../../data/synonyms/synonyms.txt")).unwrap()
    }

    #[test]
    fn the_shipped_list() {
        let list = shipped();
        assert_eq!(list.0.len(), 9148);
        assert!(list.of("country").contains(&"nation".into()));
        assert!(list.of("Countries").contains(&"Nations".into()));
        assert!(list.of("invented").contains(&"devised".into()));
        for word in ["", "Eiffel", "zzz", "1952", "الرواية", "é"] {
            assert!(list.of(word).is_empty(), "{word}");
        }
        // No word stands for itself, and all are plain.
        for (word, rest) in &list.0 {
            assert!(rest.split(' ').all(|other| other != &**word && other.bytes().all(|b| b.is_ascii_lowercase())));
            assert!((1..=6).contains(&rest.split(' ').count()), "{word}");
        }
    }

    #[test]
    fn lines_without_substitutes_are_refused() {
        let error = Synonyms::parse("big large\n\nsmall\n").unwrap_err();
        assert!(error.code == Code::BadInput && error.message.contains("line 3"), "{error}");
        assert!(Synonyms::parse("").unwrap().of("big").is_empty());
    }
}
