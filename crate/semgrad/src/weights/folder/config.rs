//! `config.json` and `generation_config.json` to a [`ModelConfig`].
//!
//! Where a key may be absent, the default is that of the family's configuration class in transformers.

use super::fields::{FILE, Fields, damaged};
use crate::error::Result;
use crate::weights::config::{Activation, MAX_LAYERS, ModelConfig, RopeScaling, inconsistent};
use crate::weights::families::family::{Family, Layer, Layers};
use crate::weights::families::{self, unsupported};
use serde_json::Value;

/// The configuration; `rows` is the height of the embedding, which counts where the file is silent.
pub(crate) fn model_config(config: &Value, generation: &Value, rows: Option<usize>) -> Result<ModelConfig> {
    let top = Fields::new(config)?;
    let family = families::find(top.text("model_type")?.unwrap_or("(none)"))?;
    let (top, defaults) = (top.renamed(family.renames), family.defaults);
    // Multimodal models keep the decoder's part in a section of its own.
    let fields = top.object("text_config")?.unwrap_or(top);
    refuse(fields, family)?;

    let layers = fields.required("num_hidden_layers", None)?;
    // Before lists per layer are built; everything else is checked at the end.
    if layers > MAX_LAYERS {
        return Err(inconsistent(format!("{FILE} claims {layers} layers")));
    }
    let hidden = fields.required("hidden_size", None)?;
    let heads = fields.required("num_attention_heads", defaults.heads)?;
    let head_dim = match fields.count("head_dim")?.or(defaults.head_dim) {
        Some(n) => n,
        None => hidden.checked_div(heads).ok_or_else(|| damaged(FILE, "there are no attention heads"))?,
    };
    let vocab = match (fields.count("vocab_size")?, rows) {
        (Some(n), _) => n,
        (None, Some(rows)) => rows,
        (None, None) => return Err(inconsistent("the tensor `model.embed_tokens.weight` is missing")),
    };
    let (rope_theta, rope_scaling, local) = rope(top, fields, family)?;
    let (kinds, sliding_window) = kinds(fields, family, layers)?;
    let attention_width = match (family.query_scalar, fields.float("query_pre_attn_scalar")?) {
        (Some(scalar), given) => given.unwrap_or(scalar.default),
        (None, _) => head_dim as f64,
    };
    let tied = match fields.bool("tie_word_embeddings")? {
        Some(tied) => tied,
        None => top.bool("tie_word_embeddings")?.unwrap_or(defaults.tied),
    };

    Ok(ModelConfig {
        family,
        vocab,
        hidden,
        layers,
        heads,
        kv_heads: fields.count("num_key_value_heads")?.or(defaults.kv_heads).unwrap_or(heads),
        head_dim,
        intermediate: fields.required("intermediate_size", None)?,
        norm_eps: fields.float("rms_norm_eps")?.unwrap_or(1e-6),
        rope_theta,
        rope_scaling,
        rope_local_theta: local,
        sliding_window,
        kinds,
        attention_scale: attention_width.sqrt().recip(),
        embedding_scale: family.scaled_embedding.then(|| (hidden as f64).sqrt()),
        activation: activation(fields, family.activation)?,
        tied,
        attention_bias: family.biased || fields.bool("attention_bias")?.unwrap_or(false),
        qk_norm: family.qk_norm,
        post_norms: family.post_norms,
        context: fields.required("max_position_embeddings", defaults.context)?,
        stop_ids: stop_ids(&[generation.get("eos_token_id"), fields.get("eos_token_id"), top.get("eos_token_id")])?,
        bos_id: match fields.get("bos_token_id").or(top.get("bos_token_id")) {
            Some(id) => Some(token(id)?),
            None => None,
        },
    })
}

/// Refuses settings that would change the numbers and are not implemented.
fn refuse(fields: Fields, family: &Family) -> Result<()> {
    for key in family.refused {
        if fields.float(key)?.is_some_and(|x| x != 0.0) {
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

fn activation(fields: Fields, usual: Activation) -> Result<Activation> {
    let usual_name = match usual {
        Activation::Silu => "silu",
        Activation::GeluTanh => "gelu_pytorch_tanh",
    };
    match fields.text("hidden_act")?.filter(|name| *name != usual_name) {
        None => Ok(usual),
        Some(other) => Err(unsupported(format!("{FILE} sets `{}` to `{other}`", fields.name("hidden_act")))),
    }
}

/// Rotary base and scaling of the full-attention layers, and the base of sliding layers where it differs.
///
/// Newer files have `rope_parameters`, nested per layer type where these differ; older ones `rope_theta`, `rope_scaling` and
/// `rope_local_base_freq` side by side. Some carry both, agreeing.
fn rope(top: Fields, fields: Fields, family: &Family) -> Result<(f64, RopeScaling, Option<f64>)> {
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
        None => fields.float("rope_theta")?.unwrap_or(family.defaults.rope_theta),
    };
    let context = fields.count("max_position_embeddings")?;
    let scaling = match full.filter(|f| f.get("rope_type").is_some()).or(older) {
        Some(section) => rope_scaling(section, context)?,
        None => RopeScaling::None,
    };
    let Some(usual_local) = family.local_theta else { return Ok((theta, scaling, None)) };
    let local_theta = match local {
        Some(section) => {
            if rope_scaling(section, context)? != RopeScaling::None {
                return Err(unsupported(format!("{FILE} scales the rotary embedding of `sliding_attention`")));
            }
            section.float("rope_theta")?
        }
        None => fields.float("rope_local_base_freq")?,
    };
    Ok((theta, scaling, Some(local_theta.unwrap_or(usual_local))))
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

/// What each layer is, and how far sliding ones see.
fn kinds(fields: Fields, family: &Family, layers: usize) -> Result<(Vec<Layer>, Option<usize>)> {
    let key = match family.layers {
        Layers::Full => return Ok((vec![Layer::Full; layers], None)),
        Layers::SlidingOnRequest { .. } => match fields.bool("use_sliding_window")? {
            Some(true) => Some("max_window_layers"),
            _ => return Ok((vec![Layer::Full; layers], None)),
        },
        Layers::Periodic { keys, .. } => keys.iter().find(|key| fields.get(key).is_some()).copied(),
    };
    let kinds = match fields.get("layer_types") {
        Some(types) => {
            let types = types.as_array().ok_or_else(|| damaged(FILE, "`layer_types` is not a list"))?;
            types.iter().map(kind).collect::<Result<Vec<Layer>>>()?
        }
        None => {
            let number = key.map(|key| fields.count(key)).transpose()?.flatten();
            (0..layers).map(|i| family.layers.layer(i, number)).collect()
        }
    };
    if !kinds.contains(&Layer::Sliding) {
        return Ok((kinds, None));
    }
    let window = fields.required("sliding_window", Some(4096))?;
    Ok((kinds, Some(window)))
}

fn kind(name: &Value) -> Result<Layer> {
    let known = name.as_str().and_then(Layer::named);
    known.ok_or_else(|| unsupported(format!("{FILE} has {name} among `layer_types`")))
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
