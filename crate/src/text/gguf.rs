//! Tokenizers from the vocabulary of a GGUF file: the same pipelines that `tokenizer.json` would describe.

use super::added::looks_like_control;
use super::source::GgufVocab;
use crate::error::{Code, Error, Result};
use serde_json::{Value, json};
use std::borrow::Cow;
use tokenizers::models::bpe::{BPE, Merges, Vocab};
use tokenizers::{AddedToken, Tokenizer};

/// Token types of `tokenizer.ggml.token_type`.
const NORMAL: i32 = 1;
const CONTROL: i32 = 3;
const USER_DEFINED: i32 = 4;

/// SentencePiece writes a space as this character.
pub const SPACE: &str = "\u{2581}";

const CONTRACTIONS: &str = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";

/// Builds the tokenizer that `vocab` describes. `None` when the file has no vocabulary.
///
/// Errors: `unsupported_format` for a tokenizer model or pre-tokenizer that is not implemented, `corrupt_weights` when
/// the lists contradict each other.
pub fn build(vocab: &GgufVocab) -> Result<Option<Tokenizer>> {
    if vocab.tokens.is_empty() || matches!(vocab.model.as_str(), "" | "none" | "no_vocab") {
        return Ok(None);
    }
    check(vocab)?;
    let ids = vocabulary(vocab);
    let (pipeline, model) = match vocab.model.as_str() {
        "gpt2" => {
            let pipeline = byte_level_pipeline(vocab.pre.as_deref().unwrap_or("default"))?;
            let merges = listed_merges(vocab, &ids)?;
            let model =
                BPE::builder().vocab_and_merges(ids, merges).ignore_merges(pipeline.ignore_merges).cache_capacity(0);
            (pipeline, model)
        }
        "llama" => {
            let merges = scored_merges(vocab, &ids);
            let mut model =
                BPE::builder().vocab_and_merges(ids, merges).byte_fallback(true).fuse_unk(true).cache_capacity(0);
            if let Some(unknown) = vocab.unknown {
                model = model.unk_token(name(vocab, unknown as usize).into_owned());
            }
            (sentence_piece_pipeline(vocab.add_space_prefix.unwrap_or(true)), model)
        }
        other => {
            return Err(Error::new(
                Code::UnsupportedFormat,
                format!("tokenizer.ggml.model is `{other}`, which is not implemented"),
                "Use a model with a `gpt2` or `llama` tokenizer, or its Hugging Face folder with tokenizer.json.",
            ));
        }
    };
    let model = model.build().map_err(|e| corrupt(format!("the vocabulary does not make a tokenizer: {e}")))?;
    let mut tokenizer = Tokenizer::new(model);
    tokenizer
        .with_normalizer(part::<tokenizers::NormalizerWrapper>(pipeline.normalizer)?)
        .map_err(|e| Error::internal(format!("a built-in normalizer is refused: {e}")))?;
    tokenizer.with_pre_tokenizer(part::<tokenizers::PreTokenizerWrapper>(pipeline.pre_tokenizer)?);
    tokenizer.with_decoder(part::<tokenizers::DecoderWrapper>(pipeline.decoder)?);
    tokenizer.add_tokens(added(vocab)).map_err(|e| corrupt(format!("the control tokens cannot be added: {e}")))?;
    Ok(Some(tokenizer))
}

/// Lists that must agree do agree, and every id is inside the vocabulary.
fn check(vocab: &GgufVocab) -> Result<()> {
    let count = vocab.tokens.len();
    for (key, len) in [("scores", vocab.scores.len()), ("token_type", vocab.token_types.len())] {
        if len != 0 && len != count {
            return Err(corrupt(format!("tokenizer.ggml.{key} has {len} entries for {count} tokens")));
        }
    }
    if vocab.model == "llama" && vocab.scores.is_empty() {
        return Err(corrupt("tokenizer.ggml.scores is missing, and the `llama` tokenizer needs it".into()));
    }
    let ids = [
        ("bos", vocab.bos),
        ("eos", vocab.eos),
        ("eot", vocab.eot),
        ("unknown", vocab.unknown),
        ("padding", vocab.padding),
    ];
    for (key, id) in ids {
        if id.is_some_and(|id| id as usize >= count) {
            return Err(corrupt(format!("tokenizer.ggml.{key}_token_id is outside the {count} tokens")));
        }
    }
    Ok(())
}

/// The stages around the BPE model, in the notation of `tokenizer.json`.
struct Pipeline {
    normalizer: Value,
    pre_tokenizer: Value,
    decoder: Value,
    /// Whole words of the vocabulary are taken without merging (Llama 3).
    ignore_merges: bool,
}

