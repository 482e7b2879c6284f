//! Tokenizers from the vocabulary of a GGUF file: the same pipelines that `tokenizer.json` would describe.

use super::marks::{bracketed, looks_like_control};
use super::pipeline::{Pipeline, corrupt, pair};
use super::pre;
use super::source::GgufVocab;
use crate::error::{Code, Error, Result};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::collections::HashSet;
use tokenizers::models::bpe::{BPE, Merges, Vocab};
use tokenizers::{AddedToken, Tokenizer};

/// Token types of `tokenizer.ggml.token_type`.
const NORMAL: i32 = 1;
const CONTROL: i32 = 3;
const USER_DEFINED: i32 = 4;
const BYTE: i32 = 6;

/// A file whose merges make less than this share of its longer tokens has lost some.
const LEAST_MERGED: f64 = 0.9;

/// SentencePiece writes a space as this character.
pub const SPACE: &str = "\u{2581}";

/// Builds the tokenizer that `vocab` describes. `None` when the file has no vocabulary. What may make prompts wrong is
/// added to `warnings`.
///
/// Errors: `unsupported_format` for a tokenizer model or pre-tokenizer that is not implemented, `corrupt_weights` when
/// the lists contradict each other or the merges are missing.
pub fn build(vocab: &GgufVocab, warnings: &mut Vec<String>) -> Result<Option<Tokenizer>> {
    if vocab.tokens.is_empty() || matches!(vocab.model.as_str(), "" | "none" | "no_vocab") {
        return Ok(None);
    }
    check(vocab)?;
    check_ids(vocab, warnings);
    let ids = vocabulary(vocab);
    let marks = Marks::new(vocab, &ids);
    let (pipeline, model) = match vocab.model.as_str() {
        "gpt2" => {
            let pre = pre::find(&pre::name(vocab, warnings))?;
            let merges = listed_merges(vocab, &ids)?;
            check_merges(vocab, &marks, &merges, pre.ignore_merges, warnings)?;
            let model = BPE::builder().vocab_and_merges(ids, merges).ignore_merges(pre.ignore_merges).cache_capacity(0);
            (pre.pipeline(), model)
        }
        "llama" => {
            let merges = scored_merges(vocab, &ids, &marks);
            let mut model =
                BPE::builder().vocab_and_merges(ids, merges).byte_fallback(true).fuse_unk(true).cache_capacity(0);
            if let Some(unknown) = vocab.known(vocab.unknown) {
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
    let mut tokenizer = pipeline.around(model)?;
    tokenizer
        .add_tokens(added(vocab, &marks))
        .map_err(|e| corrupt(format!("the control tokens cannot be added: {e}")))?;
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
    Ok(())
}

/// Ids outside the vocabulary count as absent; those that prompts or the end of answers hang on are told.
fn check_ids(vocab: &GgufVocab, warnings: &mut Vec<String>) {
    for (key, id) in [("bos", vocab.bos), ("eos", vocab.eos), ("eot", vocab.eot)] {
        if let Some(id) = id.filter(|_| vocab.known(id).is_none()) {
            let matter =
                if key == "bos" { "prompts begin without it" } else { "an answer may go on where it should end" };
            warnings.push(format!(
                "tokenizer.ggml.{key}_token_id is {id}, outside the vocabulary of {} tokens: it counts as absent, and {matter}",
                vocab.tokens.len()
            ));
        }
    }
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
    Pipeline { normalizer, pre_tokenizer: Value::Null, decoder }
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

/// Tokens that stand for themselves in the chat template, whatever type the file gives them.
///
/// Converters have left turn marks NORMAL or left the types out altogether (unslothai/unsloth#5070); such a mark would
/// be spelled in pieces. It is known by its spelling, by being one of the file's special ids or by standing in the chat
/// template, and by being no result of a merge: the model never makes it of text.
struct Marks(HashSet<u32>);

impl Marks {
    fn new(vocab: &GgufVocab, ids: &Vocab) -> Self {
        let special = [vocab.bos, vocab.eos, vocab.eot, vocab.unknown].map(|id| vocab.known(id));
        let fits = |(id, token): &(u32, &str)| {
            let named = special.contains(&Some(*id));
            match kind(vocab, *id as usize) {
                CONTROL | BYTE => false,
                // A token already, in any text.
                USER_DEFINED => named,
                _ => named || bracketed(token),
            }
        };
        let tokens = (0..).zip(vocab.tokens.iter().map(String::as_str)).filter(|(_, token)| !token.is_empty());
        let candidates: Vec<_> = tokens.filter(fits).collect();
        let names: HashSet<&str> = candidates.iter().map(|(_, token)| *token).collect();
        let made = made(vocab, ids, &names);
        let template = vocab.chat_template.as_deref().unwrap_or_default();
        let mark = |(id, token): &(u32, &str)| {
            let (made, written) = (made.contains(*token), template.contains(token));
            match (bracketed(token), special.contains(&Some(*id))) {
                (true, true) => true,
                (true, false) if looks_like_control(token) => !made || written,
                (true, false) => !made && written,
                (false, _) => !made,
            }
        };
        Self(candidates.iter().filter(|candidate| mark(candidate)).map(|(id, _)| *id).collect())
    }

    fn contains(&self, id: usize) -> bool {
        u32::try_from(id).is_ok_and(|id| self.0.contains(&id))
    }
}

/// Those of `tokens` that merges can make, or that are one character.
fn made<'a>(vocab: &GgufVocab, ids: &Vocab, tokens: &HashSet<&'a str>) -> HashSet<&'a str> {
    let short = |token: &str| token.chars().nth(1).is_none();
    let mut made: HashSet<&str> = tokens.iter().filter(|token| short(token)).copied().collect();
    if vocab.model == "llama" {
        let piece = |text: &str| ids.get(text).is_some_and(|id| kind(vocab, *id as usize) == NORMAL);
        let splits = |token: &str| {
            token
                .char_indices()
                .skip(1)
                .map(|(at, _)| token.split_at(at))
                .any(|(left, right)| piece(left) && piece(right))
        };
        made.extend(tokens.iter().filter(|token| splits(token)));
    } else {
        let mut whole = String::new();
        for merge in &vocab.merges {
            whole.clear();
            whole.extend(merge.chars().filter(|c| *c != ' '));
            made.extend(tokens.get(whole.as_str()));
        }
    }
    made
}

/// The merges of a byte-level BPE, checked: the BPE builder trusts that a merge's result is in the vocabulary.
fn listed_merges(vocab: &GgufVocab, ids: &Vocab) -> Result<Merges> {
    let one = |merge: &String| match pair(merge, |part| ids.contains_key(part)) {
        Some((left, right)) => Ok((left.to_owned(), right.to_owned())),
        None => Err(corrupt(format!("tokenizer.ggml.merges contains `{merge}`, which is not made of tokens"))),
    };
    vocab.merges.iter().map(one).collect()
}

/// Without merges every text would be cut into single bytes (ggml-org/llama.cpp#3732), with a part of them into too many
/// tokens.
fn check_merges(
    vocab: &GgufVocab,
    marks: &Marks,
    merges: &Merges,
    ignore_merges: bool,
    warnings: &mut Vec<String>,
) -> Result<()> {
    let long = |id: &usize| {
        kind(vocab, *id) == NORMAL
            && !marks.contains(*id)
            && !bracketed(&vocab.tokens[*id])
            && vocab.tokens[*id].chars().nth(1).is_some()
    };
    let wanted: HashSet<&str> = (0..vocab.tokens.len()).filter(long).map(|id| vocab.tokens[id].as_str()).collect();
    if merges.is_empty() && !wanted.is_empty() {
        return Err(corrupt(
            "tokenizer.ggml.merges is missing or empty, and the `gpt2` tokenizer cannot join bytes to tokens without"
                .into(),
        ));
    }
    if ignore_merges {
        return Ok(());
    }
    let mut whole = String::new();
    let mut made = HashSet::new();
    for (left, right) in merges {
        whole.clear();
        whole.push_str(left);
        whole.push_str(right);
        made.extend(wanted.get(whole.as_str()).copied());
    }
    if (made.len() as f64) < LEAST_MERGED * wanted.len() as f64 {
        warnings.push(format!(
            "tokenizer.ggml.merges makes only {} of the {} tokens that are longer than a byte: merges may be missing, and \
             texts may be cut into too many tokens",
            made.len(),
            wanted.len()
        ));
    }
    Ok(())
}

/// A token's type; NORMAL where the file has none.
fn kind(vocab: &GgufVocab, id: usize) -> i32 {
    vocab.token_types.get(id).copied().unwrap_or(NORMAL)
}

/// SentencePiece merges the neighbors whose union has the best score. That is BPE with every pair of tokens whose
/// union is a token as a merge, ranked by the union's score (longer left part first within one union, as Hugging
/// Face's converter has it).
fn scored_merges(vocab: &GgufVocab, ids: &Vocab, marks: &Marks) -> Merges {
    let normal = |id: usize| kind(vocab, id) == NORMAL && !marks.contains(id);
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

/// Control tokens and marks are special; user-defined ones are matched in any text. SentencePiece matches those in the
/// text with its spaces replaced; with a space prefix that cannot be told apart here, because each token would get the
/// prefix.
fn added(vocab: &GgufVocab, marks: &Marks) -> Vec<AddedToken> {
    let replaced = vocab.model == "llama" && vocab.add_space_prefix == Some(false);
    let tokens = vocab.tokens.iter().enumerate().filter(|(_, token)| !token.is_empty());
    let one = |(id, token): (usize, &String)| match kind(vocab, id) {
        CONTROL => Some(AddedToken::from(token.as_str(), true)),
        _ if marks.contains(id) => Some(AddedToken::from(token.as_str(), true)),
        USER_DEFINED if looks_like_control(token) => Some(AddedToken::from(token.as_str(), true)),
        USER_DEFINED => Some(AddedToken::from(token.as_str(), false).normalized(replaced)),
        _ => None,
    };
    tokens.filter_map(one).collect()
}
