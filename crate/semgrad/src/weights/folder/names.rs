//! Names of tensors: the parts of a model stand under a prefix that depends on what it was saved in. A base model has
//! none, a model with a head has `model.` or the family's name, a multimodal one `language_model.model.` or
//! `model.language_model.`, and trainers wrap all of it (`module.`, `_orig_mod.`, `base_model.model.`).
//!
//! The prefix is what stands before a tensor that every model has, where that is one place only.

use crate::error::{Code, Error, Result};
use crate::weights::families::unsupported;
use crate::weights::foreign;
use crate::weights::tensors::Stored;
use std::collections::HashMap;

type Stock = HashMap<String, Stored>;

/// Prefixes of a text decoder, the first that is there counts: other parts of the same file (vision, speech, prediction of
/// several tokens) have layers as well.
pub(crate) const DECODERS: [&str; 5] =
    ["model.", "model.language_model.", "language_model.model.", "language_model.", ""];

/// A decoder's tensors under `model.`, and the head beside them.
pub(super) fn decoder(tensors: Stock) -> Result<Stock> {
    let Some(root) = root(&tensors, "layers.0.post_attention_layernorm.weight", &DECODERS)? else { return Ok(tensors) };
    let mut found = HashMap::new();
    let mut heads = Vec::new();
    for (name, stored) in tensors {
        if let Some(rest) = name.strip_prefix(&root) {
            if rest == "lm_head.weight" {
                heads.push((root.len(), stored));
            } else {
                found.insert(format!("model.{rest}"), stored);
            }
        } else if let Some(around) = name.strip_suffix("lm_head.weight").filter(|around| root.starts_with(around)) {
            heads.push((around.len(), stored));
        }
    }
    // The one that is nearest.
    if let Some((_, head)) = heads.into_iter().max_by_key(|(near, _)| *near) {
        found.insert("lm_head.weight".to_owned(), head);
    }
    Ok(found)
}

/// An encoder's tensors under the names of a checkpoint without a head, the head's own beside them; `family` stands before
/// them in one with a head. BERT's first checkpoints call weight and bias of a norm gamma and beta.
pub(in crate::weights) fn encoder(tensors: Stock, family: &str) -> Result<Stock> {
    let Some(root) = root(&tensors, "embeddings.word_embeddings.weight", &[family, ""])? else { return Ok(tensors) };
    let mut found: HashMap<String, (usize, Stored)> = HashMap::new();
    for (name, stored) in tensors {
        let head = ["classifier.", "pooler."].iter().find_map(|part| name.find(part));
        let around = match name.starts_with(&root) {
            true => root.len(),
            // A head stands beside the encoder or further out.
            false => match head.filter(|&at| root.starts_with(&name[..at])) {
                Some(at) => at,
                None => continue,
            },
        };
        let rest = &name[around..];
        let old = [("LayerNorm.gamma", "LayerNorm.weight"), ("LayerNorm.beta", "LayerNorm.bias")];
        let new = old.iter().find_map(|(old, new)| Some(format!("{}{new}", rest.strip_suffix(old)?)));
        // Of two with one name the nearer counts, and a new name before an old one.
        let rank = 2 * around + usize::from(new.is_none());
        let name = new.unwrap_or_else(|| rest.to_owned());
        if found.get(&name).is_none_or(|(other, _)| *other < rank) {
            found.insert(name, (rank, stored));
        }
    }
    Ok(found.into_iter().map(|(name, (_, stored))| (name, stored)).collect())
}

/// The error of an adapter's tensors, which no model has, in `file`.
pub(super) fn lora<'a>(file: &str, mut names: impl Iterator<Item = &'a String>) -> Option<Error> {
    let parts = [".lora_A", ".lora_B", ".lora_embedding_A", ".lora_magnitude_vector"];
    let name = names.find(|name| parts.iter().any(|part| name.contains(part)))?;
    Some(Error::new(
        Code::UnsupportedFormat,
        format!("{file}: the tensor `{name}` is part of a LoRA adapter"),
        foreign::LORA,
    ))
}

