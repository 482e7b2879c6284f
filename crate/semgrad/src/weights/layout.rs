//! Which tensors a configuration implies, and with which shapes.

use super::config::ModelConfig;
use super::families::family::{Layer, QkNorm};
use std::collections::HashMap;

/// Canonical names and row-major shapes of every tensor of the model, in the order of the data flow.
pub fn expected(config: &ModelConfig) -> Vec<(String, Vec<usize>)> {
    let ModelConfig { vocab, hidden, intermediate, .. } = *config;
    let mut tensors = vec![("model.embed_tokens.weight".to_owned(), vec![vocab, hidden])];
    for i in 0..config.layers {
        let mut add = |name: &str, shape: &[usize]| tensors.push((format!("model.layers.{i}.{name}"), shape.to_vec()));
        if config.pre_norms {
            add("input_layernorm.weight", &[hidden]);
        }
        match config.layer(i) {
            Layer::Full | Layer::Sliding | Layer::Unrotated => attention(config, &mut add),
            Layer::Convolution => {
                add("conv.in_proj.weight", &[3 * hidden, hidden]);
                // Of one input each, as a framework's convolution has it.
                add("conv.conv.weight", &[hidden, 1, config.taps.unwrap_or_default()]);
                add("conv.out_proj.weight", &[hidden, hidden]);
            }
        }
        add("post_attention_layernorm.weight", &[hidden]);
        if config.pre_norms && config.post_norms {
            add("pre_feedforward_layernorm.weight", &[hidden]);
        }
        add("mlp.gate_proj.weight", &[intermediate, hidden]);
        add("mlp.up_proj.weight", &[intermediate, hidden]);
        add("mlp.down_proj.weight", &[hidden, intermediate]);
        if config.post_norms {
            add("post_feedforward_layernorm.weight", &[hidden]);
        }
    }
    tensors.push(("model.norm.weight".to_owned(), vec![hidden]));
    if !config.tied {
        tensors.push(("lm_head.weight".to_owned(), vec![vocab, hidden]));
    }
    tensors
}

/// The linear layers between embedding and head, by name without `.weight`: (outputs, inputs).
pub(crate) fn linears(config: &ModelConfig) -> HashMap<String, (usize, usize)> {
    let layer = |(name, shape): (String, Vec<usize>)| match *shape {
        [rows, cols] if name.starts_with("model.layers.") => {
            Some((name.strip_suffix(".weight")?.to_owned(), (rows, cols)))
        }
        _ => None,
    };
    expected(config).into_iter().filter_map(layer).collect()
}

/// Query and key projections and their parts, whose rows GGUF interleaves in some families.
pub(crate) fn is_rotated(name: &str) -> bool {
    [".self_attn.q_proj", ".self_attn.k_proj"].iter().any(|part| name.contains(part))
}

fn attention(config: &ModelConfig, add: &mut impl FnMut(&str, &[usize])) {
    let ModelConfig { hidden, head_dim, .. } = *config;
    let (q, kv) = (config.heads * head_dim, config.kv_heads * head_dim);
    for (projection, rows) in [("q", q), ("k", kv), ("v", kv)] {
        add(&format!("self_attn.{projection}_proj.weight"), &[rows, hidden]);
        if config.attention_bias {
            add(&format!("self_attn.{projection}_proj.bias"), &[rows]);
        }
    }
    let norms = match config.qk_norm {
        QkNorm::None => None,
        QkNorm::Heads => Some([head_dim; 2]),
        QkNorm::Whole => Some([q, kv]),
    };
    if let Some([q, k]) = norms {
        add("self_attn.q_norm.weight", &[q]);
        add("self_attn.k_norm.weight", &[k]);
    }
    if config.head_gate {
        add("self_attn.g_proj.weight", &[config.heads, hidden]);
    }
    add("self_attn.o_proj.weight", &[hidden, q]);
}
