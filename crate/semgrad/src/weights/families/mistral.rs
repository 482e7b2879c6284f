//! Mistral, the dense models before Ministral 3.

use super::family::{Defaults, Family, Layers, PLAIN};

/// Llama, with a sliding window in the first of its models. In GGUF files it is one, and there the window is lost.
pub const MISTRAL: Family = Family {
    name: "mistral",
    gguf: Some("llama"),
    title: "Mistral",
    defaults: Defaults { kv_heads: Some(8), context: Some(131_072), ..PLAIN.defaults },
    layers: Layers::SlidingWhereSaid,
    window: Some(4096),
    gguf_interleaved: true,
    ..PLAIN
};
