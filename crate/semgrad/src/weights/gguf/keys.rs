//! The keys that every model's file has, from its configuration.

use super::writer::Writer;
use crate::weights::config::ModelConfig;

/// A file with the sizes and constants that all families share; heads of keys are not among them, which some layers lack.
pub(crate) fn shared(c: &ModelConfig) -> Writer {
    let a = c.family.architecture();
    let counts = [
        ("context_length", c.context),
        ("embedding_length", c.hidden),
        ("block_count", c.layers),
        ("feed_forward_length", c.intermediate),
        ("attention.head_count", c.heads),
        ("attention.key_length", c.head_dim),
        ("attention.value_length", c.head_dim),
    ];
    let w = Writer::default()
        .text("general.architecture", a)
        .float(&format!("{a}.attention.layer_norm_rms_epsilon"), c.norm_eps as f32)
        .float(&format!("{a}.rope.freq_base"), c.rope_theta as f32);
    counts.into_iter().fold(w, |w, (key, n)| w.count(&format!("{a}.{key}"), n as u32))
}

/// The name of the key that counts heads of keys.
pub(crate) fn kv_heads(c: &ModelConfig) -> String {
    format!("{}.attention.head_count_kv", c.family.architecture())
}