/// What stands before `landmark`: the first of `known`, or the only one. `None` when no tensor has that name.
fn root(tensors: &Stock, landmark: &str, known: &[&str]) -> Result<Option<String>> {
    let before = tensors.keys().filter_map(|name| name.strip_suffix(landmark));
    let mut roots: Vec<&str> = before.filter(|root| root.is_empty() || root.ends_with('.')).collect();
    roots.sort_unstable();
    match (known.iter().find(|root| roots.contains(root)), roots.as_slice()) {
        (Some(root), _) => Ok(Some((*root).to_owned())),
        (None, []) => Ok(None),
        (None, [root]) => Ok(Some((*root).to_owned())),
        (None, [a, b, ..]) => Err(unsupported(format!("the files hold several models, under `{a}` and `{b}`"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::weights::format::Format;
    use std::collections::BTreeMap;
    use std::rc::Rc;

    fn stock(names: &[&str]) -> Stock {
        // The shape tells which tensor is which afterwards.
        let stored =
            |i: usize| Stored { source: Rc::new(Vec::new()), offset: 0, shape: vec![i], format: Ok(Format::F32) };
        names.iter().enumerate().map(|(i, name)| ((*name).to_owned(), stored(i))).collect()
    }

    /// Names found, and which of the given tensors each is.
    fn found(stock: Result<Stock>) -> BTreeMap<String, usize> {
        stock.unwrap_or_default().into_iter().map(|(name, stored)| (name, stored.shape[0])).collect()
    }

    fn pairs(list: &[(&str, usize)]) -> BTreeMap<String, usize> {
        list.iter().map(|(name, i)| ((*name).to_owned(), *i)).collect()
    }

    #[test]
    fn a_decoder_is_found_under_every_prefix() {
        let want = pairs(&[
            ("model.embed_tokens.weight", 0),
            ("model.layers.0.post_attention_layernorm.weight", 1),
            ("model.norm.weight", 2),
            ("lm_head.weight", 3),
        ]);
        for (root, head) in [
            ("model.", ""),
            ("", ""),
            ("language_model.model.", "language_model."),
            ("model.language_model.", ""),
            ("language_model.", ""),
            ("transformer.", ""),
            ("module.model.", "module."),
            ("_orig_mod.model.", "_orig_mod."),
            ("base_model.model.model.", "base_model.model."),
        ] {
            let names = ["embed_tokens.weight", "layers.0.post_attention_layernorm.weight", "norm.weight"]
                .map(|n| format!("{root}{n}"));
            let head = format!("{head}lm_head.weight");
            let all = [&*names[0], &*names[1], &*names[2], &*head, "vision_tower.layers.0.weight"];
            let got = found(decoder(stock(&all)));
            assert!(want.iter().all(|(name, i)| got.get(name) == Some(i)), "{root}: {got:?}");
        }
    }

    #[test]
    fn the_text_decoder_counts_among_several() {
        let mtp = "mtp.layers.0.post_attention_layernorm.weight";
        let got = found(decoder(stock(&["model.layers.0.post_attention_layernorm.weight", mtp])));
        assert_eq!(got, pairs(&[("model.layers.0.post_attention_layernorm.weight", 0)]));
        let got = found(decoder(stock(&[mtp, "layers.0.post_attention_layernorm.weight"])));
        assert_eq!(got.get("model.layers.0.post_attention_layernorm.weight"), Some(&1));
        let unclear = decoder(stock(&[
            "a.layers.0.post_attention_layernorm.weight",
            "b.layers.0.post_attention_layernorm.weight",
        ]));
        assert_eq!(unclear.err().map(|e| e.code), Some(Code::UnsupportedArchitecture));
    }

    #[test]
    fn an_encoder_is_found_under_every_prefix() {
        let want = pairs(&[
            ("embeddings.word_embeddings.weight", 0),
            ("embeddings.LayerNorm.weight", 1),
            ("embeddings.LayerNorm.bias", 2),
            ("pooler.dense.weight", 3),
            ("classifier.weight", 4),
        ]);
        for (root, pooler, head) in [
            ("bert.", "bert.", ""),
            ("", "", ""),
            ("0.auto_model.", "0.auto_model.", ""),
            ("module.bert.", "module.bert.", "module."),
            ("deberta.", "", ""),
        ] {
            for [scale, shift] in [["weight", "bias"], ["gamma", "beta"]] {
                let names = [
                    format!("{root}embeddings.word_embeddings.weight"),
                    format!("{root}embeddings.LayerNorm.{scale}"),
                    format!("{root}embeddings.LayerNorm.{shift}"),
                    format!("{pooler}pooler.dense.weight"),
                    format!("{head}classifier.weight"),
                    "cls.predictions.bias".to_owned(),
                ];
                let got = found(encoder(stock(&names.each_ref().map(String::as_str)), "bert."));
                assert!(want.iter().all(|(name, i)| got.get(name) == Some(i)), "{root} {scale}: {got:?}");
            }
        }
    }

    #[test]
    fn a_new_name_comes_before_an_old_one() {
        let word = "embeddings.word_embeddings.weight";
        for names in [[word, "LayerNorm.gamma", "LayerNorm.weight"], [word, "LayerNorm.weight", "LayerNorm.gamma"]] {
            let newer = if names[1].ends_with("weight") { 1 } else { 2 };
            assert_eq!(found(encoder(stock(&names), "bert.")).get("LayerNorm.weight"), Some(&newer));
        }
    }
}
