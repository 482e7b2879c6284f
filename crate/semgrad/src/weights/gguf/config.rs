//! GGUF keys to a [`ModelConfig`].

use super::corrupt;
use super::metadata::{Metadata, Value, wrong_type};
use crate::error::Result;
use crate::weights::checkpoint::Stored;
use crate::weights::config::{Activation, Architecture, ModelConfig, RopeScaling, unsupported};
use std::collections::HashMap;

/// Tokens that end a turn in the common chat formats. Converters often record only the end-of-text token.
const END_OF_TURN: [&str; 3] = ["<|im_end|>", "<|eot_id|>", "<end_of_turn>"];
/// Base of Gemma's sliding layers and period of its layer pattern: constants of the family, absent from its files.
const GEMMA_LOCAL_THETA: f64 = 10_000.0;
const GEMMA_PATTERN: usize = 6;
/// Gemma 27B, told by its depth, scales attention by the width per head instead of the head size.
const GEMMA_27B_LAYERS: usize = 62;

/// Keys below the architecture's prefix.
struct Keys<'a> {
    metadata: &'a Metadata,
    prefix: &'static str,
}

impl Keys<'_> {
    fn key(&self, name: &str) -> String {
        format!("{}.{name}", self.prefix)
    }

    fn float(&self, name: &str) -> Result<Option<f64>> {
        self.metadata.float(&self.key(name))
    }

    /// A count; one per layer is accepted when all are equal.
    fn count(&self, name: &str) -> Result<Option<usize>> {
        let key = self.key(name);
        let n = match self.metadata.get(&key) {
            Some(Value::Numbers(per_layer)) => match per_layer.as_slice() {
                [first, rest @ ..] if rest.iter().all(|n| n == first) && *first >= 0.0 => Some(*first as u64),
                _ => return Err(unsupported(format!("`{key}` differs between layers"))),
            },
            _ => self.metadata.unsigned(&key)?,
        };
        n.map(|n| usize::try_from(n).map_err(|_| wrong_type(&key, "a count"))).transpose()
    }

    fn required(&self, name: &str) -> Result<usize> {
        self.count(name)?.ok_or_else(|| corrupt(format!("the key `{}` is missing", self.key(name))))
    }

    /// Refuses models for which `name` has another value than `harmless`.
    fn refuse(&self, name: &str, harmless: f64) -> Result<()> {
        match self.float(name)? {
            Some(x) if x != harmless => Err(unsupported(format!("the model sets `{}` to {x}", self.key(name)))),
            _ => Ok(()),
        }
    }
}

/// The configuration of the model whose tensors are `tensors`.
pub(super) fn model_config(
    metadata: &Metadata,
    architecture: Architecture,
    tensors: &HashMap<String, Stored>,
    rope_factors: Option<Vec<f32>>,
) -> Result<ModelConfig> {
    let keys = Keys { metadata, prefix: architecture.name() };
    let gemma = architecture == Architecture::Gemma3;
    for name in ["expert_count", "attn_logit_softcapping", "final_logit_softcapping"] {
        keys.refuse(name, 0.0)?;
    }
    for name in ["logit_scale", "embedding_scale", "residual_scale"] {
        keys.refuse(name, 1.0)?;
    }

    let (hidden, layers, heads) =
        (keys.required("embedding_length")?, keys.required("block_count")?, keys.required("attention.head_count")?);
    let head_dim = match keys.count("attention.key_length")? {
        Some(n) => n,
        None => hidden.checked_div(heads).ok_or_else(|| corrupt("the model has no attention heads"))?,
    };
    for name in ["attention.value_length", "rope.dimension_count"] {
        if let Some(n) = keys.count(name)?
            && n != head_dim
        {
            return Err(unsupported(format!("`{}` is {n}, the head size is {head_dim}", keys.key(name))));
        }
    }
    let embedding = tensors.get("model.embed_tokens.weight");
    let vocab = match embedding.map(|t| t.shape.as_slice()) {
        Some(&[rows, _]) => rows,
        _ => return Err(corrupt("the matrix `token_embd.weight` is missing")),
    };
    let (sliding, sliding_window) = sliding(&keys, gemma, layers)?;
    let attention_width = if gemma && layers == GEMMA_27B_LAYERS { hidden / heads.max(1) } else { head_dim };

    Ok(ModelConfig {
        architecture,
        vocab,
        hidden,
        layers,
        heads,
        kv_heads: keys.count("attention.head_count_kv")?.unwrap_or(heads),
        head_dim,
        intermediate: keys.required("feed_forward_length")?,
        norm_eps: shortest(keys.float("attention.layer_norm_rms_epsilon")?.unwrap_or(1e-6)),
        rope_theta: keys.float("rope.freq_base")?.unwrap_or(if gemma { 1e6 } else { 1e4 }),
        rope_scaling: rope_scaling(&keys, rope_factors)?,
        rope_local_theta: match keys.float("rope.freq_base_swa")? {
            Some(theta) if gemma => Some(theta),
            _ => gemma.then_some(GEMMA_LOCAL_THETA),
        },
        sliding_window,
        sliding,
        attention_scale: (attention_width as f64).sqrt().recip(),
        embedding_scale: gemma.then(|| (hidden as f64).sqrt()),
        activation: if gemma { Activation::GeluTanh } else { Activation::Silu },
        tied: !tensors.contains_key("lm_head.weight"),
        attention_bias: tensors.contains_key("model.layers.0.self_attn.q_proj.bias"),
        qk_norm: matches!(architecture, Architecture::Qwen3 | Architecture::Gemma3),
        post_norms: gemma,
        context: keys.required("context_length")?,
        stop_ids: stop_ids(metadata)?,
        bos_id: metadata.token("tokenizer.ggml.bos_token_id")?,
    })
}

