//! `config.json` and `generation_config.json` to a [`ModelConfig`].
//!
//! Where a key may be absent, the default is that of the family's configuration class in transformers.

use super::damaged;
use super::fields::{FILE, Fields};
use crate::error::Result;
use crate::weights::checkpoint::family;
use crate::weights::config::{Activation, Architecture, ModelConfig, RopeScaling, inconsistent, unsupported};
use serde_json::Value;

/// Layers accepted before lists per layer are built; the model's own check is stricter on everything else.
const MAX_LAYERS: usize = 1 << 10;

/// The configuration; `rows` is the height of the embedding, which counts where the file is silent.
pub(crate) fn model_config(config: &Value, generation: &Value, rows: Option<usize>) -> Result<ModelConfig> {
    let Some(top) = config.as_object().map(Fields) else {
        return Err(damaged(FILE, "it is not an object"));
    };
    let architecture = family(top.text("model_type")?.unwrap_or("(none)"))?;
    // Multimodal Gemma keeps the decoder's part in a section of its own.
    let fields = top.object("text_config")?.unwrap_or(top);
    let gemma = architecture == Architecture::Gemma3;
    refuse(fields, gemma)?;

    let layers = fields.required("num_hidden_layers", None)?;
    if layers > MAX_LAYERS {
        return Err(inconsistent(format!("{FILE} claims {layers} layers")));
    }
    let hidden = fields.required("hidden_size", None)?;
    let heads = fields.required("num_attention_heads", gemma.then_some(8))?;
    let head_dim = match fields.count("head_dim")? {
        Some(n) => n,
        None if gemma => 256,
        None if architecture == Architecture::Qwen3 => 128,
        None => hidden.checked_div(heads).ok_or_else(|| damaged(FILE, "there are no attention heads"))?,
    };
    let vocab = match (fields.count("vocab_size")?, rows) {
        (Some(n), _) => n,
        (None, Some(rows)) => rows,
        (None, None) => return Err(inconsistent("the tensor `model.embed_tokens.weight` is missing")),
    };
    let (rope_theta, rope_scaling, local) = rope(top, fields, gemma)?;
    let (sliding, sliding_window) = sliding(fields, architecture, layers)?;
    let attention_width = match fields.float("query_pre_attn_scalar")? {
        Some(scalar) if gemma => scalar,
        None if gemma => 256.0,
        _ => head_dim as f64,
    };
    let tied = match fields.bool("tie_word_embeddings")? {
        Some(tied) => tied,
        None => top.bool("tie_word_embeddings")?.unwrap_or(gemma),
    };

    Ok(ModelConfig {
        architecture,
        vocab,
        hidden,
        layers,
        heads,
        kv_heads: match fields.count("num_key_value_heads")? {
            Some(n) => n,
            None if gemma => 4,
            None => heads,
        },
        head_dim,
        intermediate: fields.required("intermediate_size", None)?,
        norm_eps: fields.float("rms_norm_eps")?.unwrap_or(1e-6),
        rope_theta,
        rope_scaling,
        rope_local_theta: local,
        sliding_window,
        sliding,
        attention_scale: attention_width.sqrt().recip(),
        embedding_scale: gemma.then(|| (hidden as f64).sqrt()),
        activation: activation(fields, gemma)?,
        tied,
        attention_bias: match architecture {
            Architecture::Qwen2 => true, // not a setting of the family: it always has them
            _ => fields.bool("attention_bias")?.unwrap_or(false),
        },
        qk_norm: matches!(architecture, Architecture::Qwen3 | Architecture::Gemma3),
        post_norms: gemma,
        context: fields.required("max_position_embeddings", gemma.then_some(131_072))?,
        stop_ids: stop_ids(&[generation.get("eos_token_id"), fields.get("eos_token_id"), top.get("eos_token_id")])?,
        bos_id: match fields.get("bos_token_id").or(top.get("bos_token_id")) {
            Some(id) => Some(token(id)?),
            None => None,
        },
    })
}

/// Refuses settings that would change the numbers and are not implemented.
fn refuse(fields: Fields, gemma: bool) -> Result<()> {
    for key in ["attn_logit_softcapping", "final_logit_softcapping"] {
        if gemma && fields.float(key)?.is_some_and(|x| x != 0.0) {
            return Err(unsupported(format!("{FILE} sets `{key}`")));
        }
    }
    for key in ["num_experts", "num_local_experts"] {
        if fields.count(key)?.is_some_and(|n| n > 0) {
            return Err(unsupported(format!("{FILE} sets `{key}`: mixtures of experts are not supported")));
        }
    }
    for key in ["mlp_bias", "use_bidirectional_attention"] {
        if fields.get(key).is_some_and(|value| value != &Value::Bool(false)) {
            return Err(unsupported(format!("{FILE} sets `{key}`")));
        }
    }
    if fields.get("quantization_config").is_some() {
        return Err(unsupported(format!("{FILE} sets `quantization_config`: packed safetensors are not supported")));
    }
    Ok(())
}

fn activation(fields: Fields, gemma: bool) -> Result<Activation> {
    let key = if gemma { "hidden_activation" } else { "hidden_act" };
    match (fields.text(key)?, gemma) {
        (None | Some("gelu_pytorch_tanh"), true) => Ok(Activation::GeluTanh),
        (None | Some("silu"), false) => Ok(Activation::Silu),
        (other, _) => Err(unsupported(format!("{FILE} sets `{key}` to `{}`", other.unwrap_or_default()))),
    }
}

