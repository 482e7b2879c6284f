//! What a long answer consists of: claims about the world, doubts that it states, and the rest.

use crate::spans::claims::claims;
use crate::spans::sentences::sentences;
use crate::spans::words::words;
use serde::Serialize;
use std::ops::Range;

/// How a doubt begins, in lower case and without apostrophes, before one of [`ASKING`].
#[rustfmt::skip]
const DOUBTS: [&[&str]; 12] = [
    &["i", "am", "not", "sure"], &["im", "not", "sure"], &["i", "am", "unsure"], &["im", "unsure"],
    &["i", "am", "not", "certain"], &["im", "not", "certain"], &["i", "am", "uncertain"], &["im", "uncertain"],
    &["i", "do", "not", "know"], &["i", "dont", "know"], &["i", "do", "not", "remember"], &["i", "dont", "remember"],
];
#[rustfmt::skip]
const ASKING: [&str; 14] = [
    "about", "by", "exactly", "how", "if", "in", "what", "when", "where", "whether", "which", "who", "whose", "why",
];
/// A sentence that begins with one of these is about the speaker.
const SPEAKER: [&str; 8] = ["i", "id", "ill", "im", "ive", "me", "my", "we"];
/// What may stand behind the stop of a sentence.
const CLOSERS: [char; 10] = ['"', '\'', '”', '’', '»', ')', ']', '*', '_', ' '];
/// Fewest words of a claim.
const WORDS: usize = 2;

/// What a part of an answer does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It says something about the world.
    Claim,
    /// It says that the speaker does not know something.
    Doubt,
    /// Neither: a heading, an item of a list that is no sentence, a question, an exclamation, a word about the speaker, what was
    /// cut off.
    Other,
}

/// A part of an answer: a sentence, or a clause of a long one, as `spans::claims` finds them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Its bytes.
    pub range: Range<usize>,
    /// Those of its sentence.
    pub sentence: Range<usize>,
    /// What it does.
    pub kind: Kind,
}

impl Piece {
    /// Whether its sentence begins with it.
    pub fn begins(&self) -> bool {
        self.range.start == self.sentence.start
    }
}

/// The parts of an answer, in order: one for each of `spans::claims`.
pub fn pieces(answer: &str) -> Vec<Piece> {
    let sentences = sentences(answer);
    let of = |range: Range<usize>| {
        let sentence = sentences.iter().find(|sentence| sentence.contains(&range.start)).unwrap_or(&range).clone();
        let kind = kind(&answer[range.clone()], &answer[sentence.clone()]);
        Piece { range, sentence, kind }
    };
    claims(answer).into_iter().map(of).collect()
}

/// Only what ends with a period claims something: headings and items of lists often are no sentences, and what was cut off is
/// none either.
fn kind(text: &str, sentence: &str) -> Kind {
    let plain = |word: Range<usize>| -> String {
        text[word].to_lowercase().chars().filter(|c| !matches!(c, '\'' | '’')).collect()
    };
    let words: Vec<String> = words(text).into_iter().map(plain).collect();
    let begins = |wanted: &[&str]| words.len() >= wanted.len() && words.iter().zip(wanted).all(|(a, b)| a == b);
    let asks = |at: usize| words.get(at).is_some_and(|word| ASKING.contains(&word.as_str()));
    let doubts = DOUBTS.iter().any(|doubt| begins(doubt) && asks(doubt.len()));
    let end = sentence.trim_end_matches(CLOSERS);
    let ended = end.ends_with('.') && !end.ends_with("..");
    let speaker = words.first().is_some_and(|word| SPEAKER.contains(&word.as_str())) || begins(&["as", "an", "ai"]);
    match () {
        () if doubts => Kind::Doubt,
        () if ended && !speaker && words.len() >= WORDS => Kind::Claim,
        () => Kind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(answer: &str) -> Vec<(&str, Kind)> {
        pieces(answer).into_iter().map(|piece| (&answer[piece.range], piece.kind)).collect()
    }

    #[test]
    fn claims_doubts_and_the_rest() {
        use Kind::{Claim, Doubt, Other};
        let answer = "## Ada Lovelace\nAda Lovelace was an English mathematician. I'm not sure when she was born. Was she \
                      rich? Great! I think so. Some facts:\n- The Seine\n- She wrote \"notes.\"\nShe died in";
        let want = [
            ("Ada Lovelace", Other),
            ("Ada Lovelace was an English mathematician.", Claim),
            ("I'm not sure when she was born.", Doubt),
            ("Was she rich?", Other),
            ("Great!", Other),
            ("I think so.", Other),
            ("Some facts:", Other),
            ("The Seine", Other),
            ("She wrote \"notes.\"", Claim),
            ("She died in", Other),
        ];
        assert_eq!(kinds(answer), want);
    }

    #[test]
    fn clauses_are_claims_of_their_sentence() {
        let answer = "The Danube rises in the Black Forest, and it flows through ten countries.";
        let found = pieces(answer);
        assert_eq!((found.len(), found[0].kind, found[1].kind), (2, Kind::Claim, Kind::Claim));
        assert!(found[0].begins() && !found[1].begins() && found[1].sentence == (0..answer.len()));
    }

    #[test]
    fn what_states_a_doubt() {
        for doubt in [
            "I am not sure how many moons it has.",
            "I’m unsure who wrote it.",
            "I do not know what the capital is.",
            "I don't remember when it was.",
            "I'm not certain whether it is so.",
        ] {
            assert_eq!(kinds(doubt)[0].1, Kind::Doubt, "{doubt}");
        }
        for other in
            ["I am sure when it was.", "I am not sure.", "I know who she is.", "As an AI I have no age.", "..."]
        {
            assert!(kinds(other).iter().all(|found| found.1 == Kind::Other), "{other}");
        }
        assert!(pieces("").is_empty());
    }
}
