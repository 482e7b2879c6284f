//! Gemma 3, text only: also the text part of a multimodal model.

use super::family::{Activation, Defaults, Family, Layer, Layers, PLAIN, QkNorm, QueryScalar};

/// Five sliding layers, then one that sees everything; norms around attention and feed-forward.
pub const GEMMA3: Family = Family {
    name: "gemma3",
    aliases: &["gemma3_text"],
    title: "Gemma 3",
    renames: &[("hidden_act", "hidden_activation")],
    refused: &["attn_logit_softcapping", "final_logit_softcapping"],
    defaults: Defaults {
        heads: Some(8),
        kv_heads: Some(4),
        head_dim: Some(256),
        context: Some(131_072),
        rope_theta: 1e6,
        tied: true,
    },
    layers: Layers::Periodic {
        period: 6,
        keys: &["sliding_window_pattern", "_sliding_window_pattern"],
        flags: None,
        others: Layer::Sliding,
        last: Layer::Full,
    },
    local_theta: Some(1e4),
    // The 27B model is told by its depth.
    query_scalar: Some(QueryScalar { default: 256.0, wide_layers: 62 }),
    qk_norm: QkNorm::Heads,
    post_norms: true,
    scaled_embedding: true,
    activation: Activation::GeluTanh,
    norms_less_one: true,
    // Elsewhere the norm before the feed-forward layer has the second of these names; here both are there.
    gguf_parts: &[
        ("ffn_norm", "pre_feedforward_layernorm"),
        ("post_attention_norm", "post_attention_layernorm"),
        ("post_ffw_norm", "post_feedforward_layernorm"),
    ],
    ..PLAIN
};
