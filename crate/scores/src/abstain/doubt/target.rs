//! The answer to be learned: the doubted claims of one's own answer become doubts or are left out, and the rest stays.

use super::pieces::{Kind, Piece, pieces};
use super::rewrite::{Doubt, Seen, rewrite};
use serde::Serialize;
use std::ops::Range;

/// A sentence with one of these goes as a whole: a part of it may lack what ends a quotation.
const PAIRED: [char; 10] = ['"', '“', '”', '«', '»', '(', ')', '[', ']', '*'];
/// These tie the clauses of a sentence together.
const TIED: [&str; 4] = ["not only", "either ", "neither ", "both "];

/// What became of a part of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It is a claim, and stays.
    Stated,
    /// It is a claim, and a doubt is stated in its place.
    Doubted,
    /// It is a claim, and is left out.
    Deleted,
    /// It is none, and stays.
    Kept,
    /// It was cut off, and is left out.
    Unfinished,
}

/// A part of an answer, and where it went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Its bytes in the answer.
    pub answer: Range<usize>,
    /// What is left of it in the target; null where nothing is.
    pub target: Option<Range<usize>>,
    /// What became of it.
    pub fate: Fate,
    /// Bytes of the answer with the detail that a doubt no longer says; null for other parts.
    pub dropped: Option<Range<usize>>,
}

/// An answer to be learned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Target {
    /// It.
    pub text: String,
    /// The parts of the answer that it was made of, in order.
    pub parts: Vec<Part>,
}

impl Target {
    /// How many parts have this fate.
    pub fn count(&self, fate: Fate) -> usize {
        self.parts.iter().filter(|part| part.fate == fate).count()
    }
}

/// Makes the target of an answer. `doubted`: places of the claims among [`pieces`] that are to be doubted; others than claims
/// are not. `cut`: the answer was cut off, so that its last sentence is left out.
///
/// A sentence of which every part stays is left as it is. Where a part goes, each other one becomes a sentence of its own: the
/// word between them would join nothing. The items of a numbered list close up.
pub fn target(question: &str, answer: &str, doubted: &[usize], cut: bool) -> Target {
    let seen = Seen::new(question, answer);
    let pieces = pieces(answer);
    let mut writer = Writer::new(answer);
    let last = pieces.last().map(|piece| piece.sentence.clone());
    let mut place = 0;
    for sentence in pieces.chunk_by(|a, b| a.sentence == b.sentence) {
        let range = sentence[0].sentence.clone();
        let doubts = |i: usize| doubted.contains(&(place + i)) && sentence[i].kind == Kind::Claim;
        let whole = &answer[range.clone()];
        let fates: Vec<Made> = if cut && last.as_ref() == Some(&range) {
            sentence.iter().map(|_| Made::Gone(Fate::Unfinished)).collect()
        } else if (0..sentence.len()).any(doubts) && sentence.len() > 1 && is_tied(whole) {
            sentence.iter().map(|_| Made::Gone(Fate::Deleted)).collect()
        } else {
            let of = |(i, piece): (usize, &Piece)| match doubts(i) {
                false => Made::Stays(if piece.kind == Kind::Claim { Fate::Stated } else { Fate::Kept }),
                true => rewrite(&answer[piece.range.clone()], piece.begins(), &seen)
                    .map_or(Made::Gone(Fate::Deleted), Made::Doubt),
            };
            sentence.iter().enumerate().map(of).collect()
        };
        writer.sentence(sentence, fates);
        place += sentence.len();
    }
    writer.finish()
}

fn is_tied(sentence: &str) -> bool {
    let lower = sentence.to_lowercase();
    sentence.contains(PAIRED) || TIED.iter().any(|words| lower.contains(words))
}

/// What is to be written of a part.
enum Made {
    Stays(Fate),
    Doubt(Doubt),
    Gone(Fate),
}

/// Writes a target, sentence by sentence.
struct Writer<'a> {
    answer: &'a str,
    target: Target,
    /// Where the answer was read up to.
    at: usize,
    /// What stood in front of the sentences that are gone since the last one that stayed.
    lead: Option<&'a str>,
    /// Items of the current list that are gone.
    gone: usize,
}

impl<'a> Writer<'a> {
    fn new(answer: &'a str) -> Self {
        Self { answer, target: Target { text: String::new(), parts: Vec::new() }, at: 0, lead: None, gone: 0 }
    }

