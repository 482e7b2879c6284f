//! GGUF tensor names to those of Hugging Face.

use crate::weights::families::family::Family;

/// Parts of a layer, by the names that GGUF and Hugging Face give them.
const PARTS: [(&str, &str); 11] = [
    ("attn_norm", "input_layernorm"),
    ("attn_q", "self_attn.q_proj"),
    ("attn_k", "self_attn.k_proj"),
    ("attn_v", "self_attn.v_proj"),
    ("attn_output", "self_attn.o_proj"),
    ("attn_q_norm", "self_attn.q_norm"),
    ("attn_k_norm", "self_attn.k_norm"),
    ("ffn_norm", "post_attention_layernorm"),
    ("ffn_gate", "mlp.gate_proj"),
    ("ffn_up", "mlp.up_proj"),
    ("ffn_down", "mlp.down_proj"),
];

/// Of the whole model, by the names that GGUF and Hugging Face give them.
const WHOLE: [(&str, &str); 4] = [
    ("token_embd.weight", "model.embed_tokens.weight"),
    // The name is a mistake that has stayed: it is the last norm.
    ("token_embd_norm.weight", "model.embedding_norm.weight"),
    ("output_norm.weight", "model.norm.weight"),
    ("output.weight", "lm_head.weight"),
];

/// The canonical name, or `None` for tensors that the model does not use.
pub(crate) fn canonical_name(name: &str, family: &Family) -> Option<String> {
    if let Some((_, canonical)) = WHOLE.iter().find(|(gguf, _)| *gguf == name) {
        return Some((*canonical).to_owned());
    }
    if name == ROPE_FACTORS || name == ROPE_SHORT {
        return Some(name.to_owned());
    }
    let (layer, rest) = name.strip_prefix("blk.")?.split_once('.')?;
    let (part, kind) = rest.rsplit_once('.')?;
    if layer.is_empty() || !layer.bytes().all(|b| b.is_ascii_digit()) || !matches!(kind, "weight" | "bias") {
        return None;
    }
    let mut parts = family.gguf_parts.iter().chain(&PARTS);
    let (_, part) = parts.find(|(gguf, _)| *gguf == part)?;
    Some(format!("model.layers.{layer}.{part}.{kind}"))
}

/// What GGUF calls a tensor of a layer; `None` where it is no part of one.
pub(crate) fn gguf_name(name: &str, family: &Family) -> Option<String> {
    let (layer, rest) = name.strip_prefix("model.layers.")?.split_once('.')?;
    let (part, kind) = rest.rsplit_once('.')?;
    let mut parts = family.gguf_parts.iter().chain(&PARTS);
    let (gguf, _) = parts.find(|(_, canonical)| *canonical == part)?;
    Some(format!("blk.{layer}.{gguf}.{kind}"))
}

/// What GGUF calls a tensor of the whole model.
#[cfg(not(target_family = "wasm"))]
pub(crate) fn gguf_name_of_whole(name: &str) -> Option<&'static str> {
    WHOLE.iter().find(|(_, canonical)| *canonical == name).map(|(gguf, _)| *gguf)
}

/// Divisors of the rotary frequencies: configuration stored as a tensor, the same name on both sides.
pub(super) const ROPE_FACTORS: &str = "rope_freqs.weight";
/// The same of longrope, within the context that the model was first trained with.
pub(super) const ROPE_SHORT: &str = "rope_factors_short.weight";
