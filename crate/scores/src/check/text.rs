//! A text, read once for all checks: its tokens, sentences, lines and quotations.

use super::lexer::{Token, What, one_of, tokens};
use crate::spans::sentences::sentences;
use std::ops::Range;

/// A text that was read.
#[derive(Clone, Debug)]
pub struct Text {
    /// As it was written, with programs, links and their like blanked out.
    pub raw: String,
    /// Its tokens.
    pub tokens: Vec<Token>,
    /// Its sentences, as ranges of tokens; every line break ends one.
    pub sentences: Vec<Range<usize>>,
    /// What stands within quotation marks, as bytes.
    pub quoted: Vec<Range<usize>>,
}

/// Words after which what a sentence states is not what its writer states.
const SUPPOSED: &str = "\
    if suppose supposing assume assuming imagine pretend hypothetically mistake mistakenly mistakes \
    error errors erroneously wrong wrongly incorrect incorrectly false falsely myth misconception \
    fallacy joke jokes joking think thinks believe believes thought believed claim claims claimed guess \
    guessed might unless  fictional impossible untrue satire parody accept insists \
    insist";
/// After "if we" and "if you": a way to look at what is, and no supposition.
const LOOKS: &str = "\
          look count add multiply divide subtract use take check convert spell write work calculate go \
          apply";

impl Text {
    /// Reads a text.
    pub fn read(text: &str) -> Self {
        let raw = without_programs(text);
        let tokens = tokens(&raw);
        let place = |byte: usize| tokens.partition_point(|token| token.at.start < byte);
        let ranges = sentences(&raw).into_iter().map(|range| place(range.start)..place(range.end));
        let sentences = ranges.filter(|range| !range.is_empty()).collect();
        Self { sentences, quoted: quoted(&raw), tokens, raw }
    }

    /// The sentences that their writer states.
    pub fn stated(&self) -> impl Iterator<Item = &[Token]> {
        self.sentences.iter().map(|range| &self.tokens[range.clone()]).filter(|sentence| !is_supposed(sentence))
    }

    /// Whether a place lies within quotation marks.
    pub fn is_quoted(&self, at: &Range<usize>) -> bool {
        self.quoted.iter().any(|quoted| quoted.start <= at.start && at.end <= quoted.end)
    }

    /// Its bytes at a place.
    pub fn slice(&self, at: &Range<usize>) -> &str {
        self.raw.get(at.clone()).unwrap_or_default()
    }
}

/// Whether a sentence says of itself that it supposes, or tells what is mistaken.
pub fn is_supposed(sentence: &[Token]) -> bool {
    sentence.iter().any(|token| match &token.what {
        What::Word(word) => one_of(word, SUPPOSED) && !(word == "if" && looks(sentence, token)),
        What::Sign('≠' | '≡') => true,
        _ => false,
    }) || sentence.iter().rev().find(|token| token.what != What::Break).is_some_and(|last| last.what == What::Sign('?'))
}

fn looks(sentence: &[Token], at: &Token) -> bool {
    let word = |token: &Token| match &token.what {
        What::Word(word) => word.clone(),
        _ => String::new(),
    };
    let next: Vec<String> =
        sentence.iter().skip_while(|token| token.at.start <= at.at.start).take(2).map(word).collect();
    matches!(next.as_slice(), [who, verb] if (who == "we" || who == "you") && one_of(verb, LOOKS))
}

/// The text with fenced programs and links blanked out; every byte keeps its place.
fn without_programs(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let blank = |part: &str, result: &mut String| {
        for c in part.chars() {
            match c {
                '\n' => result.push('\n'),
                // As many bytes, each a space.
                other => (0..other.len_utf8()).for_each(|_| result.push(' ')),
            }
        }
    };
    let mut fence: Option<&str> = None;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim_start();
        let mark = ["```", "~~~"].into_iter().find(|mark| trimmed.starts_with(mark));
        match (fence, mark) {
            (None, None) => links_blanked(line, &mut result, blank),
            (None, Some(_)) => {
                fence = mark;
                blank(line, &mut result);
            }
            (Some(open), mark) => {
                blank(line, &mut result);
                if mark == Some(open) {
                    fence = None;
                }
            }
        }
    }
    result
}

fn links_blanked(line: &str, result: &mut String, blank: impl Fn(&str, &mut String)) {
    let mut rest = line;
    while let Some(at) = ["http://", "https://", "www."].iter().filter_map(|mark| rest.find(mark)).min() {
        result.push_str(&rest[..at]);
        let end = rest[at..].find(|c: char| c.is_whitespace() || c == ')').map_or(rest.len(), |end| at + end);
        blank(&rest[at..end], result);
        rest = &rest[end..];
    }
    result.push_str(rest);
}

/// What stands within pairs of quotation marks on one line.
fn quoted(text: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let (mut at, mut missing) = (0, String::new());
        while let Some((place, open)) =
            line[at..].char_indices().find(|(_, c)| matches!(c, '“' | '"' | '‘' | '\'' | '«' | '„' | '`'))
        {
            let place = at + place;
            let inside = place + open.len_utf8();
            at = inside;
            let close = match open {
                '“' => "”",
                '„' => "“”",
                '‘' => "’",
                '«' => "»",
                '\'' => "'",
                '`' => "`",
                _ => "\"",
            };
            let single = matches!(open, '\'' | '‘');
            // An apostrophe opens nothing.
            if single && line[..place].chars().next_back().is_some_and(char::is_alphanumeric) {
                continue;
            }
            let ends = |(place, c): (usize, char)| {
                let letter = line[inside + place + c.len_utf8()..].starts_with(char::is_alphanumeric);
                (close.contains(c) && !(single && letter) && place > 0).then_some(inside + place)
            };
            // Looked for once: a mark that nothing closes here is closed nowhere behind either.
            if missing.contains(open) {
                continue;
            }
            match line[inside..].char_indices().find_map(ends) {
                Some(end) => {
                    ranges.push(start + inside..start + end);
                    at = end + line[end..].chars().next().map_or(1, char::len_utf8);
                }
                None => missing.push(open),
            }
        }
        start += line.len();
    }
    ranges
}
