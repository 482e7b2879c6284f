//! Similarity of texts by their words: the engine that needs no model.
//!
//! What a word is says [`words`](mod@words). A text equals itself, an empty one too. The question is left out: what all texts
//! share would raise every similarity.

pub mod said;
pub mod words;

use crate::evidence::Evidence;
use crate::evidence::observed::{Entailment, Matrix};
use std::collections::HashMap;
use words::{answer_words, composed, words};

/// Whether the words of a reference stand together in the answer.
pub fn contained(references: &[String], answer: &str) -> bool {
    let words = answer_words(answer);
    references.iter().any(|reference| {
        let wanted = answer_words(reference);
        match wanted.is_empty() {
            // An article or a sign alone ("A") has to be the whole answer.
            true => reference.trim().eq_ignore_ascii_case(answer.trim().trim_end_matches('.')),
            false => together(&words, &wanted),
        }
    })
}

/// Whether some words, one at least, stand in a row among others.
fn together(words: &[String], wanted: &[String]) -> bool {
    !wanted.is_empty() && words.windows(wanted.len()).any(|window| window == wanted)
}

/// How the words of two texts are compared; each is symmetric and 0..1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// F-measure of the longest common subsequence: 2·lcs / (m + n).
    RougeL,
    /// Words in common, of all words; sets.
    Jaccard,
    /// F1 of the words in common, of SQuAD's answer evaluation: punctuation and articles are removed; bags. Numbers are
    /// compared by value.
    TokenF1,
}

/// Similarity of all pairs of texts `[n, n]`. Equal texts are compared once.
pub fn similarity(measure: Measure, texts: &[&str]) -> Matrix {
    let (distinct, which) = distinct(texts);
    let mut ids = HashMap::new();
    let words = distinct.iter().map(|text| match measure {
        Measure::TokenF1 => answer_words(text),
        Measure::RougeL | Measure::Jaccard => words(text),
    });
    let mut encode = |words: Vec<String>| -> Vec<usize> {
        let next = |word| {
            let new = ids.len();
            *ids.entry(word).or_insert(new)
        };
        words.into_iter().map(next).collect()
    };
    let mut encoded: Vec<Vec<usize>> = words.map(&mut encode).collect();
    match measure {
        Measure::RougeL => {}
        Measure::Jaccard => encoded.iter_mut().for_each(|words| {
            words.sort_unstable();
            words.dedup();
        }),
        Measure::TokenF1 => encoded.iter_mut().for_each(|words| words.sort_unstable()),
    }
    let mut pairs = vec![vec![1.0; distinct.len()]; distinct.len()];
    for (i, a) in encoded.iter().enumerate() {
        let sequence = (measure == Measure::RougeL).then(|| Sequence::new(a, ids.len()));
        for (j, b) in encoded.iter().enumerate().skip(i + 1) {
            let sum = (a.len() + b.len()) as f64;
            let value = match (measure, &sequence) {
                (Measure::TokenF1, _) if sum == 0.0 => 1.0,
                _ if a.is_empty() || b.is_empty() => 0.0,
                (_, Some(a)) => 2.0 * a.common(b) as f64 / sum,
                (Measure::Jaccard, None) => {
                    let both = overlap(a, b) as f64;
                    both / (sum - both)
                }
                (_, None) => 2.0 * overlap(a, b) as f64 / sum,
            };
            (pairs[i][j], pairs[j][i]) = (value, value);
        }
    }
    which.iter().map(|&i| which.iter().map(|&j| pairs[i][j]).collect()).collect()
}

/// Similarities read as judgments, for methods that want entailment and no model that judges it: s entails, 1 − s
/// contradicts, nothing is neutral.
pub fn entailment(similarity: &Matrix) -> Vec<Vec<Entailment>> {
    let judged = |&s: &f64| Entailment { entail: s, neutral: 0.0, contradict: 1.0 - s };
    similarity.iter().map(|row| row.iter().map(judged).collect()).collect()
}

/// Compares the answers of `evidence` where nobody has compared them yet. Without a greedy answer its row and column are
/// NaN: methods that look at it have no value, those that look at the samples alone do. Nothing without their texts.
pub fn compare(evidence: &mut Evidence, similar: bool, entailed: bool) {
    let Some(samples) = evidence.sample_texts().filter(|texts| !texts.is_empty()) else { return };
    let greedy = evidence.answer.as_deref();
    let texts: Vec<&str> = std::iter::once(greedy.unwrap_or_default()).chain(samples).collect();
    let mut pairs = similarity(Measure::RougeL, &texts);
    if greedy.is_none() {
        pairs[0].fill(f64::NAN);
        pairs.iter_mut().for_each(|row| row[0] = f64::NAN);
    }
    if entailed && evidence.entailment.is_none() {
        evidence.entailment = Some(entailment(&pairs));
    }
    if similar && evidence.similarity.is_none() {
        evidence.similarity = Some(pairs);
    }
}

