//! What a folder's files say about an encoder.
//!
//! Where a key may be absent, the default is that of the family's configuration class in transformers.

use super::family::{self, Family, unsupported};
use super::files::Files;
use super::sentence::{self, Sentence};
use crate::error::Result;
use crate::weights::config::inconsistent;
use crate::weights::folder::fields::{FILE, Fields, damaged};
use serde_json::Value;

/// How DeBERTa's attention knows distances between tokens.
#[derive(Clone, Debug, PartialEq)]
pub struct Relative {
    /// Distances up to half of this have a row each, longer ones share rows on a logarithmic scale. `None`: all have
    /// their own.
    pub buckets: Option<usize>,
    /// Distances beyond it are not told apart.
    pub longest: usize,
    /// Whether positions go through the projections of the content.
    pub shared: bool,
    /// Scores add query · position of the key.
    pub content_to_position: bool,
    /// Scores add key · position of the query.
    pub position_to_content: bool,
    /// Whether the table of distances is normalized before use.
    pub normalized: bool,
}

impl Relative {
    /// Rows of the table for one direction; it has twice as many.
    pub fn span(&self) -> usize {
        self.buckets.unwrap_or(self.longest)
    }

    /// Row of the table for position of the query − position of the key.
    pub fn row(&self, distance: i64) -> usize {
        let span = self.span() as i64;
        let bucket = match self.buckets {
            Some(buckets) => bucket(distance, buckets as i64 / 2, self.longest),
            None => distance,
        };
        (bucket + span).clamp(0, 2 * span - 1) as usize
    }
}

/// Single precision, as the reference: where a logarithm meets a whole number, rounding decides the bucket.
fn bucket(distance: i64, half: i64, longest: usize) -> i64 {
    if distance.abs() <= half {
        return distance;
    }
    let scale = ((longest - 1) as f64 / half as f64) as f32;
    let steps = (distance.abs() as f32 / half as f32).ln() / scale.ln() * (half - 1) as f32;
    distance.signum() * (steps.ceil() as i64 + half)
}

/// Nonlinearity between the two layers of a classification head.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum HeadActivation {
    /// Hyperbolic tangent.
    Tanh,
    /// GELU, exact.
    Gelu,
}

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
    /// Width of the convolution beside the first block.
    pub convolution: Option<usize>,
    /// In the classification head, where there is one.
    pub head_activation: HeadActivation,
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
    let disentangled = family.disentangled;
    refuse(fields)?;
    let hidden = fields.required("hidden_size", None)?;
    let limit = fields.required("max_position_embeddings", Some(512))?;
    let first_position =
        if family.behind_padding { fields.required("pad_token_id", Some(1))?.saturating_add(1) } else { 0 };
    let absolute = !disentangled || fields.bool("position_biased_input")?.unwrap_or(true);
    let config = EncoderConfig {
        family,
        vocab: fields.required("vocab_size", None)?,
        embedding: if disentangled { fields.required("embedding_size", Some(hidden))? } else { hidden },
        hidden,
        layers: fields.required("num_hidden_layers", None)?,
        heads: fields.required("num_attention_heads", None)?,
        intermediate: fields.required("intermediate_size", None)?,
        norm_eps: fields.float("layer_norm_eps")?.unwrap_or(family.norm_eps),
        positions: absolute.then_some(limit),
        first_position,
        types: fields.required("type_vocab_size", Some(family.types))?,
        relative: if disentangled { Some(relative(fields, limit)?) } else { None },
        convolution: if disentangled { convolution(fields)? } else { None },
        head_activation: match fields.text("pooler_hidden_act")? {
            None | Some("gelu") if disentangled => HeadActivation::Gelu,
            Some("tanh") if disentangled => HeadActivation::Tanh,
            Some(other) if disentangled => {
                return Err(unsupported(format!("{FILE} sets `pooler_hidden_act` to `{other}`")));
            }
            _ => HeadActivation::Tanh,
        },
        labels: labels(fields)?,
        sentence: sentence::read(files)?,
        max_tokens: max_tokens(files, limit.saturating_sub(first_position)),
    };
    validate(&config)?;
    Ok(config)
}

/// Refuses settings that would change the numbers and are not implemented.
fn refuse(fields: Fields<'_>) -> Result<()> {
    for (key, known) in [("hidden_act", "gelu"), ("position_embedding_type", "absolute")] {
        if let Some(other) = fields.text(key)?.filter(|value| *value != known) {
            return Err(unsupported(format!("{FILE} sets `{key}` to `{other}`")));
        }
    }
    for key in ["is_decoder", "add_cross_attention"] {
        if fields.bool(key)? == Some(true) {
            return Err(unsupported(format!("{FILE} sets `{key}`")));
        }
    }
    for key in ["quantization_config", "attention_head_size"] {
        if fields.get(key).is_some() {
            return Err(unsupported(format!("{FILE} sets `{key}`")));
        }
    }
    Ok(())
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
