//! Names of tensors: the parts of a model stand under a prefix that depends on what it was saved in. A base model has
//! none, a model with a head has `model.` or the family's name, a multimodal one `language_model.model.` or
//! `model.language_model.`, and trainers wrap all of it (`module.`, `_orig_mod.`, `base_model.model.`).
//!
//! The prefix is what stands before a tensor that every model has, where that is one place only.

use crate::error::{Code, Error, Result};
use crate::weights::encoder::family::{Family, HeadNames};
use crate::weights::families::unsupported;
use crate::weights::foreign;
use crate::weights::tensors::Stored;
use std::collections::HashMap;

type Stock = HashMap<String, Stored>;

/// Prefixes of a text decoder, the first that is there counts: other parts of the same file (vision, speech, prediction of
/// several tokens) have layers as well.
pub(crate) const DECODERS: [&str; 5] =
    ["model.", "model.language_model.", "language_model.model.", "language_model.", ""];

/// A tensor that every decoder has, by its usual name and by LFM2's.
const LANDMARKS: [&str; 2] = ["layers.0.post_attention_layernorm.weight", "layers.0.ffn_norm.weight"];

/// A decoder's tensors under `model.`, and the head beside them.
pub(super) fn decoder(tensors: Stock) -> Result<Stock> {
    let mut roots = LANDMARKS.iter().map(|landmark| root(&tensors, landmark, &DECODERS));
    let Some(root) = roots.find_map(Result::transpose).transpose()? else { return Ok(tensors) };
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

/// An encoder's tensors under BERT's names in a checkpoint without a head, the head's own beside them. BERT's first checkpoints
/// call weight and bias of a norm gamma and beta.
pub(in crate::weights) fn encoder(tensors: Stock, family: &Family) -> Result<Stock> {
    let renamed = |name: String| family.parts.iter().fold(name, |name, (own, new)| name.replacen(own, new, 1));
    let tensors: Stock = tensors.into_iter().map(|(name, stored)| (renamed(name), stored)).collect();
    let landmark = "embeddings.word_embeddings.weight";
    let Some(root) = root(&tensors, landmark, &[family.prefix, ""])? else { return Ok(tensors) };
    let HeadNames { dense, norm, out } = family.head;
    let heads: Vec<String> =
        [Some(dense), norm, Some(out)].into_iter().flatten().map(|part| format!("{part}.")).collect();
    let mut found: HashMap<String, (usize, Stored)> = HashMap::new();
    for (name, stored) in tensors {
        let head = heads.iter().filter_map(|part| name.find(part)).min();
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
    use crate::weights::encoder::family::{BERT, DISTILBERT, MODERNBERT, MPNET, ROBERTA};
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
                let got = found(encoder(stock(&names.each_ref().map(String::as_str)), &BERT));
                assert!(want.iter().all(|(name, i)| got.get(name) == Some(i)), "{root} {scale}: {got:?}");
            }
        }
    }

    #[test]
    fn other_families_get_the_names_of_bert() {
        for (family, own, new) in [
            (&MPNET, "encoder.layer.0.attention.attn.q.bias", "encoder.layer.0.attention.self.query.bias"),
            (&MPNET, "encoder.layer.1.attention.attn.o.weight", "encoder.layer.1.attention.output.dense.weight"),
            (&MPNET, "encoder.layer.1.attention.LayerNorm.beta", "encoder.layer.1.attention.output.LayerNorm.bias"),
            (&MPNET, "encoder.layer.1.output.LayerNorm.bias", "encoder.layer.1.output.LayerNorm.bias"),
            (&MPNET, "encoder.relative_attention_bias.weight", "encoder.relative_attention_bias.weight"),
            (&DISTILBERT, "transformer.layer.3.attention.out_lin.bias", "encoder.layer.3.attention.output.dense.bias"),
            (
                &DISTILBERT,
                "transformer.layer.3.sa_layer_norm.weight",
                "encoder.layer.3.attention.output.LayerNorm.weight",
            ),
            (&DISTILBERT, "transformer.layer.3.output_layer_norm.weight", "encoder.layer.3.output.LayerNorm.weight"),
            (&DISTILBERT, "transformer.layer.3.ffn.lin2.weight", "encoder.layer.3.output.dense.weight"),
            (&MODERNBERT, "embeddings.norm.weight", "embeddings.LayerNorm.weight"),
            (&MODERNBERT, "layers.0.attn.Wqkv.weight", "layers.0.attn.Wqkv.weight"),
        ] {
            let word = if family == &MODERNBERT { "tok_embeddings" } else { "word_embeddings" };
            for root in [family.prefix, "", "0.auto_model."] {
                let all = [format!("{root}embeddings.{word}.weight"), format!("{root}{own}")];
                let got = found(encoder(stock(&all.each_ref().map(String::as_str)), family));
                assert_eq!(got, pairs(&[("embeddings.word_embeddings.weight", 0), (new, 1)]), "{root}");
            }
        }
    }

    /// Of what stands outside the encoder only the head is taken, wherever the encoder lies.
    #[test]
    fn a_head_is_found_beside_its_encoder() {
        for (family, head) in [
            (&DISTILBERT, &["pre_classifier.weight", "classifier.weight"][..]),
            (&MODERNBERT, &["head.dense.weight", "head.norm.weight", "classifier.bias"]),
            (&ROBERTA, &["classifier.dense.weight", "classifier.out_proj.weight"]),
        ] {
            let word = if family == &MODERNBERT { "tok_embeddings" } else { "word_embeddings" };
            for around in ["", "module."] {
                let mut all = vec![format!("{around}{}embeddings.{word}.weight", family.prefix)];
                all.extend(head.iter().map(|name| format!("{around}{name}")));
                all.extend(["lm_head.dense.weight", "vocab_transform.weight", "decoder.bias"].map(str::to_owned));
                let got = found(encoder(stock(&all.iter().map(String::as_str).collect::<Vec<_>>()), family));
                let names: Vec<_> = got.keys().map(String::as_str).filter(|name| !name.starts_with("emb")).collect();
                let mut want = head.to_vec();
                want.sort_unstable();
                assert_eq!(names, want, "{around}");
            }
        }
    }

    #[test]
    fn a_new_name_comes_before_an_old_one() {
        let word = "embeddings.word_embeddings.weight";
        for names in [[word, "LayerNorm.gamma", "LayerNorm.weight"], [word, "LayerNorm.weight", "LayerNorm.gamma"]] {
            let newer = if names[1].ends_with("weight") { 1 } else { 2 };
            assert_eq!(found(encoder(stock(&names), &BERT)).get("LayerNorm.weight"), Some(&newer));
        }
    }
}
