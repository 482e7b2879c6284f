//! Ministral 3, text only: also the text part of a multimodal model.

use super::family::{Defaults, Family, Layers, PLAIN};

/// YaRN, and queries that grow with their position.
pub const MISTRAL3: Family = Family {
    name: "mistral3",
    aliases: &["ministral3"],
    title: "Ministral 3",
    defaults: Defaults {
        kv_heads: Some(8),
        head_dim: Some(128),
        context: Some(262_144),
        rope_theta: 1e6,
        ..PLAIN.defaults
    },
    layers: Layers::SlidingWhereSaid,
    gguf_interleaved: true,
    pre: "tekken",
    ..PLAIN
};