/// The different texts in order of appearance, and which of them each text is. Texts that Unicode calls equivalent are
/// one.
pub fn distinct<'a>(texts: &[&'a str]) -> (Vec<&'a str>, Vec<usize>) {
    let (mut all, mut index) = (Vec::new(), HashMap::new());
    let place = |&text: &&'a str| {
        *index.entry(composed(text)).or_insert_with(|| {
            all.push(text);
            all.len() - 1
        })
    };
    let which = texts.iter().map(place).collect();
    (all, which)
}

/// Elements that two sorted lists share, counted as often as both have them.
fn overlap(a: &[usize], b: &[usize]) -> usize {
    let (mut i, mut j, mut both) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        let order = a[i].cmp(&b[j]);
        both += usize::from(order.is_eq());
        i += usize::from(order.is_le());
        j += usize::from(order.is_ge());
    }
    both
}

/// A word sequence made ready for longest common subsequences, 64 words a step (H. Hyyrö, "Bit-parallel LCS-length
/// computation revisited", 2004): a long answer against 256 others stays quick.
struct Sequence {
    /// By word: where its positions begin in `positions`; none if it does not occur.
    slot: Vec<Option<usize>>,
    /// By word that occurs, one bit for each place, `[words][blocks]`.
    positions: Vec<u64>,
    blocks: usize,
}

impl Sequence {
    fn new(words: &[usize], vocabulary: usize) -> Self {
        let blocks = words.len().div_ceil(64);
        let (mut slot, mut positions) = (vec![None; vocabulary], Vec::new());
        for (at, &word) in words.iter().enumerate() {
            let begin = *slot[word].get_or_insert_with(|| {
                positions.resize(positions.len() + blocks, 0);
                positions.len() - blocks
            });
            positions[begin + at / 64] |= 1 << (at % 64);
        }
        Self { slot, positions, blocks }
    }

    /// Length of the longest common subsequence with `other`.
    fn common(&self, other: &[usize]) -> usize {
        // Zeros are the rows of the classic table where its column steps up.
        let mut column = vec![u64::MAX; self.blocks];
        for begin in other.iter().filter_map(|&word| self.slot[word]) {
            let mut carry = false;
            for (block, &mask) in column.iter_mut().zip(&self.positions[begin..begin + self.blocks]) {
                let (sum, over) = block.overflowing_add(*block & mask);
                let (sum, again) = sum.overflowing_add(u64::from(carry));
                carry = over || again;
                *block = sum | (*block & !mask);
            }
        }
        column.iter().map(|block| block.count_zeros() as usize).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::observed::SampleEvidence;
    use crate::methods::{cocoa, discrete_semantic_entropy, self_consistency};

    fn contains(reference: &str, answer: &str) -> bool {
        contained(&[reference.to_owned()], answer)
    }

    #[test]
    fn whole_words_as_in_squad() {
        assert!(contains("the U.S.", "It was made in the US, of course."));
        assert!(contains("Mark Twain", "That is mark  twain's line, by Mark Twain!"));
        assert!(!contains("Mark Twain", "Mark said it, Twain wrote it."));
        assert!(!contains("ion", "It is radiation."));
        assert!(!contains("amino acids", "acids"));
        assert!(contains("1,000", "about 1000 people"));
        assert!(contains("A", "a.") && !contains("A", "It is a vitamin."));
        assert!(contains("パリ", "首都はパリです"));
        assert!(!contains("x", "") && !contains("Paris", "Parisian") && !contains("2", "12"));
        assert!(!contains("3.14", "It is 314.") && contains("-5", "It is −5 °C.") && !contains("-5", "5"));
        assert!(!contains("the", "anything") && !contains("?", "anything"));
    }

    fn pair(measure: Measure, a: &str, b: &str) -> f64 {
        let got = similarity(measure, &[a, b]);
        assert_eq!((got[0][0], got[1][1], got[0][1]), (1.0, 1.0, got[1][0]));
        got[0][1]
    }

    #[test]
    fn known_similarities() {
        let (a, b) = ("The cat sat on the mat.", "on the mat, a cat sat");
        // Of "the cat sat on the mat" and "on the mat a cat sat": "on the mat" is the longest.
        assert_eq!(pair(Measure::RougeL, a, b), 6.0 / 12.0);
        // {the cat sat on mat} and {on the mat a cat sat}.
        assert_eq!(pair(Measure::Jaccard, a, b), 5.0 / 6.0);
        // Without articles both have cat, sat, on, mat.
        assert_eq!(pair(Measure::TokenF1, a, b), 1.0);
        assert_eq!(pair(Measure::TokenF1, "U.S.", "us"), 1.0);
        assert_eq!(pair(Measure::RougeL, "U.S.", "us"), 0.0);
        assert_eq!(pair(Measure::TokenF1, "red red blue", "red green"), 0.4);
        assert_eq!(pair(Measure::RougeL, "Paris", "paris!"), 1.0);
    }

    #[test]
    fn scripts_and_equivalent_texts() {
        assert_eq!(pair(Measure::RougeL, "עיר הבירה היא פריז", "הבירה היא פריז."), 6.0 / 7.0);
        assert_eq!(pair(Measure::Jaccard, "МОСКВА", "москва"), 1.0);
        for measure in [Measure::RougeL, Measure::Jaccard, Measure::TokenF1] {
            assert_eq!(pair(measure, "Pelé", "Pele\u{301}"), 1.0);
            assert_eq!(pair(measure, "-5", "5"), 0.0);
            assert_eq!(pair(measure, "3.14", "314"), 0.0);
        }
        assert_eq!(distinct(&["é", "e", "e\u{301}", "e"]), (vec!["é", "e"], vec![0, 1, 0, 1]));
    }

    #[test]
    fn texts_without_words() {
        for measure in [Measure::RougeL, Measure::Jaccard] {
            assert_eq!((pair(measure, "", ""), pair(measure, "", "?"), pair(measure, "!", "no")), (1.0, 0.0, 0.0));
        }
        assert_eq!((pair(Measure::TokenF1, "the", "a"), pair(Measure::TokenF1, "the", "cat")), (1.0, 0.0));
        assert!(similarity(Measure::RougeL, &[]).is_empty());
    }

    /// The classic table.
    fn lcs(a: &[usize], b: &[usize]) -> usize {
        let mut row = vec![0; b.len() + 1];
        for x in a {
            let mut corner = 0;
            for (j, y) in b.iter().enumerate() {
                let up = row[j + 1];
                row[j + 1] = if x == y { corner + 1 } else { up.max(row[j]) };
                corner = up;
            }
        }
        row[b.len()]
    }

    #[test]
    fn common_subsequences_equal_the_classic_table() {
        let mut state = 1u64;
        let mut random = |below: u64| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            ((state >> 33) % below) as usize
        };
        for (m, n, vocabulary) in
            [(1, 1, 1), (63, 64, 3), (64, 65, 2), (65, 63, 30), (128, 129, 5), (200, 1, 2), (257, 300, 9)]
        {
            let a: Vec<usize> = (0..m).map(|_| random(vocabulary)).collect();
            let b: Vec<usize> = (0..n).map(|_| random(vocabulary)).collect();
            assert_eq!(Sequence::new(&a, vocabulary as usize).common(&b), lcs(&a, &b), "{m} {n} {vocabulary}");
        }
    }

