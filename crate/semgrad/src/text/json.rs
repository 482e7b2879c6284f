//! `tokenizer.json`, with the checks that the `tokenizers` crate leaves out.

use super::files::check_ids;
use super::stages;
use crate::error::{Code, Error, Result};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::fmt;
use tokenizers::Tokenizer;

/// Reads a `tokenizer.json`. Truncation and padding that it may ask for are switched off. A token that has another id in
/// the file than the library gives it is one of the `warnings`.
pub fn build(bytes: &[u8], warnings: &mut Vec<String>) -> Result<Tokenizer> {
    let file: File = serde_json::from_slice(bytes).map_err(|e| corrupt(e.to_string()))?;
    // The BPE builder copies a merge's two parts into a buffer as long as the longest token, unchecked.
    if file.model.merges.longest > file.model.vocab.longest {
        return Err(corrupt("a merge is longer than every token of the vocabulary".into()));
    }
    if file.model.continuing_subword_prefix.as_ref().is_some_and(|p| p.len() > file.model.merges.shortest_right) {
        return Err(corrupt("a merge lacks the prefix of continuing subwords".into()));
    }
    let stages = [&file.normalizer, &file.pre_tokenizer, &file.post_processor, &file.decoder];
    if let Some(fault) = stages.into_iter().find_map(stages::fault) {
        return Err(corrupt(fault));
    }
    let mut tokenizer = Tokenizer::from_bytes(bytes).map_err(|e| corrupt(e.to_string()))?;
    tokenizer.with_truncation(None).map_err(|e| corrupt(e.to_string()))?;
    tokenizer.with_padding(None);
    check_ids(&tokenizer, file.added_tokens.iter().map(|token| (token.id, token.content.as_str())), warnings);
    Ok(tokenizer)
}

fn corrupt(what: String) -> Error {
    Error::new(
        Code::CorruptWeights,
        format!("tokenizer.json cannot be read: {what}"),
        "Download tokenizer.json again; it must be the one that belongs to the model.",
    )
}

/// The lengths that matter, gathered without keeping the lists, and the stages: as values they are valid JSON, at whose
/// faults the crate would end the program.
#[derive(Deserialize)]
struct File {
    model: Model,
    #[serde(default)]
    normalizer: Value,
    #[serde(default)]
    pre_tokenizer: Value,
    #[serde(default)]
    post_processor: Value,
    #[serde(default)]
    decoder: Value,
    #[serde(default)]
    added_tokens: Vec<Numbered>,
}

/// An added token's id in the file.
#[derive(Deserialize)]
struct Numbered {
    id: u32,
    content: String,
}

#[derive(Deserialize)]
struct Model {
    #[serde(default)]
    vocab: VocabLengths,
    #[serde(default)]
    merges: MergeLengths,
    continuing_subword_prefix: Option<String>,
}

#[derive(Default)]
struct VocabLengths {
    longest: usize,
}

struct MergeLengths {
    longest: usize,
    shortest_right: usize,
}

impl Default for MergeLengths {
    fn default() -> Self {
        Self { longest: 0, shortest_right: usize::MAX }
    }
}

impl<'de> Deserialize<'de> for VocabLengths {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Lengths;
        impl<'de> Visitor<'de> for Lengths {
            type Value = VocabLengths;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a vocabulary")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Self::Value, A::Error> {
                let mut longest = 0;
                while let Some((token, IgnoredAny)) = map.next_entry::<Length, IgnoredAny>()? {
                    longest = longest.max(token.0);
                }
                Ok(VocabLengths { longest })
            }
            // Unigram's vocabulary is a list; it has no merges.
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> std::result::Result<Self::Value, A::Error> {
                while let Some(IgnoredAny) = list.next_element()? {}
                Ok(VocabLengths::default())
            }
        }
        deserializer.deserialize_any(Lengths)
    }
}

impl<'de> Deserialize<'de> for MergeLengths {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Lengths;
        impl<'de> Visitor<'de> for Lengths {
            type Value = MergeLengths;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of merges")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> std::result::Result<Self::Value, A::Error> {
                let mut all = MergeLengths::default();
                while let Some(Merge { left, right }) = list.next_element()? {
                    all.longest = all.longest.max(left + right);
                    all.shortest_right = all.shortest_right.min(right);
                }
                Ok(all)
            }
        }
        deserializer.deserialize_seq(Lengths)
    }
}

/// Byte length of a string.
struct Length(usize);

impl<'de> Deserialize<'de> for Length {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Length;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_str<E>(self, text: &str) -> std::result::Result<Length, E> {
                Ok(Length(text.len()))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// Byte lengths of a merge's parts, `"left right"` or `["left", "right"]`.
struct Merge {
    left: usize,
    right: usize,
}

impl<'de> Deserialize<'de> for Merge {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Parts;
        impl<'de> Visitor<'de> for Parts {
            type Value = Merge;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a merge of two tokens")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> std::result::Result<Merge, E> {
                let (left, right) = text.split_once(' ').ok_or_else(|| E::custom(format!("no merge: `{text}`")))?;
                Ok(Merge { left: left.len(), right: right.len() })
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> std::result::Result<Merge, A::Error> {
                match (list.next_element()?, list.next_element()?, list.next_element::<IgnoredAny>()?) {
                    (Some(Length(left)), Some(Length(right)), None) => Ok(Merge { left, right }),
                    _ => Err(serde::de::Error::custom("a merge does not have two parts")),
                }
            }
        }
        deserializer.deserialize_any(Parts)
    }
}
