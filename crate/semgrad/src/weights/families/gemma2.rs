//! Gemma 2.

use super::family::{Activation, Caps, Defaults, Family, Layer, Layers, PLAIN, QueryScalar};

/// Every other layer slides; scores and logits are capped softly.
pub const GEMMA2: Family = Family {
    name: "gemma2",
    title: "Gemma 2",
    renames: &[("hidden_act", "hidden_activation")],
    defaults: Defaults {
        heads: Some(8),
        kv_heads: Some(4),
        head_dim: Some(256),
        context: Some(8192),
        tied: true,
        ..PLAIN.defaults
    },
    layers: Layers::Periodic { period: 2, keys: &[], flags: None, others: Layer::Sliding, last: Layer::Full },
    window: Some(4096),
    // The 27B model is told by its depth.
    query_scalar: Some(QueryScalar { default: 256.0, wide_layers: 46 }),
    post_norms: true,
    scaled_embedding: true,
    caps: Some(Caps { attention: 50.0, logits: 30.0 }),
    activation: Activation::GeluTanh,
    norms_less_one: true,
    gguf_parts: &[
        ("ffn_norm", "pre_feedforward_layernorm"),
        ("post_attention_norm", "post_attention_layernorm"),
        ("post_ffw_norm", "post_feedforward_layernorm"),
    ],
    ..PLAIN
};
