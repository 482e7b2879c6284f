//! Qwen3, the dense models.

use super::family::{Defaults, Family, Layers, PLAIN, QkNorm};

/// Norms on queries and keys instead of Qwen2's biases.
pub const QWEN3: Family = Family {
    name: "qwen3",
    title: "Qwen3",
    defaults: Defaults { head_dim: Some(128), ..PLAIN.defaults },
    layers: Layers::SlidingOnRequest { first: 28 },
    qk_norm: QkNorm::Heads,
    pre: "qwen2",
    ..PLAIN
};
