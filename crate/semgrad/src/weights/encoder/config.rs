//! What a folder's files say about an encoder.
//!
//! Where a key may be absent, the default is that of the family's configuration class in transformers.

use super::distances::{BIASES, Relative};
use super::family::{self, Family, HeadActivation, Order, unsupported};
use super::files::Files;
use super::rotary::{Rotary, head_pooling};
use super::sentence::{self, Pooling, Sentence};
use crate::error::Result;
use crate::weights::config::inconsistent;
use crate::weights::folder::fields::{FILE, Fields, damaged};
use crate::weights::foreign;
use serde_json::Value;

/// Shapes and constants of an encoder.
#[derive(Clone, Debug, PartialEq)]
pub struct EncoderConfig {
    /// Model family.
    pub family: &'static Family,
    /// Rows of the embedding.
    pub vocab: usize,
    /// Width of the embedding.
    pub embedding: usize,
    /// Width of the hidden states.
    pub hidden: usize,
    /// Number of blocks.
    pub layers: usize,
    /// Attention heads.
    pub heads: usize,
    /// Width of the feed-forward layer.
    pub intermediate: usize,
    /// ε of the layer norms.
    pub norm_eps: f64,
    /// Rows of the table of absolute positions; `None` without one.
    pub positions: Option<usize>,
    /// Row of the first position.
    pub first_position: usize,
    /// Rows of the table of token types; 0 without one.
    pub types: usize,
    /// Distances in attention.
    pub relative: Option<Relative>,
    /// Rotations, and how far layers see.
    pub rotary: Option<Rotary>,
    /// Width of the convolution beside the first block.
    pub convolution: Option<usize>,
    /// In the classification head, where there is one.
    pub head_activation: HeadActivation,
    /// What the head sees of the tokens.
    pub head_pooling: Pooling,
    /// Names of the logits.
    pub labels: Vec<String>,
    /// From a text to its vector.
    pub sentence: Sentence,
    /// Longest input, special tokens included.
    pub max_tokens: usize,
}

const MAX_VOCAB: usize = 1 << 22;
const MAX_WIDTH: usize = 1 << 16;
const MAX_LAYERS: usize = 1 << 8;
const MAX_TOKENS: usize = 1 << 14;

/// Reads the configuration and checks that it is possible and implemented.
pub(super) fn read(files: &Files) -> Result<EncoderConfig> {
    let fields = Fields::new(&files.config)?;
    let family = family::find(fields.text("model_type")?.unwrap_or("(none)"))?;
    let fields = fields.renamed(family.keys);
    let disentangled = family.order == Order::Disentangled;
    refuse(fields, family)?;
    let hidden = fields.required("hidden_size", None)?;
    let limit = fields.required("max_position_embeddings", Some(512))?;
    let first_position =
        if family.behind_padding { fields.required("pad_token_id", Some(1))?.saturating_add(1) } else { 0 };
    let absolute = match family.order {
        Order::Disentangled => fields.bool("position_biased_input")?.unwrap_or(true),
        order => order != Order::Rotated,
    };
    let layers = fields.required("num_hidden_layers", None)?.min(MAX_LAYERS + 1); // more are refused below
    let config = EncoderConfig {
        family,
        vocab: fields.required("vocab_size", None)?,
        embedding: if disentangled { fields.required("embedding_size", Some(hidden))? } else { hidden },
        hidden,
        layers,
        heads: fields.required("num_attention_heads", None)?,
        intermediate: fields.required("intermediate_size", None)?,
        norm_eps: fields.float("layer_norm_eps")?.unwrap_or(family.norm_eps),
        positions: absolute.then_some(limit),
        first_position,
        types: fields.required("type_vocab_size", Some(family.types))?,
        relative: if disentangled { Some(relative(fields, limit)?) } else { None },
        convolution: if disentangled { convolution(fields)? } else { None },
        rotary: if family.order == Order::Rotated { Some(Rotary::read(fields, layers)?) } else { None },
        head_activation: head_activation(fields, family)?,
        head_pooling: if family.order == Order::Rotated { head_pooling(fields)? } else { Pooling::First },
        labels: labels(fields)?,
        sentence: sentence::read(files)?,
        max_tokens: max_tokens(files, limit.saturating_sub(first_position)),
    };
    validate(&config)?;
    Ok(config)
}

/// Refuses settings that would change the numbers and are not implemented.
fn refuse(fields: Fields<'_>, family: &Family) -> Result<()> {
    for (key, known) in [("hidden_act", "gelu"), ("position_embedding_type", "absolute")] {
        if let Some(other) = fields.text(key)?.filter(|value| *value != known) {
            return Err(unsupported(format!("{FILE} sets `{}` to `{other}`", fields.name(key))));
        }
    }
    let buckets = fields.count("relative_attention_num_buckets")?.filter(|_| family.order == Order::Biased);
    if let Some(other) = buckets.filter(|&n| n != BIASES) {
        return Err(unsupported(format!("{FILE} sets `relative_attention_num_buckets` to {other}, not to {BIASES}")));
    }
    for key in ["is_decoder", "add_cross_attention"] {
        if fields.bool(key)? == Some(true) {
            return Err(unsupported(format!("{FILE} sets `{key}`")));
        }
    }
    foreign::packed_by(fields)?;
    if fields.get("attention_head_size").is_some() {
        return Err(unsupported(format!("{FILE} sets `attention_head_size`")));
    }
    Ok(())
}

