//! Which tokens of an answer a part of its text covers, and what the text would be with one of them exchanged.

use super::stop_words::is_stop_word;
use super::words::words;
use crate::error::{Code, Error, Result};
use std::ops::Range;

/// An answer's text with the place of each token in it.
#[derive(Clone, Debug)]
pub struct Aligned<'a> {
    text: &'a str,
    /// By token: the byte where its first character that is no white space stands; where the text has got to, for a
    /// token without one.
    starts: Vec<usize>,
    /// By token: it has such a character.
    visible: Vec<bool>,
    /// By token: it completes no character at all.
    empty: Vec<bool>,
}

/// A text as it stands and with one token exchanged, each from the claim's beginning to the word or alternative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// Index among the alternatives.
    pub alternative: usize,
    /// What the answer says. Equal to `variant` when the alternative is the same word: no judge is needed then.
    pub said: String,
    /// With the alternative.
    pub variant: String,
}

impl<'a> Aligned<'a> {
    /// Finds each token's text, as the incremental detokenizer gave it out, in the text; white space may differ. A
    /// token that completes no character has an empty piece.
    ///
    /// # Errors
    /// `bad_input` when the pieces do not make the text.
    pub fn new<S: AsRef<str>>(text: &'a str, pieces: &[S]) -> Result<Self> {
        let (mut starts, mut visible, mut empty) = (Vec::new(), Vec::new(), Vec::new());
        let skip = |at: usize| text.len() - text[at..].trim_start().len();
        let mut at = 0;
        for piece in pieces {
            let mut start = None;
            for c in piece.as_ref().chars().filter(|c| !c.is_whitespace()) {
                at = skip(at);
                if !text[at..].starts_with(c) {
                    return Err(differ());
                }
                start = start.or(Some(at));
                at += c.len_utf8();
            }
            visible.push(start.is_some());
            empty.push(piece.as_ref().is_empty());
            starts.push(start.unwrap_or(at));
        }
        if skip(at) < text.len() { Err(differ()) } else { Ok(Self { text, starts, visible, empty }) }
    }

    /// Tokens of each part: first, one past the last. A token belongs to the part in which its first character stands;
    /// those that only begin the bytes of a character go with it. Parts must be in order and must not overlap.
    pub fn tokens(&self, parts: &[Range<usize>]) -> Vec<(usize, usize)> {
        let mut free = 0;
        let mut range = |part: &Range<usize>| {
            let inside = |&i: &usize| self.visible[i] && part.contains(&self.starts[i]);
            let first = (free..self.starts.len()).find(inside);
            let Some(first) = first else { return (free, free) };
            let end = (first..self.starts.len()).rev().find(inside).map_or(first, |last| last + 1);
            let begun = (free..first).rev().take_while(|&i| self.empty[i]).count();
            free = end;
            (first - begun, end)
        };
        parts.iter().map(&mut range).collect()
    }

    /// For each token of the claim at `part`, what its alternatives would make of the text. Empty for tokens of
    /// function words and for those outside words (CCP counts these as certain). Alternatives without a letter or digit
    /// are left out.
    pub fn exchanges<S: AsRef<str>>(
        &self,
        part: &Range<usize>,
        tokens: (usize, usize),
        alternatives: &[Vec<S>],
    ) -> Vec<Vec<Exchange>> {
        let words: Vec<Range<usize>> =
            words(&self.text[part.clone()]).into_iter().map(|w| part.start + w.start..part.start + w.end).collect();
        let of_token = |token: usize| {
            let start = *self.starts.get(token)?;
            let visible = *self.visible.get(token)?;
            let word = words.iter().find(|word| word.contains(&start)).filter(|_| visible)?;
            let function = is_stop_word(&self.text[word.clone()]);
            let before = self.text.get(part.start..start)?;
            let said = self.text.get(part.start..word.end)?;
            let exchange = |(alternative, other): (usize, &S)| {
                let other = other.as_ref().trim();
                let own = &self.text[start..word.end];
                // "Paris", " paris" and a first piece such as "Par" go on as the word does; "is" in "island" does not.
                let same = own.to_lowercase() == other.to_lowercase()
                    || own.to_lowercase().starts_with(&other.to_lowercase()) && !is_stop_word(other);
                let variant = if same { said.to_owned() } else { format!("{before}{other}") };
                (!super::words::words(other).is_empty()).then(|| Exchange { alternative, said: said.into(), variant })
            };
            let others: &[S] = alternatives.get(token).map(Vec::as_slice).unwrap_or_default();
            (!function).then(|| others.iter().enumerate().filter_map(exchange).collect())
        };
        (tokens.0..tokens.1).map(|token| of_token(token).unwrap_or_default()).collect()
    }
}

