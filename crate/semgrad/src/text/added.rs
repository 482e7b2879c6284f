//! Added tokens: the strings that are cut out of a text before anything else looks at it.
//!
//! `tokenizers` can only parse all special tokens of a text or none. A chat prompt needs both: the template's control
//! tokens count, and the same characters in a message stay text. So the cut is made here, with a say about each match.

use super::marks::looks_like_control;
use crate::error::{Error, Result};
use regex::Regex;
use std::collections::{HashMap, HashSet};
use std::ops::Range as Span;
use std::sync::LazyLock;
use tokenizers::normalizer::Range;
use tokenizers::{NormalizedString, Normalizer, Token, Tokenizer};

/// One added token.
#[derive(Clone, Debug)]
pub struct Added {
    /// Token id.
    pub id: u32,
    /// It steers the model and must not come from a message.
    pub control: bool,
    lstrip: bool,
    rstrip: bool,
    single_word: bool,
}

/// Added tokens that are looked for at the same stage, findable by leftmost-longest match.
#[derive(Clone, Debug, Default)]
struct Matcher {
    tokens: HashMap<String, Added>,
    /// Byte lengths that occur among tokens with this first byte, longest first.
    lengths: HashMap<u8, Vec<usize>>,
}

/// All added tokens of a tokenizer.
#[derive(Clone, Debug, Default)]
pub struct AddedTokens {
    raw: Matcher,
    /// Those that are looked for after normalization, in normalized spelling.
    normalized: Matcher,
    ids: HashSet<u32>,
    controls: HashSet<u32>,
    /// Control tokens that the model makes of plain text.
    made: HashSet<u32>,
}

/// What a place that is spelled like an added token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// The token.
    Token,
    /// Text that spells the token; no other token is looked for inside.
    Text,
    /// No more than neighbors that spell it together: what begins or ends inside may be a token.
    Accident,
}

impl AddedTokens {
    /// The added tokens of `tokenizer`.
    pub fn new(tokenizer: &Tokenizer) -> Result<Self> {
        let mut all = Self::default();
        let vocabulary = tokenizer.get_added_vocabulary();
        for (id, token) in tokenizer.get_added_tokens_decoder() {
            let added = Added {
                id,
                control: vocabulary.is_special_token(&token.content) || looks_like_control(&token.content),
                lstrip: token.lstrip,
                rstrip: token.rstrip,
                single_word: token.single_word,
            };
            all.ids.insert(id);
            if added.control {
                all.controls.insert(id);
            }
            if token.normalized {
                let mut spelled = NormalizedString::from(token.content.as_str());
                if let Some(normalizer) = tokenizer.get_normalizer() {
                    normalizer.normalize(&mut spelled).map_err(|e| Error::internal(e.to_string()))?;
                }
                all.normalized.insert(spelled.get(), added);
            } else {
                all.raw.insert(&token.content, added);
            }
        }
        Ok(all)
    }

    /// Bytes of the longest control token whose spelling starts at byte `at`.
    pub fn control_at(&self, text: &str, at: usize) -> Option<usize> {
        let controls = [&self.raw, &self.normalized].into_iter().flat_map(|matcher| matcher.starting_at(text, at));
        controls.filter(|(_, added)| added.control).map(|(place, _)| place.len()).max()
    }

    /// Whether `id` is an added token.
    pub fn contains(&self, id: u32) -> bool {
        self.ids.contains(&id)
    }

    /// Whether `id` is a control token.
    pub fn is_control(&self, id: u32) -> bool {
        self.controls.contains(&id)
    }

    /// Cuts a piece of text that is not normalized yet. `read` sees each match's place in the original text.
    pub fn split_raw(&self, piece: NormalizedString, read: impl Fn(Span<usize>, &Added) -> Reading) -> Vec<Piece> {
        self.raw.split(piece, read)
    }

    /// Notes the control tokens that the model makes of their own spelling: those whose text `makes` them.
    pub fn find_made(&mut self, makes: impl Fn(&str, u32) -> bool) {
        let all = self.raw.tokens.iter().chain(&self.normalized.tokens);
        let made = all.filter(|(text, added)| added.control && text.chars().nth(1).is_some() && makes(text, added.id));
        self.made = made.map(|(_, added)| added.id).collect();
    }