/// Of the classification head.
fn head_activation(fields: Fields<'_>, family: &Family) -> Result<HeadActivation> {
    let key = match family.order {
        Order::Disentangled => "pooler_hidden_act",
        Order::Rotated => "classifier_activation",
        _ => return Ok(family.head_activation),
    };
    match fields.text(key)? {
        None => Ok(family.head_activation),
        Some("gelu") => Ok(HeadActivation::Gelu),
        Some("tanh") => Ok(HeadActivation::Tanh),
        Some("relu") => Ok(HeadActivation::Relu),
        Some(other) => Err(unsupported(format!("{FILE} sets `{key}` to `{other}`"))),
    }
}

fn relative(fields: Fields<'_>, limit: usize) -> Result<Relative> {
    if fields.bool("relative_attention")? != Some(true) {
        return Err(unsupported(format!("{FILE} does not set `relative_attention`")));
    }
    // Negative numbers stand for the default.
    let positive = |key: &str| fields.typed(key, "a number", |v| Some(usize::try_from(v.as_i64()?).unwrap_or(0)));
    let kinds: Vec<&str> = match fields.get("pos_att_type") {
        Some(Value::String(text)) => text.split('|').map(str::trim).collect(),
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if let Some(kind) = kinds.iter().find(|kind| !["c2p", "p2c"].contains(*kind)) {
        return Err(unsupported(format!("{FILE} has `{kind}` in `pos_att_type`")));
    }
    let norms = fields.text("norm_rel_ebd")?.unwrap_or("none").to_ascii_lowercase();
    Ok(Relative {
        buckets: positive("position_buckets")?.filter(|&n| n > 0),
        longest: positive("max_relative_positions")?.filter(|&n| n > 0).unwrap_or(limit),
        shared: fields.bool("share_att_key")?.unwrap_or(false),
        content_to_position: kinds.contains(&"c2p"),
        position_to_content: kinds.contains(&"p2c"),
        normalized: norms.split('|').any(|norm| norm.trim() == "layer_norm"),
    })
}

fn convolution(fields: Fields<'_>) -> Result<Option<usize>> {
    let Some(width) = fields.count("conv_kernel_size")?.filter(|&n| n > 0) else { return Ok(None) };
    let activation = fields.text("conv_act")?.unwrap_or("tanh");
    if fields.count("conv_groups")?.unwrap_or(1) != 1 || activation != "gelu" || width.is_multiple_of(2) || width > 15 {
        return Err(unsupported(format!(
            "{FILE} asks for a convolution of another kind than odd, ungrouped, with GELU"
        )));
    }
    Ok(Some(width))
}

/// Names of the logits in order.
fn labels(fields: Fields<'_>) -> Result<Vec<String>> {
    let Some(map) = fields.object("id2label")? else { return Ok(Vec::new()) };
    let name = |id: usize| Some(map.get(&id.to_string())?.as_str()?.to_owned());
    let all: Option<Vec<String>> = (0..map.len()).map(name).collect();
    all.ok_or_else(|| damaged(FILE, "`id2label` does not name the labels 0, 1, …"))
}

/// The limit that sentence-transformers has noted, or that of the tokenizer, where the positions reach so far.
fn max_tokens(files: &Files, positions: usize) -> usize {
    let named = |file: &Value, key: &str| file.get(key).and_then(Value::as_f64).filter(|&n| n >= 1.0);
    let limit = named(&files.transformer, "max_seq_length").or(named(&files.tokenizer_config, "model_max_length"));
    // Tokenizers without a limit write 10³⁰.
    positions.min(limit.filter(|&n| n < MAX_TOKENS as f64).map_or(MAX_TOKENS, |n| n as usize))
}

fn validate(config: &EncoderConfig) -> Result<()> {
    let bounded = [
        ("vocabulary size", config.vocab, MAX_VOCAB),
        ("embedding size", config.embedding, MAX_WIDTH),
        ("hidden size", config.hidden, MAX_WIDTH),
        ("number of layers", config.layers, MAX_LAYERS),
        ("number of heads", config.heads, config.hidden),
        ("feed-forward size", config.intermediate, MAX_WIDTH),
        ("number of positions", config.positions.unwrap_or(1), MAX_VOCAB),
        ("number of token types", config.types.max(1), MAX_VOCAB),
        ("longest input", config.max_tokens, MAX_TOKENS),
    ];
    for (name, value, most) in bounded {
        if value == 0 || value > most {
            return Err(inconsistent(format!("the {name} is {value}, outside 1 to {most}")));
        }
    }
    if !config.hidden.is_multiple_of(config.heads) {
        return Err(inconsistent(format!("{} heads do not divide {} columns", config.heads, config.hidden)));
    }
    if !(config.norm_eps.is_finite() && config.norm_eps > 0.0) {
        return Err(inconsistent(format!("the norm epsilon is {}, not a positive number", config.norm_eps)));
    }
    if config.rotary.is_some() && !(config.hidden / config.heads).is_multiple_of(2) {
        return Err(inconsistent(format!("heads of {} columns cannot be rotated", config.hidden / config.heads)));
    }
    let Some(relative) = &config.relative else { return Ok(()) };
    // The logarithm's scale is ln((longest − 1) / half).
    let half = relative.buckets.map_or(1, |n| n / 2);
    if half == 0 || relative.longest > MAX_VOCAB || relative.buckets.is_some() && relative.longest < half + 2 {
        return Err(inconsistent(format!("{relative:?} is impossible")));
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
