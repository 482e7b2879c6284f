//! LFM3, the dense text models.

use super::family::{Defaults, Family, Layer, Layers, PLAIN, QkNorm};

/// Longer convolutions than LFM2's, attention within a window and to everything in turn, each head with a gate, and norms
/// before and behind.
pub const LFM3: Family = Family {
    name: "lfm3",
    in_gguf: false,
    title: "LFM3",
    renames: &[("rms_norm_eps", "norm_eps")],
    refused: &["conv_bias"],
    required: &["use_sandwich_norm"],
    defaults: Defaults {
        heads: Some(16),
        kv_heads: Some(4),
        head_dim: Some(128),
        context: Some(128_000),
        rope_theta: 1e6,
        tied: true,
    },
    norm_eps: 1e-5,
    layers: Layers::Mixed {
        first: Some(Layer::Convolution),
        cycle: &[Layer::Sliding, Layer::Convolution, Layer::Full, Layer::Convolution],
    },
    taps: Some(7),
    window: Some(256),
    local_theta: Some(1e4),
    rotated_share: Some(0.5),
    qk_norm: QkNorm::Heads,
    head_gate: true,
    post_norms: true,
    fused: &[
        ("model.embedding_norm", &["model.norm"]),
        ("operator_norm", &["input_layernorm"]),
        ("post_operator_norm", &["post_attention_layernorm"]),
        ("ffn_norm", &["pre_feedforward_layernorm"]),
        ("post_ffn_norm", &["post_feedforward_layernorm"]),
        ("feed_forward.w1", &["mlp.gate_proj"]),
        ("feed_forward.w3", &["mlp.up_proj"]),
        ("feed_forward.w2", &["mlp.down_proj"]),
    ],
    pre: "lfm2",
    ..PLAIN
};
