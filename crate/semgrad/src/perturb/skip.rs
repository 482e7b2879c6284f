//! Character skips: the same question with one character missing in some of its words (arXiv 2510.13103, "skip one
//! char"). People read over it; a model that knows the answer should, too.
//!
//! Own reading of what the paper leaves open: a word needs three letters and no digit, for a year or a number that
//! loses a digit is another question, and a short word another word.

use super::Random;
use crate::spans::words::{is_mark, words};
use std::collections::BTreeSet;
use std::ops::Range;

/// Share of the words that lose a character.
const SHARE: f64 = 0.3;
/// Draws per wanted text: short questions have few variants.
const ATTEMPTS: usize = 20;

/// Up to `count` different disturbed texts (10 in the paper). Fewer when the text has not that many, none when no word
/// is long enough.
pub fn skips(text: &str, count: usize, seed: u64) -> Vec<String> {
    let words = words(text);
    let wanted = ((words.len() as f64 * SHARE).round() as usize).max(1);
    let mut eligible: Vec<Vec<Range<usize>>> = words.into_iter().filter_map(|word| letters(text, word)).collect();
    let mut random = Random::new(seed);
    let (mut seen, mut out) = (BTreeSet::new(), Vec::new());
    for _ in 0..ATTEMPTS * count {
        if out.len() == count || eligible.is_empty() {
            break;
        }
        let mut chosen = random.pick(&mut eligible, wanted).to_vec();
        chosen.sort_by_key(|letters| letters[0].start);
        let mut disturbed = text.to_owned();
        for letters in chosen.iter().rev() {
            disturbed.replace_range(letters[random.below(letters.len())].clone(), "");
        }
        // Of two equal letters in a row it does not matter which one goes.
        if seen.insert(disturbed.clone()) {
            out.push(disturbed);
        }
    }
    out
}

/// The letters of a word with their marks; `None` when it is too short or has digits.
fn letters(text: &str, word: Range<usize>) -> Option<Vec<Range<usize>>> {
    let mut letters: Vec<Range<usize>> = Vec::new();
    for (at, c) in text[word.clone()].char_indices() {
        let range = word.start + at..word.start + at + c.len_utf8();
        match letters.last_mut() {
            Some(last) if is_mark(c) && last.end == range.start => last.end = range.end,
            _ if c.is_numeric() => return None,
            _ if c.is_alphabetic() => letters.push(range),
            _ => {}
        }
    }
    (letters.len() >= 3).then_some(letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_character_less_in_three_of_ten_words() {
        let text = "Which river flows through the capital city of France today?";
        let got = skips(text, 10, 7);
        assert_eq!(got.len(), 10);
        assert_eq!(got.iter().collect::<BTreeSet<_>>().len(), 10);
        for disturbed in &got {
            assert_eq!(disturbed.len(), text.len() - 3);
            let changed = |(a, b): &(&str, &str)| a != b;
            let pairs: Vec<_> = text.split(' ').zip(disturbed.split(' ')).filter(changed).collect();
            assert_eq!(pairs.len(), 3, "{disturbed}");
            assert!(pairs.iter().all(|(a, b)| a.len() == b.len() + 1 && *a != "of"), "{disturbed}");
        }
        assert_eq!(got, skips(text, 10, 7));
        assert_ne!(got, skips(text, 10, 8));
    }

    #[test]
    fn numbers_and_short_words_stay() {
        for disturbed in skips("Is 1969 or 1970s it? Apollo11 landed", 10, 1) {
            assert!(disturbed.starts_with("Is 1969 or 1970s it? Apollo11 "), "{disturbed}");
        }
        assert!(skips("Is it 42 or 1969?", 10, 1).is_empty());
        assert!(skips("", 10, 1).is_empty());
        assert!(skips("Why?", 0, 1).is_empty());
    }

    #[test]
    fn few_variants_are_no_endless_search() {
        let mut got = skips("Why?", 10, 1);
        got.sort();
        assert_eq!(got, ["Wh?", "Wy?", "hy?"]);
        assert_eq!(skips("see aaa", 10, 3).len(), 3, "se, ee of see, and aa");
    }

    #[test]
    fn marks_go_with_their_letters() {
        for seed in 0..20 {
            for disturbed in skips("cafe\u{301} नमस्ते من كتب الرِّوايَة 首都是哪里", 10, seed)
            {
                assert!(!disturbed.contains(" \u{301}") && !disturbed.starts_with('\u{301}'));
                let mut before = ' ';
                for c in disturbed.chars() {
                    assert!(!is_mark(c) || before != ' ', "{disturbed}");
                    before = c;
                }
            }
        }
        let long = "the question about everything ".repeat(500);
        assert_eq!(skips(&long, 2, 0).len(), 2);
    }
}
