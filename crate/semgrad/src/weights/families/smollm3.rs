//! SmolLM3.

use super::family::{Defaults, Family, Layer, Layers, PLAIN};

/// Every fourth layer does not rotate queries and keys.
pub const SMOLLM3: Family = Family {
    name: "smollm3",
    title: "SmolLM3",
    refused: &["use_sliding_window"],
    defaults: Defaults { context: Some(32_768), rope_theta: 2e6, tied: true, ..PLAIN.defaults },
    layers: Layers::Periodic {
        period: 4,
        keys: &["no_rope_layer_interval"],
        flags: Some("no_rope_layers"),
        others: Layer::Full,
        last: Layer::Unrotated,
    },
    gguf_interleaved: true,
    pre: "llama-bpe",
    ..PLAIN
};
