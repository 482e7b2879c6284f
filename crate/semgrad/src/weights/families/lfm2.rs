//! LFM2 and LFM2.5, the dense text models.

use super::family::{Defaults, Family, Layer, Layers, PLAIN, QkNorm, TwoThirds};

/// Gated short convolutions between layers of attention.
pub const LFM2: Family = Family {
    name: "lfm2",
    title: "LFM2",
    renames: &[("rms_norm_eps", "norm_eps")],
    refused: &["conv_bias"],
    defaults: Defaults {
        heads: Some(32),
        kv_heads: Some(8),
        head_dim: None,
        context: Some(128_000),
        rope_theta: 1e6,
        tied: true,
    },
    norm_eps: 1e-5,
    two_thirds: Some(TwoThirds { width: 12_288, multiple: 256 }),
    layers: Layers::Mixed { first: None, cycle: &[Layer::Full] },
    taps: Some(3),
    qk_norm: QkNorm::Heads,
    fused: &[
        ("model.embedding_norm", &["model.norm"]),
        ("operator_norm", &["input_layernorm"]),
        ("ffn_norm", &["post_attention_layernorm"]),
        ("self_attn.q_layernorm", &["self_attn.q_norm"]),
        ("self_attn.k_layernorm", &["self_attn.k_norm"]),
        ("self_attn.out_proj", &["self_attn.o_proj"]),
        ("feed_forward.w1", &["mlp.gate_proj"]),
        ("feed_forward.w3", &["mlp.up_proj"]),
        ("feed_forward.w2", &["mlp.down_proj"]),
    ],
    gguf_parts: &[
        ("attn_norm", "operator_norm"),
        ("attn_q_norm", "self_attn.q_layernorm"),
        ("attn_k_norm", "self_attn.k_layernorm"),
        ("attn_output", "self_attn.out_proj"),
        ("shortconv.in_proj", "conv.in_proj"),
        ("shortconv.conv", "conv.conv"),
        ("shortconv.out_proj", "conv.out_proj"),
        ("ffn_norm", "ffn_norm"),
        ("ffn_gate", "feed_forward.w1"),
        ("ffn_up", "feed_forward.w3"),
        ("ffn_down", "feed_forward.w2"),
    ],
    pre: "lfm2",
    ..PLAIN
};