    fn sentence(&mut self, pieces: &[Piece], made: Vec<Made>) {
        let sentence = pieces[0].sentence.clone();
        let lead = self.lead(sentence.start);
        self.at = sentence.end;
        let verbatim = made.iter().all(|made| matches!(made, Made::Stays(_)));
        if made.iter().all(|made| matches!(made, Made::Gone(_))) {
            self.lead = Some(lead);
        } else {
            self.write_lead(lead);
        }
        let start = self.target.text.len();
        if verbatim {
            self.target.text += &self.answer[sentence.clone()];
        }
        for (piece, made) in pieces.iter().zip(made) {
            let range = piece.range.clone();
            let said = |target: &mut Target, text: &str| {
                if target.text.len() > start {
                    target.text.push(' ');
                }
                let at = target.text.len();
                target.text += text;
                Some(at..target.text.len())
            };
            let (fate, target, dropped) = match made {
                Made::Gone(fate) => (fate, None, None),
                Made::Stays(fate) if verbatim => {
                    let at = |byte: usize| byte - sentence.start + start;
                    (fate, Some(at(range.start)..at(range.end)), None)
                }
                Made::Stays(fate) => (fate, said(&mut self.target, &alone(&self.answer[range.clone()])), None),
                Made::Doubt(doubt) => {
                    let dropped = range.start + doubt.dropped.start..range.start + doubt.dropped.end;
                    (Fate::Doubted, said(&mut self.target, &doubt.text), Some(dropped))
                }
            };
            self.target.parts.push(Part { answer: range, target, fate, dropped });
        }
    }

    /// What stands in front of a sentence that begins at `start`: in a line whose first sentences are gone, what stood in front
    /// of these.
    fn lead(&mut self, start: usize) -> &'a str {
        let gap = &self.answer[self.at..start];
        let is_new = gap.contains('\n') || !gap.trim().is_empty();
        if number(gap).is_some_and(|(_, number)| number == 1) {
            self.gone = 0;
        }
        match self.lead.take() {
            Some(lead) if !is_new => lead,
            Some(lead) => {
                self.gone += usize::from(number(lead).is_some());
                gap
            }
            None => gap,
        }
    }

    fn write_lead(&mut self, lead: &str) {
        let lead = if self.target.text.is_empty() && !self.target.parts.is_empty() { lead.trim_start() } else { lead };
        match number(lead).filter(|(_, number)| *number > self.gone) {
            Some((range, number)) => {
                self.target.text += &lead[..range.start];
                self.target.text += &(number - self.gone).to_string();
                self.target.text += &lead[range.end..];
            }
            None => self.target.text += lead,
        }
    }

    fn finish(mut self) -> Target {
        if self.lead.is_none() {
            self.target.text += &self.answer[self.at..];
        }
        self.target
    }
}

/// The number of a list's item, and its place in what stands in front of the item.
fn number(lead: &str) -> Option<(Range<usize>, usize)> {
    let start = lead.find(|c: char| c.is_ascii_digit())?;
    let end = start + lead[start..].find(|c: char| !c.is_ascii_digit())?;
    Some((start..end, lead[start..end].parse().ok()?)).filter(|_| lead[end..].starts_with(['.', ')']))
}

