//! Phi-3, Phi-3.5 and Phi-4 mini, the dense models.

use super::family::{Defaults, Family, Layers, PLAIN};

/// Matrices that are fused, and heads that may be rotated in part.
pub const PHI3: Family = Family {
    name: "phi3",
    title: "Phi-3",
    defaults: Defaults { context: Some(4096), ..PLAIN.defaults },
    layers: Layers::SlidingWhereSaid,
    partial_rotation: true,
    fused: &[
        ("self_attn.qkv_proj", &["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"]),
        ("mlp.gate_up_proj", &["mlp.gate_proj", "mlp.up_proj"]),
    ],
    gguf_parts: &[("attn_qkv", "self_attn.qkv_proj"), ("ffn_up", "mlp.gate_up_proj")],
    pre: "gpt-4o",
    ..PLAIN
};
