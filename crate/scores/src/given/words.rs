//! The words of a given answer that could be wrong: content words that the question does not hold, each with how likely the
//! model found it where it stands.

use crate::error::Result;
use crate::evidence::distribution::TokenStatistics;
use crate::spans::stop_words::is_stop_word;
use crate::spans::tokens::Aligned;
use crate::spans::words;
use std::collections::HashSet;
use std::ops::Range;

/// A content word of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Word {
    /// Its bytes in the answer.
    pub at: Range<usize>,
    /// Its tokens: first, one past the last.
    pub tokens: (usize, usize),
    /// −ln p of its least likely token.
    pub surprisal: f64,
    /// Entropy where its first token stands.
    pub entropy: f64,
    /// Whether the question has it as well.
    pub is_asked: bool,
}

/// The content words of `answer` in their order, of which `pieces` are the texts of its tokens and `statistics` what was seen
/// where each stands.
///
/// # Errors
/// `bad_input` when the pieces do not make the text.
pub fn content_words<S: AsRef<str>>(
    question: &str,
    answer: &str,
    pieces: &[S],
    statistics: &[TokenStatistics],
) -> Result<Vec<Word>> {
    let plain = |word: &str| {
        let lower = word.to_lowercase().replace('’', "'");
        lower.strip_suffix("'s").map(str::to_owned).unwrap_or(lower)
    };
    let asked: HashSet<String> = words::words(question).into_iter().map(|at| plain(&question[at])).collect();
    let mut parts = words::words(answer);
    parts.retain(|at| !is_stop_word(&answer[at.clone()]));
    let tokens = Aligned::new(answer, pieces)?.tokens(&parts);
    let word = |(at, tokens): (Range<usize>, (usize, usize))| {
        let seen = statistics.get(tokens.0..tokens.1).filter(|seen| !seen.is_empty())?;
        Some(Word {
            surprisal: seen.iter().map(|token| -token.logprob).fold(0.0, f64::max),
            entropy: seen[0].entropy,
            is_asked: asked.contains(&plain(&answer[at.clone()])),
            at,
            tokens,
        })
    };
    Ok(parts.into_iter().zip(tokens).filter_map(word).collect())
}

/// Those that the question does not hold; all of them where it holds all.
pub fn new(words: &[Word]) -> Vec<&Word> {
    let new: Vec<&Word> = words.iter().filter(|word| !word.is_asked).collect();
    if new.is_empty() { words.iter().collect() } else { new }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(logprobs: &[f64]) -> Vec<TokenStatistics> {
        let token = |&logprob: &f64| TokenStatistics { logprob, entropy: 1.0 - logprob, top2_margin: 0.0 };
        logprobs.iter().map(token).collect()
    }

    #[test]
    fn function_words_are_none_and_the_questions_own_are_told() {
        let (question, answer) = ("What is France's capital?", "The capital of France is Lyons.");
        let pieces = ["The", " capital", " of", " France", " is", " Ly", "ons", ".", ""];
        let statistics = seen(&[-1.0, -0.1, -0.2, -0.3, -0.4, -5.0, -2.0, -0.1, -0.1]);
        let words = content_words(question, answer, &pieces, &statistics).unwrap();
        let told: Vec<_> = words.iter().map(|word| (&answer[word.at.clone()], word.is_asked, word.surprisal)).collect();
        assert_eq!(told, [("capital", true, 0.1), ("France", true, 0.3), ("Lyons", false, 5.0)]);
        assert_eq!((words[2].tokens, words[2].entropy), ((5, 7), 6.0));
        assert_eq!(new(&words), [&words[2]]);
        assert_eq!(new(&words[..2]).len(), 2);
    }

    #[test]
    fn tokens_that_are_not_the_answer_are_refused() {
        assert!(content_words("", "Paris", &["Rome"], &seen(&[-1.0])).is_err());
        assert!(content_words("", "", &[""; 0], &[]).unwrap().is_empty());
    }
}
