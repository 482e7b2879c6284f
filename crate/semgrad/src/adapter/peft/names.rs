//! Names of tensors in an adapter, `base_model.model.{layer}.lora_A.weight`, and what trainers make of them.

use crate::adapter::halves::Side;
use crate::adapter::refuse::unsupported;
use crate::error::Result;
use crate::weights::folder::names::DECODERS;

/// What compilers, distributed training and checkpointing put between the parts of a name.
const WRAPPERS: [&str; 4] = ["module", "_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module"];

/// What a tensor is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// The layer as PEFT calls it, which `rank_pattern` and `alpha_pattern` are compared with.
    pub path: String,
    /// Its canonical name; the path where it is no layer of a decoder.
    pub layer: String,
    pub side: Side,
}

/// What the tensor of this name is.
pub(super) fn part(name: &str) -> Result<Part> {
    let parts: Vec<&str> = name.split('.').filter(|part| !WRAPPERS.contains(part)).collect();
    let refused = |what: &str| Err(unsupported(format!("the adapter holds `{name}`: {what}")));
    let Some(at) = parts.iter().position(|part| part.starts_with("lora_")) else {
        return refused("weights that were trained beside LoRA are not supported");
    };
    let side = match parts[at] {
        "lora_A" => Side::A,
        "lora_B" => Side::B,
        "lora_embedding_A" | "lora_embedding_B" => return refused("changes of the embedding are not supported"),
        "lora_magnitude_vector" => return refused("DoRA, which also changes the length of weights, is not supported"),
        _ => return refused("it is neither A nor B of LoRA"),
    };
    // In a model's own state the adapter's name stands between.
    match parts[at + 1..] {
        ["weight"] | [_, "weight"] => {}
        ["bias"] | [_, "bias"] => return refused("biases that were trained with B are not supported"),
        _ => return refused("it is neither A nor B of LoRA"),
    }
    let path = match &parts[..at] {
        ["base_model", "model", path @ ..] | ["base_model", path @ ..] | path => path.join("."),
    };
    let layer = canonical(&path).unwrap_or_else(|| path.clone());
    Ok(Part { path, layer, side })
}

/// The canonical name of a decoder's layer.
fn canonical(path: &str) -> Option<String> {
    DECODERS.iter().find_map(|root| Some(format!("model.layers.{}", path.strip_prefix(root)?.strip_prefix("layers.")?)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_has_one_name_whatever_wraps_it() {
        let layer = "model.layers.3.self_attn.q_proj";
        for (name, path) in [
            ("base_model.model.model.layers.3.self_attn.q_proj.lora_A.weight", layer),
            ("base_model.model.model.layers.3.self_attn.q_proj.lora_A.default.weight", layer),
            ("model.layers.3.self_attn.q_proj.lora_A.weight", layer),
            ("base_model.model.layers.3.self_attn.q_proj.lora_A.weight", "layers.3.self_attn.q_proj"),
            (
                "base_model.model.model.language_model.layers.3.self_attn.q_proj.lora_A.weight",
                "model.language_model.layers.3.self_attn.q_proj",
            ),
            (
                "base_model.model.language_model.model.layers.3.self_attn.q_proj.lora_A.weight",
                "language_model.model.layers.3.self_attn.q_proj",
            ),
            ("_orig_mod.base_model.model.model.layers.3.self_attn.q_proj.lora_A.weight", layer),
            ("module.base_model.model.model.layers.3._fsdp_wrapped_module.self_attn.q_proj.lora_A.weight", layer),
        ] {
            let expected = Part { path: path.to_owned(), layer: layer.to_owned(), side: Side::A };
            assert_eq!(part(name).unwrap(), expected, "{name}");
        }
        assert_eq!(part("base_model.model.lm_head.lora_B.weight").unwrap().layer, "lm_head");
        // Layers of another part of the model are not taken for the decoder's.
        let vision = part("base_model.model.vision_tower.encoder.layers.0.self_attn.q_proj.lora_B.weight").unwrap();
        assert_eq!(vision.layer, vision.path);
    }

    #[test]
    fn what_is_neither_a_nor_b_is_refused() {
        for (name, part_of_error) in [
            ("base_model.model.model.layers.0.self_attn.q_proj.lora_magnitude_vector", "DoRA"),
            ("base_model.model.model.layers.0.self_attn.q_proj.lora_magnitude_vector.default.weight", "DoRA"),
            ("base_model.model.model.embed_tokens.lora_embedding_A", "the embedding"),
            ("base_model.model.model.layers.0.self_attn.q_proj.lora_B.bias", "biases"),
            ("base_model.model.model.layers.0.self_attn.q_proj.lora_diag", "neither A nor B"),
            ("base_model.model.model.layers.0.self_attn.q_proj.lora_A", "neither A nor B"),
            ("base_model.model.model.layers.0.input_layernorm.weight", "beside LoRA"),
            ("base_model.model.lm_head.weight", "beside LoRA"),
            ("", "beside LoRA"),
        ] {
            let e = part(name).unwrap_err();
            assert!(e.message.contains(part_of_error) && e.message.contains(name), "{name}: {e}");
        }
    }
}
