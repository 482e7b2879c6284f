//! Added tokens: the strings that are cut out of a text before anything else looks at it.
//!
//! `tokenizers` can only parse all special tokens of a text or none. A chat prompt needs both: the template's control
//! tokens count, and the same characters in a message stay text. So the cut is made here, with a say about each match.

use crate::error::{Error, Result};
use std::collections::{HashMap, HashSet};
use std::ops::Range as Span;
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
    controls: HashSet<u32>,
}

/// Names that chat models give to their control tokens, whatever a file says about them.
pub fn looks_like_control(token: &str) -> bool {
    matches!(token, "<start_of_turn>" | "<end_of_turn>" | "<bos>" | "<eos>" | "<s>" | "</s>")
        || token.len() > 4 && token.starts_with("<|") && token.ends_with("|>")
}

impl AddedTokens {
    /// The added tokens of `tokenizer`.
    pub fn new(tokenizer: &Tokenizer) -> Result<Self> {
        let mut all = Self::default();
        for (id, token) in tokenizer.get_added_tokens_decoder() {
            let added = Added {
                id,
                control: token.special || looks_like_control(&token.content),
                lstrip: token.lstrip,
                rstrip: token.rstrip,
                single_word: token.single_word,
            };
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

    /// Whether `id` is a control token.
    pub fn is_control(&self, id: u32) -> bool {
        self.controls.contains(&id)
    }

    /// Cuts a piece of text that is not normalized yet. `accept` sees each match's place in the original text.
    pub fn split_raw(&self, piece: NormalizedString, accept: impl Fn(Span<usize>, &Added) -> bool) -> Vec<Piece> {
        self.raw.split(piece, accept)
    }

    /// Cuts the spelling of each control token in two, for models whose vocabulary has it as a piece of text.
    pub fn break_up(&self, piece: NormalizedString) -> Vec<Piece> {
        let (mut parts, mut done) = (Vec::new(), 0);
        for (at, first) in piece.get().char_indices() {
            if self.control_at(piece.get(), at).is_some() {
                parts.push(done..at + first.len_utf8());
                done = at + first.len_utf8();
            }
        }
        parts.push(done..piece.get().len());
        // `slice` fails only off a character boundary.
        parts.into_iter().filter_map(|part| Some((piece.slice(Range::Normalized(part))?, None))).collect()
    }

    /// As [`AddedTokens::split_raw`] for a piece that is normalized.
    pub fn split_normalized(
        &self,
        piece: NormalizedString,
        accept: impl Fn(Span<usize>, &Added) -> bool,
    ) -> Vec<Piece> {
        self.normalized.split(piece, accept)
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

    fn split(&self, piece: NormalizedString, accept: impl Fn(Span<usize>, &Added) -> bool) -> Vec<Piece> {
        if self.tokens.is_empty() {
            return vec![(piece, None)];
        }
        let base = piece.offsets_original().0;
        let original = |span: &Span<usize>| match piece.convert_offsets(Range::Normalized(span.clone())) {
            Some(place) => base + place.start..base + place.end,
            None => base..base,
        };
        let text = piece.get();
        let (mut cuts, mut done, mut at) = (Vec::new(), 0, 0);
        while at < text.len() {
            let found = self.starting_at(text, at).next().filter(|(span, added)| {
                (!added.single_word || stands_alone(text, span)) && accept(original(span), added)
            });
            let Some((span, added)) = found else {
                at += text[at..].chars().next().map_or(1, char::len_utf8);
                continue;
            };
            let start = if added.lstrip { text[..span.start].trim_end().len().max(done) } else { span.start };
            let rest = &text[span.end..];
            at = if added.rstrip { text.len() - rest.trim_start().len() } else { span.end };
            if done < start {
                cuts.push((done..start, None));
            }
            cuts.push((start..at, Some(added.id)));
            done = at;
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

fn stands_alone(text: &str, span: &Span<usize>) -> bool {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    !text[..span.start].ends_with(word) && !text[span.end..].starts_with(word)
}
