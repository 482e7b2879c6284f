//! Which words of a given answer stand out.

use super::examined::OddWord;
use super::words::{Word, new};

/// −ln p from which a word is unlikely at all: one in e³, about twenty.
const LEAST: f64 = 3.0;
/// Of the words that could, so many stand out at most: one of three.
const SHARE: usize = 3;
/// And no more than these: who reads a long answer looks at a few places.
const MOST: usize = 6;

/// The least likely of the words that the question does not hold, in the order of the answer.
pub fn odd(answer: &str, words: &[Word]) -> Vec<OddWord> {
    let mut candidates: Vec<&Word> = new(words);
    let most = candidates.len().div_ceil(SHARE).min(MOST);
    candidates.sort_by(|a, b| b.surprisal.total_cmp(&a.surprisal));
    candidates.truncate(most);
    candidates.retain(|word| word.surprisal >= LEAST);
    candidates.sort_by_key(|word| word.at.start);
    let place = |byte: usize| answer[..byte].encode_utf16().count();
    let one = |word: &&Word| OddWord {
        text: answer[word.at.clone()].to_owned(),
        at: (place(word.at.start), place(word.at.end)),
        tokens: word.tokens,
        surprisal: word.surprisal,
    };
    candidates.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_likely_third_in_the_order_of_the_answer() {
        let answer = "🥐 aa bb cc dd";
        let word = |start: usize, surprisal: f64| Word {
            at: start..start + 2,
            tokens: (0, 1),
            surprisal,
            entropy: 0.0,
            is_asked: false,
        };
        let words = [word(5, 4.0), word(8, 3.5), word(11, 9.0), word(14, 1.0)];
        let found = odd(answer, &words);
        let told: Vec<_> = found.iter().map(|word| (word.text.as_str(), word.at)).collect();
        assert_eq!(told, [("aa", (3, 5)), ("cc", (9, 11))]);
        let long: Vec<Word> = (0..5).flat_map(|_| words.clone()).collect();
        assert_eq!(odd(answer, &long).len(), MOST);
        // Of likely ones none stands out.
        assert!(odd(answer, &words[3..]).is_empty() && odd(answer, &[]).is_empty());
    }
}