fn differ() -> Error {
    Error::new(
        Code::BadInput,
        "the tokens' texts do not make the answer.",
        "Give the pieces of the incremental detokenizer, in order.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spans::sentences::sentences;

    #[test]
    fn tokens_of_sentences() {
        let text = "It rained. It poured!";
        let pieces = ["It", " rain", "ed", ".", " It", " pour", "ed", "!", ""];
        let aligned = Aligned::new(text, &pieces).unwrap();
        assert_eq!(aligned.tokens(&sentences(text)), [(0, 4), (4, 8)]);
        // A tokenizer that drops the first space, and one that keeps white space apart.
        let pieces = [" It", " rained.", " ", " ", "It", " poured", "!\n"];
        assert_eq!(Aligned::new(text, &pieces).unwrap().tokens(&sentences(text)), [(0, 2), (4, 7)]);
        // A token that reaches into the next sentence belongs to the first.
        let aligned = Aligned::new(text, &["It rained. It", " poured!"]).unwrap();
        assert_eq!(aligned.tokens(&sentences(text)), [(0, 1), (1, 2)]);
    }

    #[test]
    fn characters_in_pieces_and_other_scripts() {
        let text = "Yes. 🥐 نعم. 对。";
        let pieces = ["Yes", ".", "", "", "", " 🥐", " نع", "م", ".", " ", "", "对", "。", ""];
        let aligned = Aligned::new(text, &pieces).unwrap();
        assert_eq!(aligned.tokens(&sentences(text)), [(0, 2), (2, 9), (10, 13)]);
        let glued = Aligned::new("好。🥐好", &["好", "。", "", "🥐", "好"]).unwrap();
        assert_eq!(glued.tokens(&[0..6, 6..13]), [(0, 2), (2, 5)]);
    }

    #[test]
    fn edges() {
        let none: [&str; 0] = [];
        assert_eq!(Aligned::new("", &none).unwrap().tokens(&[]), []);
        assert_eq!(Aligned::new("", &["", " "]).unwrap().tokens(std::slice::from_ref(&(0..0))), [(0, 0)]);
        for (text, pieces) in
            [("ab", vec!["a"]), ("ab", vec!["a", "c"]), ("a", vec!["a", "b"]), ("é", vec!["\u{fffd}", "\u{fffd}"])]
        {
            assert_eq!(Aligned::new(text, &pieces).unwrap_err().code, Code::BadInput);
        }
        let long = "Word. ".repeat(2000);
        let pieces = ["Word", ". "].repeat(2000);
        let ranges = Aligned::new(&long, &pieces).unwrap().tokens(&sentences(&long));
        assert_eq!((ranges.len(), ranges[1999]), (2000, (3998, 4000)));
    }

    #[test]
    fn exchanges_of_a_claim() {
        let text = "So. Paris is the big capital.";
        let pieces = ["So", ".", " Par", "is", " is", " the", " big", " capital", "."];
        let aligned = Aligned::new(text, &pieces).unwrap();
        let claim = sentences(text)[1].clone();
        let tokens = aligned.tokens(std::slice::from_ref(&claim))[0];
        assert_eq!(tokens, (2, 9));
        let others = |texts: &[&str]| texts.iter().map(|&t| t.to_owned()).collect::<Vec<_>>();
        let alternatives = [
            others(&["Well"]),
            others(&["!"]),
            others(&[" Lyon", " paris", "\n", " Pa"]),
            others(&["ma"]),
            others(&[" was"]),
            others(&[" a"]),
            others(&[" small", "<end>", " , "]),
            others(&[" city"]),
            others(&["!"]),
        ];
        let got = aligned.exchanges(&claim, tokens, &alternatives);
        let exchange = |alternative, said: &str, variant: &str| Exchange {
            alternative,
            said: said.into(),
            variant: variant.into(),
        };
        assert_eq!(
            got,
            [
                vec![exchange(0, "Paris", "Lyon"), exchange(1, "Paris", "Paris"), exchange(3, "Paris", "Paris")],
                vec![exchange(0, "Paris", "Parma")],
                vec![],
                vec![],
                vec![
                    exchange(0, "Paris is the big", "Paris is the small"),
                    exchange(1, "Paris is the big", "Paris is the <end>")
                ],
                vec![exchange(0, "Paris is the big capital", "Paris is the big city")],
                vec![],
            ]
        );
        let island = Aligned::new("Islands", &["Is", "lands"]).unwrap();
        let got = island.exchanges(&(0..7), (0, 2), &[others(&["is", "ISLANDS", "Isla"]), others(&["lam"])]);
        let variants: Vec<Vec<&str>> = got.iter().map(|e| e.iter().map(|e| e.variant.as_str()).collect()).collect();
        assert_eq!(variants, [vec!["is", "Islands", "Islands"], vec!["Islam"]]);
        assert_eq!(aligned.exchanges(&claim, (7, 20), &alternatives).len(), 13, "tokens that are not there have none");
    }
}
