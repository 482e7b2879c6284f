//! What long answers state before and after a model was taught.

use super::asked::Long;
use super::pieces::{Kind, pieces};
use super::rewrite::{Seen, rewrite};
use crate::lexical::words::answer_words;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// What was counted in many answers. Precisions only where somebody could judge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// Answers.
    pub answers: usize,
    /// Those that were cut off.
    pub cut: usize,
    /// Those that state no claim.
    pub silent: usize,
    /// Claims that they state.
    pub claims: usize,
    /// Doubts that they state.
    pub doubts: usize,
}

impl Counted {
    /// Counts.
    pub fn of<'a>(answers: impl IntoIterator<Item = &'a Long>) -> Self {
        answers.into_iter().fold(Self::default(), |all, answer| {
            let claims = answer.count(Kind::Claim);
            Self {
                answers: all.answers + 1,
                cut: all.cut + usize::from(answer.cut),
                silent: all.silent + usize::from(claims == 0),
                claims: all.claims + claims,
                doubts: all.doubts + answer.count(Kind::Doubt),
            }
        })
    }
}

/// How many of some were judged, and how many of these were good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// Judged.
    pub of: usize,
    /// Good.
    pub good: usize,
}

impl Share {
    /// One more.
    pub fn add(&mut self, good: bool) {
        self.of += 1;
        self.good += usize::from(good);
    }

    /// As a number; nothing where none was judged.
    pub fn value(self) -> Option<f64> {
        (self.of > 0).then(|| self.good as f64 / self.of as f64)
    }
}

/// Details that claims of an answer state: bytes of the answer, for each claim that has exactly one which a template could
/// drop.
pub fn details(question: &str, answer: &str) -> Vec<Range<usize>> {
    let seen = Seen::new(question, answer);
    let claims = pieces(answer).into_iter().filter(|piece| piece.kind == Kind::Claim);
    let of = |piece: super::pieces::Piece| {
        let doubt = rewrite(&answer[piece.range.clone()], piece.begins(), &seen)?;
        Some(piece.range.start + doubt.dropped.start..piece.range.start + doubt.dropped.end)
    };
    claims.filter_map(of).collect()
}

/// Whether every word of a detail stands in some text, wherever: dates are written in many orders.
pub fn stands_in(detail: &str, texts: &[String]) -> bool {
    let wanted = answer_words(detail);
    !wanted.is_empty()
        && texts.iter().any(|text| {
            let words = answer_words(text);
            wanted.iter().all(|word| words.contains(word))
        })
}

/// A doubt that an answer states, with the claim that another answer to the same question makes in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// Bytes of the claim in the other answer; nothing where it makes none that would become this doubt.
    pub claim: Option<Range<usize>>,
    /// Bytes of the detail there.
    pub detail: Option<Range<usize>>,
}

/// For each doubt of `after` what `before` claims there: the claim whose template makes a sentence of the same words.
pub fn replaced(question: &str, before: &str, after: &str) -> Vec<Replaced> {
    let seen = Seen::new(question, before);
    let claims = pieces(before).into_iter().filter(|piece| piece.kind == Kind::Claim);
    let made: Vec<_> = claims
        .filter_map(|piece| {
            let doubt = rewrite(&before[piece.range.clone()], piece.begins(), &seen)?;
            Some((plain(&doubt.text), piece.range, doubt.dropped))
        })
        .collect();
    let of = |piece: super::pieces::Piece| {
        let text = plain(&after[piece.range]);
        let found = made.iter().find(|(doubt, ..)| *doubt == text);
        let detail = found.map(|(_, claim, dropped)| claim.start + dropped.start..claim.start + dropped.end);
        Replaced { claim: found.map(|(_, claim, _)| claim.clone()), detail }
    };
    pieces(after).into_iter().filter(|piece| piece.kind == Kind::Doubt).map(of).collect()
}

/// The words of a doubt, however it says that it is one.
fn plain(doubt: &str) -> Vec<String> {
    answer_words(&doubt.replace("I'm", "I am").replace("I’m", "I am"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str = "Ada was a countess. She was born in 1814. The capital of France is Lyon.";
    const AFTER: &str = "Ada was a countess. I'm not sure when she was born. I do not know how old she is.";

    #[test]
    fn claims_and_doubts_are_counted() {
        let of = |answer: &str| Long { answer: answer.into(), cut: answer.is_empty(), ..Long::default() };
        let found = Counted::of(&[of(BEFORE), of(AFTER), of("")]);
        assert_eq!(found, Counted { answers: 3, cut: 1, silent: 1, claims: 4, doubts: 2 });
        let mut share = Share::default();
        assert_eq!(share.value(), None);
        [true, false].into_iter().for_each(|good| share.add(good));
        assert_eq!(share.value(), Some(0.5));
    }

    #[test]
    fn details_are_looked_up() {
        let found: Vec<&str> = details("Who was Ada?", BEFORE).into_iter().map(|range| &BEFORE[range]).collect();
        assert_eq!(found, ["1814", "Lyon"]);
        let texts = ["She was born on 10 December 1815 in London.".to_owned()];
        assert!(stands_in("December 10, 1815", &texts) && stands_in("London", &texts));
        assert!(!stands_in("1814", &texts) && !stands_in("", &texts) && !stands_in("London", &[]));
        assert!(!stands_in("18", &texts));
    }

    #[test]
    fn doubts_take_the_place_of_claims() {
        let found = replaced("Who was Ada?", BEFORE, AFTER);
        assert_eq!(found[0].detail.clone().map(|range| &BEFORE[range]), Some("1814"));
        assert_eq!(found[0].claim.clone().map(|range| &BEFORE[range]), Some("She was born in 1814."));
        assert_eq!(found[1], Replaced { claim: None, detail: None });
        assert!(replaced("", AFTER, BEFORE).is_empty());
    }
}