    /// Cuts in two what spells a control token, is none, and would be made one by the model.
    pub fn break_up(&self, piece: NormalizedString, read: impl Fn(Span<usize>, &Added) -> Reading) -> Vec<Piece> {
        if self.made.is_empty() {
            return vec![(piece, None)];
        }
        let text = piece.get();
        let breaks = |at| {
            let matches = [&self.raw, &self.normalized].into_iter().flat_map(|matcher| matcher.starting_at(text, at));
            let made = matches.filter(|(_, added)| self.made.contains(&added.id));
            made.map(|(span, added)| read(original(&piece, &span), added)).any(|reading| reading != Reading::Token)
        };
        let (mut parts, mut done) = (Vec::new(), 0);
        for (at, first) in text.char_indices() {
            if breaks(at) {
                parts.push(done..at + first.len_utf8());
                done = at + first.len_utf8();
            }
        }
        parts.push(done..text.len());
        // `slice` fails only off a character boundary.
        parts.into_iter().filter_map(|part| Some((piece.slice(Range::Normalized(part))?, None))).collect()
    }

    /// As [`AddedTokens::split_raw`] for a piece that is normalized.
    pub fn split_normalized(
        &self,
        piece: NormalizedString,
        read: impl Fn(Span<usize>, &Added) -> Reading,
    ) -> Vec<Piece> {
        self.normalized.split(piece, read)
    }
}

/// A piece of text; with its token when it is an added token.
pub type Piece = (NormalizedString, Option<Vec<Token>>);

impl Matcher {
    fn insert(&mut self, content: &str, added: Added) {
        let Some(&first) = content.as_bytes().first() else { return };
        let lengths = self.lengths.entry(first).or_default();
        if let Err(at) = lengths.binary_search_by(|len| content.len().cmp(len)) {
            lengths.insert(at, content.len());
        }
        self.tokens.insert(content.to_owned(), added);
    }

    /// Tokens that start at byte `at`, the longest first.
    fn starting_at<'a>(&'a self, text: &'a str, at: usize) -> impl Iterator<Item = (Span<usize>, &'a Added)> {
        let lengths = text.as_bytes().get(at).and_then(|first| self.lengths.get(first)).map_or(&[][..], Vec::as_slice);
        lengths.iter().filter_map(move |len| {
            let end = at.checked_add(*len)?;
            Some((at..end, self.tokens.get(text.get(at..end)?)?))
        })
    }

    fn split(&self, piece: NormalizedString, read: impl Fn(Span<usize>, &Added) -> Reading) -> Vec<Piece> {
        if self.tokens.is_empty() {
            return vec![(piece, None)];
        }
        let text = piece.get();
        let (mut cuts, mut done, mut at) = (Vec::new(), 0, 0);
        // As the library has it: what is refused is passed over whole, and the search goes on behind the spelling even
        // when the token takes the white space after it.
        while at < text.len() {
            let mut readings = self.starting_at(text, at).map(|(span, added)| {
                let reading = read(original(&piece, &span), added);
                (span, added, reading)
            });
            let Some((span, added, reading)) = readings.find(|(_, _, reading)| *reading != Reading::Accident) else {
                at += text[at..].chars().next().map_or(1, char::len_utf8);
                continue;
            };
            at = span.end;
            if reading == Reading::Text || added.single_word && !stands_alone(text, &span) {
                continue;
            }
            let start = if added.lstrip { text[..span.start].trim_end().len().max(done) } else { span.start };
            let rest = &text[span.end..];
            let end = if added.rstrip { text.len() - rest.trim_start().len() } else { span.end };
            if done < start {
                cuts.push((done..start, None));
            }
            cuts.push((start.min(end)..end, Some(added.id)));
            done = end;
        }
        if done < text.len() {
            cuts.push((done..text.len(), None));
        }
        let cut = |(span, id): (Span<usize>, Option<u32>)| {
            let slice = piece.slice(Range::Normalized(span))?;
            let token = id.map(|id| vec![Token::new(id, slice.get().to_owned(), (0, slice.get().len()))]);
            Some((slice, token))
        };
        // `slice` fails only off a character boundary, and the cuts are all on one.
        cuts.into_iter().filter_map(cut).collect()
    }
}

/// Where `span` of the normalized piece stands in the whole original text.
fn original(piece: &NormalizedString, span: &Span<usize>) -> Span<usize> {
    let base = piece.offsets_original().0;
    match piece.convert_offsets(Range::Normalized(span.clone())) {
        Some(place) => base + place.start..base + place.end,
        None => base..base,
    }
}

/// No word character beside it, in the sense of the library's `\w`.
fn stands_alone(text: &str, span: &Span<usize>) -> bool {
    // One of the simplest expressions there are: it compiles.
    #[allow(clippy::unwrap_used)]
    static WORD: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\w").unwrap());
    let word = |c: char| WORD.is_match(c.encode_utf8(&mut [0; 4]));
    !text[..span.start].ends_with(word) && !text[span.end..].starts_with(word)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