/// Byte-level BPE with the pre-tokenizer called `pre` in the file.
fn byte_level_pipeline(pre: &str) -> Result<Pipeline> {
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

/// SentencePiece: spaces become `▁`, unknown characters their UTF-8 bytes.
fn sentence_piece_pipeline(space_prefix: bool) -> Pipeline {
    let space = json!({"type": "Replace", "pattern": {"String": " "}, "content": SPACE});
    let back = json!({"type": "Replace", "pattern": {"String": SPACE}, "content": " "});
    let (bytes, fuse) = (json!({"type": "ByteFallback"}), json!({"type": "Fuse"}));
    let (normalizer, decoders) = if space_prefix {
        let prepend = json!({"type": "Prepend", "prepend": SPACE});
        let strip = json!({"type": "Strip", "content": " ", "start": 1, "stop": 0});
        (json!({"type": "Sequence", "normalizers": [prepend, space]}), json!([back, bytes, fuse, strip]))
    } else {
        (space, json!([back, bytes, fuse]))
    };
    let decoder = json!({"type": "Sequence", "decoders": decoders});
    Pipeline { normalizer, pre_tokenizer: Value::Null, decoder, ignore_merges: false }
}

/// A pipeline stage from its JSON; `null` is no stage.
fn part<T: serde::de::DeserializeOwned>(stage: Value) -> Result<Option<T>> {
    serde_json::from_value(stage).map_err(|e| Error::internal(format!("a built-in tokenizer stage is wrong: {e}")))
}

/// The token's string; an empty one gets a name of its own so that the id stays reachable.
fn name(vocab: &GgufVocab, id: usize) -> Cow<'_, str> {
    match vocab.tokens.get(id).map(String::as_str) {
        None | Some("") => Cow::Owned(format!("[EMPTY_{id}]")),
        Some(token) => Cow::Borrowed(token),
    }
}

/// Token string to id; of two equal strings the first one counts.
fn vocabulary(vocab: &GgufVocab) -> Vocab {
    let mut map = Vocab::with_capacity(vocab.tokens.len());
    for id in 0..vocab.tokens.len() {
        map.entry(name(vocab, id).into_owned()).or_insert(id as u32);
    }
    map
}

/// The merges of a byte-level BPE, checked: the BPE builder trusts that a merge's result is in the vocabulary.
fn listed_merges(vocab: &GgufVocab, ids: &Vocab) -> Result<Merges> {
    let mut whole = String::new();
    let mut merges = Merges::with_capacity(vocab.merges.len());
    for merge in &vocab.merges {
        let pair = merge.split_once(' ').filter(|(left, right)| {
            whole.clear();
            whole.push_str(left);
            whole.push_str(right);
            [left, right, whole.as_str()].iter().all(|part| ids.contains_key(*part))
        });
        let Some((left, right)) = pair else {
            return Err(corrupt(format!("tokenizer.ggml.merges contains `{merge}`, which is not made of tokens")));
        };
        merges.push((left.to_owned(), right.to_owned()));
    }
    Ok(merges)
}

/// SentencePiece merges the neighbors whose union has the best score. That is BPE with every pair of tokens whose
/// union is a token as a merge, ranked by the union's score (longer left part first within one union, as Hugging
/// Face's converter has it).
fn scored_merges(vocab: &GgufVocab, ids: &Vocab) -> Merges {
    let normal = |id: usize| vocab.token_types.get(id).is_none_or(|kind| *kind == NORMAL);
    let mut order: Vec<usize> = (0..vocab.tokens.len()).filter(|&id| normal(id)).collect();
    // `check` has made sure that there is a score for every token.
    order.sort_by(|&a, &b| vocab.scores[b].total_cmp(&vocab.scores[a]).then(a.cmp(&b)));
    let piece = |text: &str| ids.get(text).is_some_and(|id| normal(*id as usize));
    let mut merges = Merges::with_capacity(2 * order.len());
    for id in order {
        let token = vocab.tokens[id].as_str();
        for (at, _) in token.char_indices().rev().filter(|(at, _)| *at > 0) {
            let (left, right) = token.split_at(at);
            if piece(left) && piece(right) {
                merges.push((left.to_owned(), right.to_owned()));
            }
        }
    }
    merges
}

/// Control tokens are special; user-defined ones are matched in any text. SentencePiece matches those in the text with
/// its spaces replaced; with a space prefix that cannot be told apart here, because each token would get the prefix.
fn added(vocab: &GgufVocab) -> Vec<AddedToken> {
    let replaced = vocab.model == "llama" && vocab.add_space_prefix == Some(false);
    let tokens = vocab.tokens.iter().zip(&vocab.token_types).filter(|(token, _)| !token.is_empty());
    let one = |(token, &kind): (&String, &i32)| match kind {
        CONTROL => Some(AddedToken::from(token.as_str(), true)),
        USER_DEFINED if looks_like_control(token) => Some(AddedToken::from(token.as_str(), true)),
        USER_DEFINED => Some(AddedToken::from(token.as_str(), false).normalized(replaced)),
        _ => None,
    };
    tokens.filter_map(one).collect()
}

fn corrupt(message: String) -> Error {
    Error::new(Code::CorruptWeights, message, "Download the file again or use another conversion of the model.")
}