/// A part of a sentence as a sentence of its own.
fn alone(part: &str) -> String {
    let part = part.trim_end_matches([',', ';', ' ']);
    let word = part.split_whitespace().next().unwrap_or_default();
    let mut text = match part.chars().next().filter(|_| !word.contains(char::is_uppercase)) {
        Some(first) => first.to_uppercase().chain(part.chars().skip(1)).collect(),
        None => part.to_owned(),
    };
    if !text.ends_with(['.', '!', '?', '…']) {
        text.push('.');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(answer: &str, doubted: &[usize]) -> String {
        let found = target("Who was Ada Lovelace?", answer, doubted, false);
        check(answer, &found);
        found.text
    }

    /// Ranges are of both texts, in order.
    fn check(answer: &str, found: &Target) {
        assert_eq!(found.parts.len(), pieces(answer).len());
        let mut end = 0;
        for part in &found.parts {
            assert!(answer.get(part.answer.clone()).is_some());
            assert_eq!(part.target.is_none(), matches!(part.fate, Fate::Deleted | Fate::Unfinished));
            assert_eq!(part.dropped.is_some(), part.fate == Fate::Doubted);
            if let Some(target) = &part.target {
                assert!(target.start >= end && found.text.get(target.clone()).is_some(), "{found:?}");
                end = target.end;
            }
        }
    }

    const ADA: &str = "Ada Lovelace was an English mathematician. She was born in 1815. She knew Babbage well, and she wrote \
                       notes on his engine. She liked horses. ";

    #[test]
    fn nothing_is_changed_where_nothing_is_doubted() {
        for answer in
            [ADA, "", "  1. a\n\n2) b. c\n", "“Who?” he asked.\r\n- x; y is a big river there, but it is not long"]
        {
            assert_eq!(text(answer, &[]), answer);
        }
        // Only claims are doubted.
        assert_eq!(text("Really? Wow! Some facts:", &[0, 1, 2, 9]), "Really? Wow! Some facts:");
    }

    #[test]
    fn claims_become_doubts_or_go() {
        assert_eq!(text(ADA, &[1]), ADA.replace("She was born in 1815.", "I am not sure when she was born."));
        assert_eq!(text(ADA, &[0]), ADA.replace("Ada Lovelace was an English mathematician. ", ""));
        let found = target("", ADA, &[1, 4], false);
        check(ADA, &found);
        let said: Vec<_> =
            found.parts.iter().map(|part| (part.fate, part.target.clone().map(|range| &found.text[range]))).collect();
        assert_eq!(said[1], (Fate::Doubted, Some("I am not sure when she was born.")));
        assert_eq!(said[4], (Fate::Deleted, None));
        assert_eq!(said[3], (Fate::Stated, Some("she wrote notes on his engine.")));
        assert_eq!(found.parts[1].dropped.clone().map(|range| &ADA[range]), Some("1815"));
        assert_eq!([Fate::Stated, Fate::Doubted, Fate::Deleted].map(|fate| found.count(fate)), [3, 1, 1]);
        assert!(found.text.ends_with("on his engine."), "{:?}", found.text);
    }

    #[test]
    fn clauses_become_sentences() {
        let whole = "She knew Babbage well, and she wrote notes on his engine.";
        assert_eq!(text(ADA, &[2]), ADA.replace(whole, "She wrote notes on his engine."));
        assert_eq!(text(ADA, &[3]), ADA.replace(whole, "She knew Babbage well."));
        assert_eq!(text(ADA, &[2, 3]), ADA.replace(&format!("{whole} "), ""));
        let answer = "The tower is in Paris itself, and it was completed in 1889.";
        assert_eq!(text(answer, &[1]), "The tower is in Paris itself. I am not sure when it was completed.");
        let answer = "It was completed in 1889; the iPhone was not there at all.";
        assert_eq!(text(answer, &[0]), "I am not sure when it was completed. The iPhone was not there at all.");
        // What is quoted or tied together goes as a whole.
        for answer in
            ["She said \"yes to him, and she went home.\" So.", "She not only knew him well, but she also liked him."]
        {
            assert!(!text(answer, &[0]).contains("She"), "{answer}");
        }
    }

    #[test]
    fn lists_close_up() {
        let list = "Some facts:\n1. Paris is big.\n2. It is old. It has towers.\n3. It lies there.\n\nMore:\n1. One is so.\n2. Two is so.";
        assert_eq!(
            text(list, &[1]),
            "Some facts:\n1. It is old. It has towers.\n2. It lies there.\n\nMore:\n1. One is so.\n2. Two is so."
        );
        // An item keeps its number where a sentence of it is left.
        assert_eq!(text(list, &[2]), list.replace("It is old. It has", "It has"));
        assert_eq!(text(list, &[2, 3]), list.replace("\n2. It is old. It has towers.\n3.", "\n2."));
        assert_eq!(text(list, &[7]), list.replace("\n2. Two is so.", ""));
        assert_eq!(
            text("- It is so.\n- It was built in 1889.", &[1]),
            "- It is so.\n- I am not sure when it was built."
        );
        assert_eq!(text("- It is so.\n- It is old.\n", &[0]), "- It is old.\n");
    }

    #[test]
    fn what_was_cut_off_goes() {
        let cut = |answer: &str, doubted: &[usize]| {
            let found = target("", answer, doubted, true);
            check(answer, &found);
            found.text
        };
        assert_eq!(cut("It is old. It was built in", &[]), "It is old.");
        assert_eq!(cut("It is old. It was built in 1889.", &[1]), "It is old.");
        assert_eq!(cut("It was built in", &[0]), "");
        assert_eq!(cut("1. It is old.\n2. It was", &[0]), "");
    }
}
