//! Which token begins a text, which ends a turn, which template counts: settled from all the files that say so.

use super::chosen;
use super::files::Files;
use super::pre;
use super::source::TextSource;
use crate::error::Result;
use serde_json::Value;
use std::collections::HashSet;
use tokenizers::Tokenizer;

/// Control tokens with which models of the common families end a turn or a text.
const ENDS: [&str; 11] = [
    "<|im_end|>",
    "<|endoftext|>",
    "<end_of_turn>",
    "<|eot_id|>",
    "<|eom_id|>",
    "<|end_of_text|>",
    "<|end|>",
    "<|return|>",
    "<|endofturn|>",
    "<EOT>",
    "<turn|>",
];

/// Settled special tokens.
#[derive(Clone, Debug, Default)]
pub struct Special {
    /// Beginning of text.
    pub bos: Option<u32>,
    /// Plain text (no template) starts with `bos`.
    pub add_bos: bool,
    /// The container says outright that every prompt starts with `bos`, a rendered one too.
    pub always_bos: bool,
    /// End of turn, where the file names one apart from `eos`.
    pub eot: Option<u32>,
    /// End of text.
    pub eos: Option<u32>,
    /// Generation stops at any of these; without duplicates.
    pub stops: Vec<u32>,
    /// Variables of the chat template: `bos_token`, `eos_token`, …
    pub variables: Vec<(String, String)>,
    /// The chat template's text; an error where nobody can say which one counts, which is met when it is used.
    pub template: Option<Result<String>>,
}

impl Special {
    /// Gathers the special tokens of `source`, whose JSON files are `files`, for its `tokenizer`. What may make
    /// prompts or answers wrong is added to `warnings`.
    pub fn new(source: &TextSource, files: &Files, tokenizer: &Tokenizer, warnings: &mut Vec<String>) -> Result<Self> {
        // A tokenizer.json is taken over a GGUF vocabulary, and so are the files beside it.
        let gguf = source.gguf.as_ref().filter(|_| source.tokenizer_json.is_none());
        let named = |key: &str| files.token(key).and_then(|text| tokenizer.token_to_id(text));
        let known = |id: &u32| tokenizer.id_to_token(*id).is_some();
        let numbered = |key: &str| ids(files.config.get(key)).into_iter().find(known);
        let bos = gguf.and_then(|g| g.known(g.bos)).or_else(|| named("bos_token")).or_else(|| numbered("bos_token_id"));
        let eos = gguf.and_then(|g| g.known(g.eos)).or_else(|| named("eos_token")).or_else(|| numbered("eos_token_id"));
        let eot = gguf.and_then(|g| g.known(g.eot));
        let template = chosen::template(source, files.tokenizer.get("chat_template"), gguf);

        let (first, add_bos) = match gguf {
            // A byte-level tokenizer adds none unless the file or its pre-tokenizer's name says so, a SentencePiece one
            // does.
            Some(g) => {
                let usual = match g.model.as_str() {
                    "gpt2" => pre::find(&pre::name(g, &mut Vec::new())).is_ok_and(|pre| pre.add_bos),
                    model => model == "llama",
                };
                (None, g.add_bos.unwrap_or(usual))
            }
            None => {
                let first = first_added(tokenizer, eos);
                (first, files.tokenizer.get("add_bos_token").and_then(Value::as_bool).unwrap_or(first.is_some()))
            }
        };
        let bos = bos.or(first);

        let mut stops: Vec<u32> = eos.into_iter().chain(eot).collect();
        for (name, file) in [("generation_config.json", &files.generation), ("config.json", &files.config)] {
            let listed = ids(file.get("eos_token_id"));
            if let Some(outside) = listed.iter().find(|id| !known(id)) {
                warnings.push(format!(
                    "eos_token_id of {name} is token {outside}, which is outside the vocabulary: it counts as absent, \
                     and an answer may go on where it should end"
                ));
            }
            stops.extend(listed);
        }
        let added = tokenizer.get_added_vocabulary().get_vocab();
        stops.extend(ENDS.iter().filter_map(|end| added.get(*end).copied()));
        let mut seen = HashSet::new();
        stops.retain(|id| known(id) && seen.insert(*id));

        let text = |key: &str, id: Option<u32>| {
            let named = if gguf.is_some() { None } else { files.token(key).map(str::to_owned) };
            named.or_else(|| tokenizer.id_to_token(id?)).unwrap_or_default()
        };
        let own = [
            ("bos_token", bos),
            ("eos_token", eos),
            ("unk_token", gguf.and_then(|g| g.known(g.unknown))),
            ("pad_token", gguf.and_then(|g| g.known(g.padding))),
        ];
        let mut variables: Vec<_> = own.into_iter().map(|(key, id)| (key.to_owned(), text(key, id))).collect();
        if gguf.is_none() {
            let others = files.named().filter(|(key, _)| own.iter().all(|(known, _)| known != key));
            variables.extend(others.map(|(key, text)| (key.to_owned(), text.to_owned())));
        }
        // Whoever asks whether a token is defined asks whether there is one.
        variables.retain(|(_, text)| !text.is_empty());
        let always_bos = gguf.is_some_and(|g| g.add_bos == Some(true));
        Ok(Self { bos, add_bos: add_bos && bos.is_some(), always_bos, eot, eos, stops, variables, template })
    }
}

/// One id or a list of ids.
fn ids(value: Option<&Value>) -> Vec<u32> {
    let id = |value: &Value| value.as_u64().and_then(|id| u32::try_from(id).ok());
    match value {
        Some(Value::Array(list)) => list.iter().filter_map(id).collect(),
        Some(value) => id(value).into_iter().collect(),
        None => Vec::new(),
    }
}

/// The special token that the post-processor puts before a text, when it does.
fn first_added(tokenizer: &Tokenizer, eos: Option<u32>) -> Option<u32> {
    let first = *tokenizer.encode("", true).ok()?.get_ids().first()?;
    (Some(first) != eos).then_some(first)
}
