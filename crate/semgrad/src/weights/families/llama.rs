//! Llama 2 and 3, SmolLM2, TinyLlama, MiniMind and others of the same shape.

use super::family::{Family, PLAIN};

/// The shape that the others are told by.
pub const LLAMA: Family = Family { name: "llama", title: "Llama", gguf_interleaved: true, ..PLAIN };
