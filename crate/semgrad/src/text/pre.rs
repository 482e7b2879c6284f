//! The pre-tokenizer of a byte-level vocabulary: found by its name, and built.

use super::cuts::{Cut, NOT_BYTES, Pre, TABLE};
use super::pipeline::{Pipeline, bytes};
use super::source::GgufVocab;
use crate::error::{Code, Error, Result};
use serde_json::{Value, json};
use std::borrow::Cow;

/// The row of the table for the name that GGUF files use.
pub fn find(name: &str) -> Result<&'static Pre> {
    TABLE.iter().find(|pre| pre.names.contains(&name)).ok_or_else(|| {
        let (what, advice) = if NOT_BYTES.contains(&name) {
            ("a pre-tokenizer of a vocabulary that is not byte-level, which is not implemented", "")
        } else {
            ("a pre-tokenizer that is not known", ", or a newer conversion of the model if the name is misspelled")
        };
        Error::new(
            Code::UnsupportedFormat,
            format!("tokenizer.ggml.pre is `{name}`, {what}"),
            format!("Load the model's Hugging Face folder with tokenizer.json instead{advice}."),
        )
    })
}

/// The row for a class of transformers, as `tokenizer_class` has it.
pub fn of_class(class: &str) -> Option<&'static Pre> {
    let class = class.strip_suffix("Fast").unwrap_or(class);
    TABLE.iter().find(|pre| pre.classes.contains(&class))
}

impl Pre {
    /// The stages around the BPE model.
    pub fn pipeline(&self) -> Pipeline {
        let mut stages: Vec<Value> = self.cuts.iter().map(Cut::stage).collect();
        if !self.cuts.iter().any(|cut| matches!(cut, Cut::Gpt2)) {
            stages.push(bytes(false));
        }
        Pipeline {
            normalizer: if self.composes { json!({"type": "NFC"}) } else { Value::Null },
            pre_tokenizer: json!({"type": "Sequence", "pretokenizers": stages}),
            decoder: bytes(true),
        }
    }
}

impl Cut {
    /// The step in the notation of `tokenizer.json`.
    fn stage(&self) -> Value {
        match self {
            Self::Matches(alternatives) => json!({
                "type": "Split", "pattern": {"Regex": alternatives.join("|")}, "behavior": "Isolated", "invert": false
            }),
            Self::Digits => json!({"type": "Digits", "individual_digits": true}),
            Self::DigitRuns => json!({"type": "Digits", "individual_digits": false}),
            Self::Marks => json!({"type": "Punctuation", "behavior": "Isolated"}),
            Self::MarkRuns => json!({"type": "Punctuation", "behavior": "Contiguous"}),
            Self::Gpt2 => bytes(true),
        }
    }
}

/// The name of `vocab`'s pre-tokenizer. A file that names none is known by its vocabulary, or guessed with a warning;
/// so is one with `default`, which says no more.
pub fn name<'a>(vocab: &'a GgufVocab, warnings: &mut Vec<String>) -> Cow<'a, str> {
    let given = vocab.pre.as_deref().filter(|pre| !matches!(*pre, "" | "default"));
    let is = |id: u32, token: &str| vocab.tokens.get(id as usize).is_some_and(|t| t == token);
    if let Some(known) = given.or_else(|| of_vocabulary(vocab.tokens.len(), is)) {
        return known.into();
    }
    let guess = if vocab.usual_pre.is_empty() { "gpt-2" } else { vocab.usual_pre };
    warnings.push(format!(
        "tokenizer.ggml.pre is missing from the GGUF file, which says how text is cut before it becomes tokens: \
         `{guess}` is assumed, and prompts may be wrong; use a newer conversion of the model"
    ));
    guess.into()
}

/// Families whose vocabulary of `count` tokens has certain tokens at certain ids, which `is` tells.
pub fn of_vocabulary(count: usize, is: impl Fn(u32, &str) -> bool) -> Option<&'static str> {
    if is(128_000, "<|begin_of_text|>") && is(128_001, "<|end_of_text|>") {
        return Some("llama-bpe");
    }
    if is(151_643, "<|endoftext|>") && is(151_644, "<|im_start|>") {
        return Some("qwen2");
    }
    if count == 49_152 && is(0, "<|endoftext|>") && is(1, "<|im_start|>") && is(2, "<|im_end|>") {
        return Some("smollm");
    }
    None
}