/// GGUF stores singles; the decimal that was meant (1e-5, not 9.99999974e-6) is the shortest that rounds to it.
fn shortest(x: f64) -> f64 {
    (x as f32).to_string().parse().unwrap_or(x)
}

/// Which layers slide, and how far.
fn sliding(keys: &Keys, gemma: bool, layers: usize) -> Result<(Vec<bool>, Option<usize>)> {
    let window = keys.count("attention.sliding_window")?.filter(|&n| n > 0);
    let Some(window) = window else { return Ok((vec![false; layers.min(1 << 10)], None)) };
    if !gemma {
        let key = keys.key("attention.sliding_window");
        return Err(unsupported(format!("the model sets `{key}`, known here for Gemma only")));
    }
    let key = keys.key("attention.sliding_window_pattern");
    let sliding: Vec<bool> = match keys.metadata.get(&key) {
        // One flag per layer, true where it slides.
        Some(Value::Numbers(flags)) => flags.iter().map(|&flag| flag != 0.0).collect(),
        _ => {
            let period = keys.count("attention.sliding_window_pattern")?.unwrap_or(GEMMA_PATTERN).max(1);
            (1..=layers.min(1 << 10)).map(|layer| !layer.is_multiple_of(period)).collect()
        }
    };
    let window = sliding.contains(&true).then_some(window);
    Ok((sliding, window))
}

fn rope_scaling(keys: &Keys, factors: Option<Vec<f32>>) -> Result<RopeScaling> {
    let key = keys.key("rope.scaling.type");
    let kind = keys.metadata.text(&key)?;
    // `rope.scale_linear` is the older key for the same factor.
    let factor = match keys.float("rope.scaling.factor")? {
        Some(factor) => Some(factor),
        None => keys.float("rope.scale_linear")?,
    };
    match (kind, factors, factor) {
        (None | Some("none"), Some(factors), _) => Ok(RopeScaling::Factors(factors)),
        (Some("linear"), Some(_), Some(factor)) if factor != 1.0 => {
            Err(unsupported(format!("the model has both `{key}` and `rope_freqs.weight`")))
        }
        (Some("linear"), Some(factors), _) => Ok(RopeScaling::Factors(factors)),
        (Some("none"), None, _) => Ok(RopeScaling::None),
        (None | Some("linear"), None, Some(factor)) if factor != 1.0 && factor != 0.0 => {
            Ok(RopeScaling::Linear { factor })
        }
        (None | Some("linear"), None, _) => Ok(RopeScaling::None),
        (Some(kind), _, _) => Err(unsupported(format!("`{key}` is `{kind}`"))),
    }
}

/// Ids that end an answer: those the file names, and end-of-turn tokens of its vocabulary.
fn stop_ids(metadata: &Metadata) -> Result<Vec<u32>> {
    let mut ids = Vec::new();
    for key in ["eos_token_id", "eot_token_id", "eom_token_id"] {
        ids.extend(metadata.token(&format!("tokenizer.ggml.{key}"))?);
    }
    if let Some(Value::Texts(tokens)) = metadata.get("tokenizer.ggml.tokens") {
        // A vocabulary has at most MAX_ELEMENTS tokens, so that ids fit.
        let ends = tokens.iter().enumerate().filter(|(_, token)| END_OF_TURN.contains(&token.as_str()));
        ids.extend(ends.map(|(id, _)| id as u32));
    }
    let mut seen = Vec::new();
    ids.retain(|id| {
        !seen.contains(id) && {
            seen.push(*id);
            true
        }
    });
    Ok(ids)
}
