//! OLMo 2.

use super::family::{Defaults, Family, PLAIN, QkNorm};

/// Norms behind attention and feed-forward instead of before them, and over all heads of queries and keys.
pub const OLMO2: Family = Family {
    name: "olmo2",
    title: "OLMo 2",
    defaults: Defaults { context: Some(2048), ..PLAIN.defaults },
    qk_norm: QkNorm::Whole,
    pre_norms: false,
    post_norms: true,
    gguf_parts: &[("post_attention_norm", "post_attention_layernorm"), ("post_ffw_norm", "post_feedforward_layernorm")],
    pre: "dbrx",
    ..PLAIN
};
