//! `vocab.json` and `merges.txt`: the two lists of a byte-level BPE, in folders without `tokenizer.json`.
//!
//! How text is cut is in neither; transformers knows it from the tokenizer's class, and so it is here.

use super::cuts::Pre;
use super::files::Files;
use super::pipeline::{corrupt, pair};
use super::pre;
use crate::error::{Code, Error, Result};
use std::collections::HashMap;
use tokenizers::models::bpe::{BPE, Merges, Vocab};
use tokenizers::{AddedToken, Tokenizer};

/// What the classes of the table call their tokens for end, beginning and unknown where no file names others.
const END: &str = "<|endoftext|>";

/// Builds the tokenizer, with the tokens that `files` add. What may make prompts wrong is added to `warnings`.
///
/// Errors: `corrupt_weights` for lists that cannot be read or contradict each other, `unsupported_format` for a class
/// whose way of cutting is not known.
pub fn build(vocab: &[u8], merges: &[u8], files: &Files, warnings: &mut Vec<String>) -> Result<Tokenizer> {
    let ids: HashMap<String, u32> =
        serde_json::from_slice(vocab).map_err(|e| corrupt(format!("vocab.json is no map from tokens to ids: {e}")))?;
    let pre = cut(&ids, files, warnings)?;
    let merges = listed(merges, &ids)?;
    let ids: Vocab = ids.into_iter().collect();
    let model = BPE::builder().vocab_and_merges(ids, merges).ignore_merges(pre.ignore_merges).cache_capacity(0);
    let model = model.build().map_err(|e| corrupt(format!("vocab.json does not make a tokenizer: {e}")))?;
    let mut tokenizer = pre.pipeline().around(model)?;
    files.add_tokens(&mut tokenizer, warnings)?;
    let known = tokenizer.get_added_vocabulary().get_vocab().contains_key(END);
    if !known && tokenizer.token_to_id(END).is_some() {
        tokenizer
            .add_tokens([AddedToken::from(END, true)])
            .map_err(|e| corrupt(format!("`{END}` cannot be added: {e}")))?;
    }
    Ok(tokenizer)
}

/// How the tokenizer's class cuts text; where no file names the class, how the vocabulary is known to be used.
fn cut(ids: &HashMap<String, u32>, files: &Files, warnings: &mut Vec<String>) -> Result<&'static Pre> {
    let class = [&files.tokenizer, &files.config].into_iter().find_map(|file| file.get("tokenizer_class")?.as_str());
    if let Some(class) = class {
        return pre::of_class(class).ok_or_else(|| {
            Error::new(
                Code::UnsupportedFormat,
                format!("tokenizer_class is `{class}`, and how that cuts text is not known: the folder has no tokenizer.json"),
                "Load the tokenizer with transformers and save it again: that writes tokenizer.json.",
            )
        });
    }
    if let Some(name) = pre::of_vocabulary(ids.len(), |id, token| ids.get(token) == Some(&id)) {
        return pre::find(name);
    }
    warnings.push(
        "tokenizer_class is missing from the folder, which says how text is cut before it becomes tokens: `GPT2Tokenizer` \
         is assumed, and prompts may be wrong; add tokenizer_config.json or tokenizer.json"
            .into(),
    );
    pre::find("gpt-2")
}

/// The lines of `merges.txt`, best first, behind the version that its first line gives.
fn listed(file: &[u8], ids: &HashMap<String, u32>) -> Result<Merges> {
    let text = std::str::from_utf8(file).map_err(|e| corrupt(format!("merges.txt is not UTF-8: {e}")))?;
    // Not `lines`: no character but the line feed ends a line here.
    let lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
    let is_version = |at: usize, line: &str| at == 0 && line.starts_with("#version");
    let merges = lines.enumerate().filter(|&(at, line)| !line.is_empty() && !is_version(at, line));
    let one = |(_, merge): (usize, &str)| match pair(merge, |part| ids.contains_key(part)) {
        Some((left, right)) => Ok((left.to_owned(), right.to_owned())),
        None => Err(corrupt(format!("merges.txt contains `{merge}`, which is not made of tokens of vocab.json"))),
    };
    merges.map(one).collect()
}

/// The error of a folder that has only one of the two files.
pub fn incomplete(has_vocab: bool) -> Error {
    let (has, lacks) = if has_vocab { ("vocab.json", "merges.txt") } else { ("merges.txt", "vocab.json") };
    Error::new(
        Code::MissingTokenizer,
        format!("the folder has {has} but neither {lacks} nor tokenizer.json"),
        format!("Add {lacks} or tokenizer.json to the folder."),
    )
}
