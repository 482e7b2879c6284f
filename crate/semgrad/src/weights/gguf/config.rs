//! GGUF keys to a [`ModelConfig`].

use super::metadata::{Metadata, Value, wrong_type};
use super::reader::corrupt;
use super::tensors::RopeFactors;
use crate::error::Result;
use crate::weights::config::{
    MAX_LAYERS, ModelConfig, RopeScaling, Temperature, inconsistent, long_attention, yarn_attention,
};
use crate::weights::families::family::{Caps, Family, Layer, Layers};
use crate::weights::families::{self, unsupported};
use crate::weights::tensors::Stored;
use std::collections::HashMap;

/// Tokens that end a turn in the common chat formats. Converters often record only the end-of-text token.
const END_OF_TURN: [&str; 4] = ["<|im_end|>", "<|eot_id|>", "<end_of_turn>", "<|end|>"];

/// Of a layer without attention it is 0.
const KV_HEADS: &str = "attention.head_count_kv";

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
        self.count_where(name, |_| true)
    }

    /// Key and value heads of the layers that have some.
    fn kv_heads(&self, family: &Family) -> Result<Option<usize>> {
        self.count_where(KV_HEADS, |n| n != 0.0 || family.taps.is_none())
    }

    /// A count, of those layers whose own count is asked for.
    fn count_where(&self, name: &str, asked: impl Fn(f64) -> bool) -> Result<Option<usize>> {
        let key = self.key(name);
        let n = match self.metadata.get(&key) {
            Some(Value::Numbers(per_layer)) => {
                match per_layer.iter().copied().filter(|n| asked(*n)).collect::<Vec<_>>().as_slice() {
                    [first, rest @ ..] if rest.iter().all(|n| n == first) && *first >= 0.0 => Some(*first as u64),
                    _ => return Err(unsupported(format!("`{key}` differs between layers"))),
                }
            }
            _ => self.metadata.unsigned(&key)?,
        };
        n.map(|n| usize::try_from(n).map_err(|_| wrong_type(&key, "a count"))).transpose()
    }

    fn required(&self, name: &str) -> Result<usize> {
        self.count(name)?.ok_or_else(|| corrupt(format!("the key `{}` is missing", self.key(name))))
    }

    /// A number that only `some` families have; in others every value but `harmless` is refused.
    fn of_some(&self, name: &str, some: bool, harmless: f64) -> Result<Option<f64>> {
        match self.float(name)? {
            Some(x) if !some && x != harmless => {
                Err(unsupported(format!("the model sets `{}` to {x}", self.key(name))))
            }
            found => Ok(found.filter(|_| some).map(shortest)),
        }
    }
}

