//! `config.json` and `generation_config.json` to a [`ModelConfig`].
//!
//! Where a key may be absent, the default is that of the family's configuration class in transformers.

use super::fields::{FILE, Fields, damaged};
use crate::error::Result;
use crate::weights::config::{
    Activation, MAX_LAYERS, ModelConfig, RopeScaling, Temperature, inconsistent, long_attention, yarn_attention,
};
use crate::weights::families::family::{Family, Layer, Layers, TwoThirds};
use crate::weights::families::{self, unsupported};
use crate::weights::foreign;
use serde_json::Value;

/// The configuration; `rows` is the height of the embedding, which counts where the file is silent.
pub(crate) fn model_config(config: &Value, generation: &Value, rows: Option<usize>) -> Result<ModelConfig> {
    let top = Fields::new(config)?;
    let mut family = families::find(top.text("model_type")?.unwrap_or("(none)"))?;
    // Multimodal models keep the decoder's part in a section of its own, which may be of another family.
    let section = top.object("text_config")?;
    if let Some(name) = section.map(|section| section.text("model_type")).transpose()?.flatten() {
        family = families::find(name)?;
    }
    let (top, defaults) = (top.renamed(family.renames), family.defaults);
    let fields = section.map_or(top, |section| section.renamed(family.renames));
    refuse(fields, family)?;
    foreign::packed_by(top)?;
    foreign::packed_by(fields)?;

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
    let context = fields.required("max_position_embeddings", defaults.context)?;
    let rope = rope(top, fields, family, context)?;
    let (kinds, sliding_window) = kinds(fields, family, layers)?;
    let attention_width = match (family.query_scalar, fields.float("query_pre_attn_scalar")?) {
        (Some(scalar), given) => given.unwrap_or(scalar.default),
        (None, _) => head_dim as f64,
    };
    // Whichever of the two says so: a head of its own counts all the same. The second is LFM2's first name for it.
    let here = fields.bool("tie_embedding")?.or(fields.bool("tie_word_embeddings")?);
    let tied = match (here, top.bool("tie_word_embeddings")?) {
        (None, None) => defaults.tied,
        said => said.0.unwrap_or(false) || said.1.unwrap_or(false),
    };
    let multiplier = |key, usual| match family.multipliers {
        true => Ok(Some(fields.float(key)?.unwrap_or(usual))),
        false => Ok(None),
    };
    // Here null says that there is none.
    let cap = |key, usual| match fields.is_null(key) {
        true => Ok(None),
        false => Ok(fields.float(key)?.or(Some(usual))),
    };
    let [attention_cap, logit_cap] = match family.caps {
        Some(caps) => [cap("attn_logit_softcapping", caps.attention)?, cap("final_logit_softcapping", caps.logits)?],
        None => [None; 2],
    };

    Ok(ModelConfig {
        family,
        vocab,
        hidden,
        layers,
        heads,
        kv_heads: fields.count("num_key_value_heads")?.or(defaults.kv_heads).unwrap_or(heads),
        head_dim,
        rotated: (head_dim as f64 * rope.share) as usize,
        intermediate: feed_forward(fields, family)?,
        norm_eps: fields.float("rms_norm_eps")?.unwrap_or(family.norm_eps),
        rope_theta: rope.theta,
        rope_scaling: rope.scaling,
        rope_local_theta: rope.local_theta,
        temperature: rope.temperature,
        sliding_window,
        taps: match family.taps.filter(|_| kinds.contains(&Layer::Convolution)) {
            Some(usual) => Some(fields.count("conv_L_cache")?.unwrap_or(usual)),
            None => None,
        },
        kinds,
        attention_scale: multiplier("attention_multiplier", 1.0)?.unwrap_or(attention_width.sqrt().recip()),
        attention_cap,
        embedding_scale: match family.scaled_embedding {
            true => Some((hidden as f64).sqrt()),
            false => multiplier("embedding_multiplier", 1.0)?,
        },
        residual_scale: multiplier("residual_multiplier", 1.0)?,
        logit_scale: multiplier("logits_scaling", 1.0)?.map(f64::recip),
        logit_cap,
        activation: activation(fields, family.activation)?,
        tied,
        head_gate: family.head_gate && fields.bool("use_attention_gate")?.unwrap_or(true),
        attention_bias: family.biased || fields.bool("attention_bias")?.unwrap_or(false),
        qk_norm: family.qk_norm,
        pre_norms: family.pre_norms,
        post_norms: family.post_norms,
        context: rope.context,
        stop_ids: stop_ids(&[generation.get("eos_token_id"), fields.get("eos_token_id"), top.get("eos_token_id")])?,
        bos_id: match fields.get("bos_token_id").or(top.get("bos_token_id")) {
            Some(id) => Some(token(id)?),
            None => None,
        },
    })
}