    #[test]
    fn judgments_add_up() {
        let judged = entailment(&similarity(Measure::RougeL, &["red fox", "red hen", "red fox"]));
        assert_eq!(judged[0][1], Entailment { entail: 0.5, neutral: 0.0, contradict: 0.5 });
        assert_eq!(judged[0][2].entail, 1.0);
    }

    fn spoken(answer: Option<&str>, texts: &[&str]) -> Evidence {
        let sample = |text: &&str| SampleEvidence { text: Some(text.to_string()), ..SampleEvidence::default() };
        let samples = texts.iter().map(sample).collect();
        Evidence { answer: answer.map(str::to_owned), samples, ..Evidence::default() }
    }

    #[test]
    fn answers_are_compared_where_nobody_did() {
        let mut e = spoken(Some("red fox"), &["red hen", "red fox"]);
        compare(&mut e, true, true);
        let pairs = similarity(Measure::RougeL, &["red fox", "red hen", "red fox"]);
        assert_eq!((e.entailment, e.similarity.as_ref()), (Some(entailment(&pairs)), Some(&pairs)));
        let mut e = Evidence { similarity: Some(vec![vec![0.3]]), ..spoken(Some("a"), &["b"]) };
        compare(&mut e, true, false);
        assert_eq!((e.similarity, e.entailment), (Some(vec![vec![0.3]]), None));
        let mut silent = Evidence { samples: vec![SampleEvidence::default()], ..spoken(Some("a"), &[]) };
        compare(&mut silent, true, true);
        assert_eq!((silent.similarity, silent.entailment), (None, None));
    }

    #[test]
    fn without_a_greedy_answer_only_samples_are_compared() {
        let mut e = spoken(None, &["red fox", "red fox", "blue hen"]);
        compare(&mut e, true, true);
        assert!((discrete_semantic_entropy::METHOD.value(&e) - 0.636514).abs() < 1e-6, "ln 3 − (2/3)·ln 2");
        assert!(self_consistency::METHOD.value(&e).is_nan() && cocoa::METHOD.value(&e).is_nan());
    }
}