/// The configuration of the model whose tensors are `tensors`.
pub(super) fn model_config(
    metadata: &Metadata,
    family: &'static Family,
    tensors: &HashMap<String, Stored>,
    rope_factors: RopeFactors,
) -> Result<ModelConfig> {
    let keys = Keys { metadata, prefix: family.architecture() };
    keys.of_some("expert_count", false, 0.0)?;
    let cap = |name, usual: fn(Caps) -> f64| {
        let found = keys.of_some(name, family.caps.is_some(), 0.0)?;
        Ok(found.or(family.caps.map(usual)).filter(|cap| *cap != 0.0))
    };
    let (attention_cap, logit_cap) =
        (cap("attn_logit_softcapping", |c| c.attention)?, cap("final_logit_softcapping", |c| c.logits)?);
    let multiplier = |name| keys.of_some(name, family.multipliers, 1.0);
    let (embedding_scale, logit_divisor) = (multiplier("embedding_scale")?, multiplier("logit_scale")?);

    let (hidden, layers, heads) =
        (keys.required("embedding_length")?, keys.required("block_count")?, keys.required("attention.head_count")?);
    let head_dim = match keys.count("attention.key_length")? {
        Some(n) => n,
        None => hidden.checked_div(heads).ok_or_else(|| corrupt("the model has no attention heads"))?,
    };
    let mut rotated = head_dim;
    for (name, may_differ) in [("attention.value_length", false), ("rope.dimension_count", family.partial_rotation)] {
        match keys.count(name)? {
            Some(n) if may_differ => rotated = n,
            Some(n) if n != head_dim => {
                return Err(unsupported(format!("`{}` is {n}, the head size is {head_dim}", keys.key(name))));
            }
            _ => {}
        }
    }
    let embedding = tensors.get("model.embed_tokens.weight");
    let vocab = match embedding.map(|t| t.shape.as_slice()) {
        Some(&[rows, _]) => rows,
        _ => return Err(corrupt("the matrix `token_embd.weight` is missing")),
    };
    let (kinds, sliding_window) = kinds(&keys, family, layers)?;
    let convolves = kinds.contains(&Layer::Convolution);
    let wide = family.query_scalar.is_some_and(|scalar| layers == scalar.wide_layers);
    let attention_width = if wide { hidden / heads.max(1) } else { head_dim };
    let attention_scale = match family.multipliers {
        // 0 stands for the usual factor.
        true => keys.float("attention.scale")?.filter(|scale| *scale != 0.0).map(shortest),
        false => None,
    };
    let (context, original_context) =
        (keys.required("context_length")?, keys.count("rope.scaling.original_context_length")?);
    let (rope_scaling, context) = rope_scaling(&keys, rope_factors, context, original_context)?;
    let temperature = match keys.float("attention.temperature_scale")?.filter(|beta| *beta != 0.0).map(shortest) {
        Some(beta) => {
            let missing = || inconsistent("the model's queries grow with their position, but not said from where on");
            Some(Temperature { beta, original_context: original_context.ok_or_else(missing)? })
        }
        None => None,
    };

    Ok(ModelConfig {
        family,
        vocab,
        hidden,
        layers,
        heads,
        kv_heads: keys.kv_heads(family)?.unwrap_or(heads),
        head_dim,
        rotated,
        intermediate: keys.required("feed_forward_length")?,
        norm_eps: shortest(keys.float("attention.layer_norm_rms_epsilon")?.unwrap_or(family.norm_eps)),
        rope_theta: keys.float("rope.freq_base")?.unwrap_or(family.defaults.rope_theta),
        rope_scaling,
        rope_local_theta: match (family.local_theta, keys.float("rope.freq_base_swa")?) {
            (Some(_), Some(theta)) => Some(theta),
            (usual, _) => usual,
        },
        temperature,
        sliding_window,
        kinds,
        taps: if convolves { Some(keys.required("shortconv.l_cache")?) } else { None },
        attention_scale: attention_scale.unwrap_or_else(|| (attention_width as f64).sqrt().recip()),
        attention_cap,
        embedding_scale: embedding_scale.or(family.scaled_embedding.then(|| (hidden as f64).sqrt())),
        residual_scale: multiplier("residual_scale")?,
        logit_scale: logit_divisor.map(f64::recip),
        logit_cap,
        activation: family.activation,
        tied: !tensors.contains_key("lm_head.weight"),
        head_gate: family.head_gate,
        attention_bias: tensors.contains_key("model.layers.0.self_attn.q_proj.bias"),
        qk_norm: family.qk_norm,
        pre_norms: family.pre_norms,
        post_norms: family.post_norms,
        context,
        stop_ids: stop_ids(metadata)?,
        bos_id: metadata.token("tokenizer.ggml.bos_token_id")?,
    })
}

/// GGUF stores singles; the decimal that was meant (1e-5, not 9.99999974e-6) is the shortest that rounds to it.
fn shortest(x: f64) -> f64 {
    (x as f32).to_string().parse().unwrap_or(x)
}

/// What each layer is, and how far sliding ones see.
fn kinds(keys: &Keys, family: &Family, layers: usize) -> Result<(Vec<Layer>, Option<usize>)> {
    let layers = 0..layers.min(MAX_LAYERS); // more are refused when the configuration is checked
    if let (Layers::Mixed { .. }, Some(Value::Numbers(heads))) = (family.layers, keys.metadata.get(&keys.key(KV_HEADS)))
    {
        let kind = |heads: &f64| if *heads == 0.0 { Layer::Convolution } else { Layer::Full };
        return Ok((heads.iter().map(kind).collect(), None));
    }
    let window = keys.count("attention.sliding_window")?.or(family.window);
    // Granite says by this key whether it rotates at all.
    let unrotated = family.multipliers && keys.metadata.bool(&keys.key("rope.scaling.finetuned"))? == Some(false);
    let Some(window) = window.filter(|&n| n > 0) else {
        let without = |kind| match kind {
            Layer::Full if unrotated => Layer::Unrotated,
            Layer::Sliding => Layer::Full,
            kind => kind,
        };
        return Ok((layers.map(|i| without(family.layers.layer(i, None))).collect(), None));
    };
    if !slides(family) {
        let key = keys.key("attention.sliding_window");
        let known = families::listed(families::ALL.iter().filter(|family| slides(family)).map(|family| family.title));
        return Err(unsupported(format!("the model sets `{key}`, known here for {known} only")));
    }
    let name = "attention.sliding_window_pattern";
    let kinds: Vec<Layer> = match keys.metadata.get(&keys.key(name)) {
        // One flag per layer, true where it slides.
        Some(Value::Numbers(flags)) => {
            flags.iter().map(|&flag| if flag == 0.0 { Layer::Full } else { Layer::Sliding }).collect()
        }
        _ => {
            let period = keys.count(name)?;
            layers.map(|i| family.layers.layer(i, period)).collect()
        }
    };
    let window = kinds.contains(&Layer::Sliding).then_some(window);
    Ok((kinds, window))
}