/// Rotary base and scaling of the full-attention layers, and the base of Gemma's sliding layers.
///
/// Newer files have `rope_parameters`, nested per layer type for Gemma; older ones `rope_theta`, `rope_scaling` and
/// `rope_local_base_freq` side by side. Some carry both, agreeing.
fn rope(top: Fields, fields: Fields, gemma: bool) -> Result<(f64, RopeScaling, Option<f64>)> {
    let parameters = match fields.object("rope_parameters")? {
        Some(parameters) => Some(parameters),
        None => top.object("rope_parameters")?,
    };
    let (full, local) = match parameters {
        Some(p) if p.get("full_attention").is_some() => (p.object("full_attention")?, p.object("sliding_attention")?),
        flat => (flat, None),
    };
    let older = fields.object("rope_scaling")?;
    for section in [Some(fields), full, local, older].into_iter().flatten() {
        if section.float("partial_rotary_factor")?.is_some_and(|x| x != 1.0) {
            return Err(unsupported(format!("{FILE} sets `partial_rotary_factor`")));
        }
    }
    let theta = match full.map(|f| f.float("rope_theta")).transpose()?.flatten() {
        Some(theta) => theta,
        None => fields.float("rope_theta")?.unwrap_or(if gemma { 1e6 } else { 1e4 }),
    };
    let context = fields.count("max_position_embeddings")?;
    let scaling = match full.filter(|f| f.get("rope_type").is_some()).or(older) {
        Some(section) => rope_scaling(section, context)?,
        None => RopeScaling::None,
    };
    if !gemma {
        return Ok((theta, scaling, None));
    }
    let local_theta = match local {
        Some(section) => {
            if rope_scaling(section, context)? != RopeScaling::None {
                return Err(unsupported(format!("{FILE} scales the rotary embedding of `sliding_attention`")));
            }
            section.float("rope_theta")?
        }
        None => fields.float("rope_local_base_freq")?,
    };
    Ok((theta, scaling, Some(local_theta.unwrap_or(1e4))))
}

fn rope_scaling(section: Fields, context: Option<usize>) -> Result<RopeScaling> {
    let required =
        |key: &str| section.float(key)?.ok_or_else(|| damaged(FILE, &format!("the rotary scaling has no `{key}`")));
    let kind = match section.text("rope_type")? {
        Some(kind) => kind,
        None => section.text("type")?.unwrap_or("default"),
    };
    match kind {
        "default" => Ok(RopeScaling::None),
        "linear" => Ok(RopeScaling::Linear { factor: required("factor")? }),
        "llama3" => Ok(RopeScaling::Llama3 {
            factor: required("factor")?,
            low_freq_factor: required("low_freq_factor")?,
            high_freq_factor: required("high_freq_factor")?,
            original_context: section.required("original_max_position_embeddings", context)?,
        }),
        other => Err(unsupported(format!("{FILE} sets `rope_type` to `{other}`"))),
    }
}

/// Which layers slide, and how far.
fn sliding(fields: Fields, architecture: Architecture, layers: usize) -> Result<(Vec<bool>, Option<usize>)> {
    let gemma = architecture == Architecture::Gemma3;
    let slides = match architecture {
        Architecture::Llama => false,
        Architecture::Qwen2 | Architecture::Qwen3 => fields.bool("use_sliding_window")?.unwrap_or(false),
        Architecture::Gemma3 => true,
    };
    if !slides {
        return Ok((vec![false; layers], None));
    }
    let sliding = if let Some(types) = fields.get("layer_types") {
        let types = types.as_array().ok_or_else(|| damaged(FILE, "`layer_types` is not a list"))?;
        types.iter().map(layer_slides).collect::<Result<Vec<bool>>>()?
    } else if gemma {
        let period = match fields.count("sliding_window_pattern")? {
            Some(period) => period,
            None => fields.count("_sliding_window_pattern")?.unwrap_or(6),
        };
        (1..=layers).map(|layer| period == 0 || !layer.is_multiple_of(period)).collect()
    } else {
        let full = fields.count("max_window_layers")?.unwrap_or(28);
        (0..layers).map(|layer| layer >= full).collect()
    };
    if !sliding.contains(&true) {
        return Ok((sliding, None));
    }
    let window = fields.required("sliding_window", Some(4096))?;
    Ok((sliding, Some(window)))
}

fn layer_slides(kind: &Value) -> Result<bool> {
    match kind.as_str() {
        Some("sliding_attention") => Ok(true),
        Some("full_attention") => Ok(false),
        _ => Err(unsupported(format!("{FILE} has {kind} among `layer_types`"))),
    }
}

/// Ids of `eos_token_id`, one or a list, from each place that has it, without repeats. A negative one is none.
fn stop_ids(places: &[Option<&Value>]) -> Result<Vec<u32>> {
    let mut ids = Vec::new();
    for value in places.iter().copied().flatten().filter(|value| !value.is_null()) {
        let listed = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        for id in listed.iter().filter(|id| id.as_i64().is_none_or(|id| id >= 0)) {
            let id = token(id)?;
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
    }
    Ok(ids)
}

fn token(id: &Value) -> Result<u32> {
    let number = id.as_u64().and_then(|n| u32::try_from(n).ok());
    number.ok_or_else(|| damaged(FILE, &format!("{id} is not a token id")))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
