//! Claims of a generated answer as byte ranges: sentences, and clauses of long ones.
//!
//! The papers have a large model rewrite an answer into atomic facts; a small model invents and drops facts when asked.
//! A sentence, cut where a second statement with a subject of its own begins, keeps the answer's own words and tokens.

use super::sentences::sentences;
use super::words::words;
use std::ops::Range;

/// Fewest words on each side of a cut.
const CLAUSE: usize = 4;
/// Conjunctions after a comma that begin a statement.
const APART: &[&str] = &["although", "but", "though", "whereas", "while"];
/// Conjunctions after a comma that may as well continue a list.
const LISTING: &[&str] = &["and", "or", "so", "yet"];
/// Subjects: after one of these it is no list.
const SUBJECTS: &[&str] = &["he", "i", "it", "she", "that", "there", "these", "they", "this", "those", "we", "you"];

/// Byte ranges of the claims. The conjunction between two of them belongs to neither.
pub fn claims(text: &str) -> Vec<Range<usize>> {
    sentences(text).into_iter().flat_map(|sentence| clauses(text, sentence)).collect()
}

fn clauses(text: &str, sentence: Range<usize>) -> Vec<Range<usize>> {
    let part = &text[sentence.clone()];
    let words: Vec<Range<usize>> = words(part);
    let lower = |i: usize| words.get(i).map(|word| part[word.clone()].to_lowercase()).unwrap_or_default();
    let mut clauses = Vec::new();
    let (mut start, mut first) = (0, 0); // byte, and index of the word there
    for i in 1..words.len() {
        let between = part[words[i - 1].end..words[i].start].trim();
        let next = match between {
            ";" | "；" => i,
            "," if APART.contains(&lower(i).as_str()) => i + 1,
            "," if LISTING.contains(&lower(i).as_str()) && SUBJECTS.contains(&lower(i + 1).as_str()) => i + 1,
            _ => continue,
        };
        if i - first >= CLAUSE && words.len() - next >= CLAUSE {
            clauses.push(sentence.start + start..sentence.start + words[i - 1].end);
            (start, first) = (words[next].start, next);
        }
    }
    clauses.push(sentence.start + start..sentence.end);
    clauses
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<&str> {
        claims(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn second_statements_are_cut_off() {
        assert_eq!(
            split("The Danube rises in the Black Forest, and it flows through ten countries. It is long."),
            ["The Danube rises in the Black Forest", "it flows through ten countries.", "It is long."]
        );
        assert_eq!(
            split("Ada wrote the first program; Babbage built the engine itself, but nobody ever saw it run."),
            ["Ada wrote the first program", "Babbage built the engine itself", "nobody ever saw it run."]
        );
    }

    #[test]
    fn lists_and_short_clauses_stay_whole() {
        for whole in [
            "He wrote novels, plays, and short stories about the sea.",
            "It is old, but big.",
            "He came, and he saw it.",
            "Vienna, Budapest and Belgrade lie on it.",
            "باريس عاصمة فرنسا، وهي كبيرة جدا.",
        ] {
            assert_eq!(split(whole), [whole]);
        }
        assert!(split("").is_empty());
        assert_eq!(split("Paris"), ["Paris"]);
    }
}