/// Whether layers of the family slide without being asked to by a key, for which GGUF has no name.
fn slides(family: &Family) -> bool {
    match family.layers {
        Layers::SlidingWhereSaid => true,
        Layers::Periodic { others, last, .. } => [others, last].contains(&Layer::Sliding),
        Layers::Mixed { cycle, .. } => cycle.contains(&Layer::Sliding),
        Layers::Full | Layers::Listed | Layers::SlidingOnRequest { .. } => false,
    }
}

/// The scaling, and the context that it serves.
fn rope_scaling(
    keys: &Keys,
    factors: RopeFactors,
    context: usize,
    original_context: Option<usize>,
) -> Result<(RopeScaling, usize)> {
    let original = original_context.unwrap_or(context);
    // Beyond the first context, other divisors would hold, for keys that are rotated already too.
    if let Some(divisors) = factors.short {
        let attention = match keys.float("rope.scaling.attn_factor")? {
            Some(attention) => attention as f32,
            None => long_attention(context as f64 / original.max(1) as f64, original),
        };
        return Ok((RopeScaling::Factors { divisors, attention }, context.min(original)));
    }
    let scaling = scaling_without_end(keys, factors.all, original)?;
    Ok((scaling, context))
}

fn scaling_without_end(keys: &Keys, factors: Option<Vec<f32>>, original_context: usize) -> Result<RopeScaling> {
    let key = keys.key("rope.scaling.type");
    let kind = keys.metadata.text(&key)?;
    // `rope.scale_linear` is the older key for the same factor.
    let factor = match keys.float("rope.scaling.factor")? {
        Some(factor) => Some(factor),
        None => keys.float("rope.scale_linear")?,
    };
    match (kind, factors, factor) {
        (None | Some("none"), Some(divisors), _) => Ok(RopeScaling::Factors { divisors, attention: 1.0 }),
        (Some("linear"), Some(_), Some(factor)) if factor != 1.0 => {
            Err(unsupported(format!("the model has both `{key}` and `rope_freqs.weight`")))
        }
        (Some("linear"), Some(divisors), _) => Ok(RopeScaling::Factors { divisors, attention: 1.0 }),
        (Some("yarn"), None, Some(factor)) => yarn(keys, shortest(factor), original_context),
        (Some("none"), None, _) => Ok(RopeScaling::None),
        (None | Some("linear"), None, Some(factor)) if factor != 1.0 && factor != 0.0 => {
            Ok(RopeScaling::Linear { factor })
        }
        (None | Some("linear"), None, _) => Ok(RopeScaling::None),
        (Some(kind), _, _) => Err(unsupported(format!("`{key}` is `{kind}`"))),
    }
}

fn yarn(keys: &Keys, factor: f64, original_context: usize) -> Result<RopeScaling> {
    let number = |name: &str| Ok(keys.float(&format!("rope.scaling.{name}"))?.map(shortest));
    let scales = number("yarn_log_multiplier")?.filter(|all| *all != 0.0).map(|all| [1.0, all]);
    let usual = yarn_attention(factor, scales);
    Ok(RopeScaling::Yarn {
        factor,
        beta_fast: number("yarn_beta_fast")?.unwrap_or(32.0),
        beta_slow: number("yarn_beta_slow")?.unwrap_or(1.0),
        original_context,
        attention: number("yarn_attn_factor")?.map_or(usual, |factor| factor as f32),
    })
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