/// Width of the feed-forward layer.
fn feed_forward(fields: Fields, family: &Family) -> Result<usize> {
    let Some(TwoThirds { width, multiple }) = family.two_thirds else {
        return fields.required("intermediate_size", None);
    };
    let said = fields.count("block_ff_dim")?.or(fields.count("intermediate_size")?).unwrap_or(width);
    if fields.bool("block_auto_adjust_ff_dim")? == Some(false) {
        return Ok(said);
    }
    let width = said.saturating_mul(2) / 3;
    const FACTOR: &str = "block_ffn_dim_multiplier";
    // Without a factor, nothing is rounded up either.
    if fields.is_null(FACTOR) {
        return Ok(width);
    }
    let width = (width as f64 * fields.float(FACTOR)?.unwrap_or(1.0)) as usize;
    let multiple = fields.count("block_multiple_of")?.unwrap_or(multiple).max(1);
    Ok(width.div_ceil(multiple).saturating_mul(multiple))
}

/// Refuses settings that would change the numbers and are not implemented.
fn refuse(fields: Fields, family: &Family) -> Result<()> {
    for key in family.refused {
        if fields.get(key).is_some_and(|value| value != &Value::Bool(false) && value.as_f64() != Some(0.0)) {
            return Err(unsupported(format!("{FILE} sets `{key}`")));
        }
    }
    for key in family.required {
        if fields.bool(key)? == Some(false) {
            return Err(unsupported(format!("{FILE} sets `{key}` to false")));
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
    Ok(())
}

fn activation(fields: Fields, usual: Activation) -> Result<Activation> {
    let usual_name = match usual {
        Activation::Silu => "silu",
        Activation::GeluTanh => "gelu_pytorch_tanh",
        Activation::Gelu => "gelu",
        Activation::Sigmoid => "sigmoid",
    };
    match fields.text("hidden_act")?.filter(|name| *name != usual_name) {
        None => Ok(usual),
        Some(other) => Err(unsupported(format!("{FILE} sets `{}` to `{other}`", fields.name("hidden_act")))),
    }
}

/// How positions are told.
struct Rope {
    /// Base of the full-attention layers.
    theta: f64,
    /// Scaling of these.
    scaling: RopeScaling,
    /// Base of sliding layers where it differs.
    local_theta: Option<f64>,
    temperature: Option<Temperature>,
    /// How much of a head is rotated.
    share: f64,
    /// What the scaling serves.
    context: usize,
}

/// Of full-attention layers, and of sliding layers where it differs.
///
/// Newer files have `rope_parameters`, nested per layer type where these differ; older ones `rope_theta`, `rope_scaling` and
/// `rope_local_base_freq` side by side. Some carry both, agreeing.
fn rope(top: Fields, fields: Fields, family: &Family, context: usize) -> Result<Rope> {
    let parameters = match fields.object("rope_parameters")? {
        Some(parameters) => Some(parameters),
        None => top.object("rope_parameters")?,
    };
    let (full, local) = match parameters {
        Some(p) if ["full_attention", "sliding_attention"].iter().any(|kind| p.get(kind).is_some()) => {
            (p.object("full_attention")?, p.object("sliding_attention")?)
        }
        flat => (flat, None),
    };
    let older = fields.object("rope_scaling")?;
    let mut share = 1.0;
    for section in [Some(fields), full, local, older].into_iter().flatten() {
        // There it is part of the scaling.
        if section.text("rope_type")? == Some(PROPORTIONAL) {
            continue;
        }
        match section.float("partial_rotary_factor")? {
            Some(x) if family.partial_rotation => share = x,
            Some(x) if x != 1.0 => return Err(unsupported(format!("{FILE} sets `partial_rotary_factor`"))),
            _ => {}
        }
    }
    let theta = match full.map(|f| f.float("rope_theta")).transpose()?.flatten() {
        Some(theta) => theta,
        None => fields.float("rope_theta")?.unwrap_or(family.defaults.rope_theta),
    };
    let section = full.filter(|f| f.get("rope_type").is_some()).or(older);
    let (scaling, served) = match section {
        Some(section) => rope_scaling(section, fields, context)?,
        None => match family.rotated_share.filter(|_| parameters.is_none()) {
            Some(share) => (RopeScaling::Proportional { share, factor: 1.0 }, context),
            None => (RopeScaling::None, context),
        },
    };
    let temperature = match section
        .map(|section| section.float("llama_4_scaling_beta"))
        .transpose()?
        .flatten()
        .filter(|beta| *beta != 0.0)
    {
        Some(beta) => {
            Some(Temperature { beta, original_context: original(section.unwrap_or(fields), fields, context)? })
        }
        None => None,
    };
    let rope = Rope { theta, scaling, local_theta: None, temperature, share, context: served };
    let Some(usual_local) = family.local_theta else { return Ok(rope) };
    let local_theta = match local {
        Some(section) => {
            if rope_scaling(section, fields, context)?.0 != RopeScaling::None {
                return Err(unsupported(format!("{FILE} scales the rotary embedding of `sliding_attention`")));
            }
            section.float("rope_theta")?
        }
        None => fields.float("rope_local_base_freq")?,
    };
    Ok(Rope { local_theta: Some(local_theta.unwrap_or(usual_local)), ..rope })
}

/// The context that a model was first trained with.
fn original(section: Fields, fields: Fields, context: usize) -> Result<usize> {
    const KEY: &str = "original_max_position_embeddings";
    Ok(section.count(KEY)?.or(fields.count(KEY)?).unwrap_or(context))
}

const PROPORTIONAL: &str = "proportional";

/// A scaling, and the context that it serves.
fn rope_scaling(section: Fields, fields: Fields, context: usize) -> Result<(RopeScaling, usize)> {
    let original = original(section, fields, context)?;
    let required =
        |key: &str| section.float(key)?.ok_or_else(|| damaged(FILE, &format!("the rotary scaling has no `{key}`")));
    let kind = match section.text("rope_type")? {
        Some(kind) => kind,
        None => section.text("type")?.unwrap_or("default"),
    };
    let scaling = match kind {
        "default" => RopeScaling::None,
        "linear" => RopeScaling::Linear { factor: required("factor")? },
        PROPORTIONAL => RopeScaling::Proportional {
            share: section.float("partial_rotary_factor")?.unwrap_or(1.0),
            factor: section.float("factor")?.unwrap_or(1.0),
        },
        "llama3" => RopeScaling::Llama3 {
            factor: required("factor")?,
            low_freq_factor: required("low_freq_factor")?,
            high_freq_factor: required("high_freq_factor")?,
            original_context: original,
        },
        // Under two other names in the first of Phi-3's files.
        "longrope" | "su" | "yarn" if kind != "yarn" || section.get("short_factor").is_some() => {
            let factor = match section.float("factor")? {
                Some(factor) => factor,
                None => context as f64 / original.max(1) as f64,
            };
            let attention = match section.float("attention_factor")? {
                Some(attention) => attention as f32,
                None => long_attention(factor, original),
            };
            // Beyond the first context, other divisors would hold, for keys that are rotated already too.
            return Ok((
                RopeScaling::Factors { divisors: section.floats("short_factor")?, attention },
                context.min(original),
            ));
        }
        "yarn" if section.bool("truncate")? != Some(false) => {
            let factor = match section.float("factor")? {
                Some(factor) => factor,
                None => context as f64 / original.max(1) as f64,
            };
            let scales = match (section.float("mscale")?, section.float("mscale_all_dim")?) {
                (Some(scale), Some(all)) if scale != 0.0 && all != 0.0 => Some([scale, all]),
                _ => None,
            };
            RopeScaling::Yarn {
                factor,
                beta_fast: section.float("beta_fast")?.unwrap_or(32.0),
                beta_slow: section.float("beta_slow")?.unwrap_or(1.0),
                original_context: original,
                attention: match section.float("attention_factor")? {
                    Some(attention) => attention as f32,
                    None => yarn_attention(factor, scales),
                },
            }
        }
        other => return Err(unsupported(format!("{FILE} sets `rope_type` to `{other}`"))),
    };
    Ok((scaling, context))
}

/// What each layer is, and how far sliding ones see.
fn kinds(fields: Fields, family: &Family, layers: usize) -> Result<(Vec<Layer>, Option<usize>)> {
    let plain = match fields.text("position_embedding_type")? {
        Some("rope") => Layer::Full,
        _ if family.rotated_where_said => Layer::Unrotated,
        _ => Layer::Full,
    };
    let key = match family.layers {
        Layers::Full => return Ok((vec![plain; layers], None)),
        Layers::Listed => {
            let listed = fields.typed("layer_types", "a list", Value::as_array)?;
            let missing = || damaged(FILE, "the key `layer_types` is missing");
            let listed =
                listed.ok_or_else(missing)?.iter().map(|name| kind(name, family)).collect::<Result<Vec<Layer>>>()?;
            return Ok((listed.iter().map(|_| plain).collect(), None));
        }
        // Here null says that there is none.
        Layers::SlidingWhereSaid => {
            let usual = family.window.filter(|_| !fields.is_null("sliding_window"));
            return Ok(match fields.count("sliding_window")?.or(usual) {
                Some(window) => (vec![Layer::Sliding; layers], Some(window)),
                None => (vec![Layer::Full; layers], None),
            });
        }
        Layers::SlidingOnRequest { .. } => match fields.bool("use_sliding_window")? {
            Some(true) => Some("max_window_layers"),
            _ => return Ok((vec![Layer::Full; layers], None)),
        },
        Layers::Mixed { .. } => None,
        Layers::Periodic { keys, .. } => keys.iter().find(|key| fields.get(key).is_some()).copied(),
    };
    let listed = match family.layers {
        Layers::Periodic { flags: Some(key), others, last, .. } => {
            let kind = |flag: &f32| if *flag == 0.0 { last } else { others };
            match fields.get(key) {
                Some(_) => return Ok((fields.floats(key)?.iter().take(layers).map(kind).collect(), None)),
                None => None,
            }
        }
        _ => fields.get("layer_types"),
    };
    let kinds = match listed {
        Some(types) => {
            let types = types.as_array().ok_or_else(|| damaged(FILE, "`layer_types` is not a list"))?;
            types.iter().map(|name| kind(name, family)).collect::<Result<Vec<Layer>>>()?
        }
        // The older way to say which of convolutions are none.
        None if family.taps.is_some() && fields.get("full_attn_idxs").is_some() => {
            let attention = fields.floats("full_attn_idxs")?;
            let of = |i: usize| if attention.contains(&(i as f32)) { Layer::Full } else { Layer::Convolution };
            (0..layers).map(of).collect()
        }
        None => {
            let number = key.map(|key| fields.count(key)).transpose()?.flatten();
            (0..layers).map(|i| family.layers.layer(i, number)).collect()
        }
    };
    if !kinds.contains(&Layer::Sliding) {
        return Ok((kinds, None));
    }
    let window = fields.required("sliding_window", family.window.or(Some(4096)))?;
    Ok((kinds, Some(window)))
}

fn kind(name: &Value, family: &Family) -> Result<Layer> {
    let has = |kind: &Layer| kind.has_attention() || family.taps.is_some();
    let known = name.as_str().and_then(Layer::named).filter(has);
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
