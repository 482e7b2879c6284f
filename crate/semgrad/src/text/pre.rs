//! Pre-tokenizers of byte-level BPE by the names that GGUF files give them.

use super::source::GgufVocab;
use crate::error::{Code, Error, Result};
use serde_json::{Value, json};
use std::borrow::Cow;

const CONTRACTIONS: &str = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";

/// The stages around the BPE model, in the notation of `tokenizer.json`.
pub struct Pipeline {
    /// Before anything is cut.
    pub normalizer: Value,
    /// Text to words.
    pub pre_tokenizer: Value,
    /// Tokens to text.
    pub decoder: Value,
    /// Whole words of the vocabulary are taken without merging (Llama 3).
    pub ignore_merges: bool,
}

/// Byte-level BPE with the pre-tokenizer called `pre`.
pub fn pipeline(pre: &str) -> Result<Pipeline> {
    let bytes = |use_regex: bool| json!({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": use_regex});
    // Qwen and Llama 3 share one expression; only the longest run of digits differs.
    let words = |digits: &str| {
        let regex = format!(
            r"{CONTRACTIONS}|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|{digits}| ?[^\s\p{{L}}\p{{N}}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
        );
        let split = json!({"type": "Split", "pattern": {"Regex": regex}, "behavior": "Isolated", "invert": false});
        json!({"type": "Sequence", "pretokenizers": [split, bytes(false)]})
    };
    let (normalizer, pre_tokenizer) = match pre {
        "default" | "gpt-2" | "gpt2" => (Value::Null, bytes(true)),
        "smollm" => {
            let digits = json!({"type": "Digits", "individual_digits": true});
            (Value::Null, json!({"type": "Sequence", "pretokenizers": [digits, bytes(true)]}))
        }
        "qwen2" | "deepseek-r1-qwen" => (json!({"type": "NFC"}), words(r"\p{N}")),
        "llama-bpe" | "llama3" | "llama-v3" => (Value::Null, words(r"\p{N}{1,3}")),
        other => {
            return Err(Error::new(
                Code::UnsupportedFormat,
                format!("tokenizer.ggml.pre is `{other}`, a pre-tokenizer that is not implemented"),
                "Load the model's Hugging Face folder with tokenizer.json instead, or one with pre = smollm, qwen2, \
                 llama-bpe or gpt-2.",
            ));
        }
    };
    Ok(Pipeline { normalizer, pre_tokenizer, decoder: bytes(true), ignore_merges: pre.starts_with("llama") })
}

/// The name of `vocab`'s pre-tokenizer. A file that names none is known by its vocabulary, or guessed with a warning;
/// so is one with `default`, which says no more.
pub fn name<'a>(vocab: &'a GgufVocab, warnings: &mut Vec<String>) -> Cow<'a, str> {
    let given = vocab.pre.as_deref().filter(|pre| !matches!(*pre, "" | "default"));
    if let Some(known) = given.or_else(|| of_vocabulary(vocab)) {
        return known.into();
    }
    let guess = if vocab.usual_pre.is_empty() { "gpt-2" } else { vocab.usual_pre };
    warnings.push(format!(
        "tokenizer.ggml.pre is missing from the GGUF file, which says how text is cut before it becomes tokens: \
         `{guess}` is assumed, and prompts may be wrong; use a newer conversion of the model"
    ));
    guess.into()
}

/// Families whose vocabulary has certain tokens at certain ids.
fn of_vocabulary(vocab: &GgufVocab) -> Option<&'static str> {
    let is = |id: usize, token: &str| vocab.tokens.get(id).is_some_and(|t| t == token);
    if is(128_000, "<|begin_of_text|>") && is(128_001, "<|end_of_text|>") {
        return Some("llama-bpe");
    }
    if is(151_643, "<|endoftext|>") && is(151_644, "<|im_start|>") {
        return Some("qwen2");
    }
    if vocab.tokens.len() == 49_152 && is(0, "<|endoftext|>") && is(1, "<|im_start|>") && is(2, "<|im_end|>") {
        return Some("smollm");
    }
    None
}
