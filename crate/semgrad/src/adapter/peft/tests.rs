//! PEFT folders as trainers leave them, refused ones, and damaged ones.

use super::*;
use crate::adapter::fixtures::{config, drawn, error, file, files, open};
use crate::weights::config::ModelConfig;
use ::safetensors::SafeTensors;
use ::safetensors::tensor::{Dtype, TensorView, serialize};
use proptest::prelude::*;
use serde_json::Value;

/// The files of an adapter of a model whose files hold every layer by itself.
fn write(adapter: &Adapter) -> Result<[(&'static str, Vec<u8>); 2]> {
    super::write(adapter, &config("llama_tied"))
}

/// A folder that is written, with changes of its configuration.
fn folder(adapter: &Adapter, edit: impl Fn(&mut Value)) -> Vec<ModelFile> {
    let [(_, config), (_, weights)] = write(adapter).unwrap();
    let mut config: Value = serde_json::from_slice(&config).unwrap();
    edit(&mut config);
    vec![file(ADAPTER, config.to_string()), file(ADAPTER_WEIGHTS, weights)]
}

fn small(config: &ModelConfig) -> Adapter {
    drawn(config, 2, 4.0, |name| name.starts_with("model.layers.1.self_attn."))
}

#[test]
fn the_configuration_says_what_peft_asks_for() {
    let config = config("llama_tied");
    let said = |adapter: &Adapter| -> Value {
        let [(name, bytes), _] = write(adapter).unwrap();
        assert_eq!(name, "adapter_config.json");
        serde_json::from_slice(&bytes).unwrap()
    };
    let mut adapter = drawn(&config, 2, 4.0, |name| {
        (name.contains(".2.") || name.contains(".3.")) && (name.ends_with("q_proj") || name.ends_with("v_proj"))
    });
    adapter.about.dropout = 0.05;
    let found = said(&adapter);
    for (key, expected) in [
        ("peft_type", serde_json::json!("LORA")),
        ("task_type", serde_json::json!("CAUSAL_LM")),
        ("base_model_name_or_path", serde_json::json!("org/base-135M")),
        ("r", serde_json::json!(2)),
        ("lora_alpha", serde_json::json!(4)),
        ("lora_dropout", serde_json::json!(0.05)),
        ("target_modules", serde_json::json!(["q_proj", "v_proj"])),
        ("layers_to_transform", serde_json::json!([2, 3])),
        ("rank_pattern", serde_json::json!({})),
        ("alpha_pattern", serde_json::json!({})),
        ("bias", serde_json::json!("none")),
        ("inference_mode", serde_json::json!(true)),
    ] {
        assert_eq!(found[key], expected, "{key}");
    }
    // Not the same parts everywhere: whole names.
    adapter.pairs.remove("model.layers.2.self_attn.v_proj");
    let found = said(&adapter);
    assert_eq!(found["layers_to_transform"], Value::Null);
    assert_eq!(
        found["target_modules"],
        serde_json::json!([
            "model.layers.2.self_attn.q_proj",
            "model.layers.3.self_attn.q_proj",
            "model.layers.3.self_attn.v_proj"
        ])
    );
}

#[test]
fn weights_are_as_the_library_reads_them() {
    let config = config("qwen2_tied");
    let adapter = small(&config);
    let [_, (name, bytes)] = write(&adapter).unwrap();
    assert_eq!(name, "adapter_model.safetensors");
    let (_, header) = SafeTensors::read_metadata(&bytes).unwrap();
    let notes = header.metadata().clone().unwrap();
    assert_eq!((notes["format"].as_str(), Some(&notes[BASE])), ("pt", adapter.about.base.as_ref()));
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    assert_eq!(tensors.len(), 2 * adapter.pairs.len());
    for (layer, pair) in &adapter.pairs {
        let b = tensors.tensor(&format!("base_model.model.{layer}.lora_B.weight")).unwrap();
        assert_eq!((b.dtype(), b.shape()), (Dtype::F32, [pair.outputs, pair.rank].as_slice()));
        assert_eq!(b.data(), crate::adapter::data::bytes(&pair.b));
    }
}

#[test]
fn ranks_and_alphas_of_their_own_come_back() {
    let config = config("llama_tied");
    let mut adapter = small(&config);
    let wide = drawn(&config, 5, 4.0, |name| name == "model.layers.1.self_attn.v_proj");
    adapter.pairs.extend(wide.pairs);
    adapter.pairs.get_mut("model.layers.1.self_attn.k_proj").unwrap().scale = 0.7;
    let found = open(folder(&adapter, |_| {}), &config).unwrap();
    assert_eq!(found, adapter);
    // One α for all is all that GGUF can say.
    let e = crate::adapter::gguf::write(&adapter, &config).unwrap_err();
    assert!(
        e.code == Code::UnsupportedFormat && e.message.contains("self_attn.k_proj") && e.advice.contains("PEFT"),
        "{e}"
    );
}

#[test]
fn patterns_are_ends_of_names_and_the_first_counts() {
    let config = config("llama_tied");
    let adapter = small(&config);
    let scales = |pattern: &str| {
        let pattern: Value = serde_json::from_str(pattern).unwrap();
        let found = open(folder(&adapter, |config| config["alpha_pattern"] = pattern.clone()), &config).unwrap();
        let scale = |part: &str| found.pairs[&format!("model.layers.1.self_attn.{part}")].scale;
        ["q_proj", "v_proj"].map(scale)
    };
    assert_eq!(scales("{}"), [2.0, 2.0]);
    assert_eq!(scales(r#"{"q_proj": 8}"#), [4.0, 2.0]);
    assert_eq!(scales(r#"{"1.self_attn.q_proj": 8, "q_proj": 16, "v_proj": 1}"#), [4.0, 0.5]);
    assert_eq!(scales(r#"{"model.layers.1.self_attn.q_proj": 0.5}"#), [0.25, 2.0]);
    // No whole part of a name.
    assert_eq!(scales(r#"{"proj": 8, "attn.q_proj": 8, "layers.1": 8}"#), [2.0, 2.0]);
    for key in ["^model.layers.1.self_attn.q_proj", r".*\.q_proj", "(q|v)_proj", "q_proj$"] {
        for pattern in ["alpha_pattern", "rank_pattern"] {
            let e = error(folder(&adapter, |config| config[pattern] = serde_json::json!({ key: 2 })), &config);
            assert!(e.code == Code::UnsupportedFormat && e.message.contains(key) && e.message.contains(pattern), "{e}");
        }
    }
    let e = error(folder(&adapter, |config| config["alpha_pattern"] = serde_json::json!({ "q_proj": "x" })), &config);
    assert_eq!(e.code, Code::CorruptWeights, "{e}");
}

#[test]
fn rank_stabilized_scales_are_read() {
    let config = config("llama_tied");
    let found = open(folder(&small(&config), |config| config["use_rslora"] = Value::Bool(true)), &config).unwrap();
    let scale = (4.0 / 2_f64.sqrt()) as f32;
    assert!(found.pairs.values().all(|pair| (pair.scale - scale).abs() < 1e-6), "{:?}", found.about);
    // Written again, it is α/r.
    let again: Value = serde_json::from_slice(&write(&found).unwrap()[0].1).unwrap();
    assert_eq!(again["use_rslora"], Value::Bool(false));
    assert!((again["lora_alpha"].as_f64().unwrap() - 4.0 * 2_f64.sqrt()).abs() < 1e-6);
}

#[test]
fn what_asks_for_more_than_lora_is_refused_by_name() {
    let config = config("llama_tied");
    let adapter = small(&config);
    for (key, value, named) in [
        ("peft_type", r#""IA3""#, "IA3"),
        ("peft_type", r#""ADALORA""#, "ADALORA"),
        ("bias", r#""lora_only""#, "lora_only"),
        ("use_dora", "true", "DoRA"),
        ("modules_to_save", r#"["lm_head"]"#, "modules_to_save"),
        ("lora_bias", "true", "lora_bias"),
        ("fan_in_fan_out", "true", "fan_in_fan_out"),
        ("trainable_token_indices", "[1]", "trainable_token_indices"),
        ("target_parameters", r#"["mlp.experts.gate_up_proj"]"#, "mixtures of experts"),
        ("layer_replication", "[[0, 2], [1, 3]]", "layer_replication"),
        ("alora_invocation_tokens", "[1, 2]", "activated LoRA"),
        ("use_qalora", "true", "QA-LoRA"),
        ("kasa_config", r#"{"beta": 1}"#, "KaSA"),
        ("init_lora_weights", r#""pissa_niter_4""#, "pissa_niter_4"),
        ("init_lora_weights", r#""olora""#, "olora"),
    ] {
        let value: Value = serde_json::from_str(value).unwrap();
        let e = error(folder(&adapter, |config| config[key] = value.clone()), &config);
        assert!(
            e.code == Code::UnsupportedFormat && e.message.contains(named) && e.message.contains(key),
            "{key}: {e}"
        );
        assert!(e.advice.contains("merge_and_unload"), "{e}");
    }
    // What is said only to be switched off, or concerns training alone.
    for (key, value) in [
        ("use_dora", "false"),
        ("modules_to_save", "[]"),
        ("trainable_token_indices", "null"),
        ("init_lora_weights", r#""gaussian""#),
        ("loftq_config", "{}"),
        ("megatron_core", r#""megatron.core""#),
        ("peft_version", r#""0.21.2""#),
    ] {
        let value: Value = serde_json::from_str(value).unwrap();
        let found = open(folder(&adapter, |config| config[key] = value.clone()), &config);
        assert_eq!(found.as_ref(), Ok(&adapter), "{key}");
    }
}

/// The tensors of an adapter under other names.
fn renamed(adapter: &Adapter, name: impl Fn(&str) -> String) -> Vec<ModelFile> {
    let [(_, config), (_, weights)] = write(adapter).unwrap();
    let tensors = SafeTensors::deserialize(&weights).unwrap();
    let views: Vec<(String, TensorView)> =
        tensors.tensors().into_iter().map(|(old, view)| (name(&old), view)).collect();
    vec![file(ADAPTER, config), file(ADAPTER_WEIGHTS, serialize(views, None).unwrap())]
}

#[test]
fn other_prefixes_and_names_of_adapters_are_read() {
    let config = config("llama_tied");
    let adapter = small(&config);
    for (from, to) in [
        (".lora_", ".lora_"),
        ("base_model.model.", ""),
        ("base_model.model.model.", "base_model.model."),
        ("base_model.", "module.base_model."),
        ("_A.weight", "_A.default.weight"),
        (".self_attn.", "._orig_mod.self_attn."),
    ] {
        let found = open(renamed(&adapter, |name| name.replace(from, to)), &config).unwrap();
        assert_eq!(found.pairs, adapter.pairs, "{from} {to}");
        assert_eq!(found.about.base, None);
    }
    let mut folder = renamed(&adapter, str::to_owned);
    folder.iter_mut().for_each(|file| file.name = format!("my adapter/{}", file.name));
    folder.push(file("my adapter/checkpoint-8/adapter_config.json", "{"));
    assert_eq!(open(folder, &config).unwrap().pairs, adapter.pairs);
}

#[test]
fn tensors_that_do_not_fit_are_named() {
    let config = config("llama_tied");
    let adapter = small(&config);
    let q = "model.layers.1.self_attn.q_proj";
    type Rename<'a> = &'a dyn Fn(&str) -> String;
    let cases: [(Rename, Code, &str); 5] = [
        (
            &|name| name.replace("1.self_attn.q_proj.lora_A", "1.self_attn.o_proj.lora_embedding_A"),
            Code::UnsupportedFormat,
            "embedding",
        ),
        (&|name| name.replace("self_attn.q_proj", "self_attn.q_norm"), Code::BadInput, "self_attn.q_norm"),
        (&|name| name.replace("model.layers.1.self_attn.q_proj", "lm_head"), Code::UnsupportedFormat, "the head"),
        (&|name| name.replace("q_proj.lora_A.weight", "q_proj.lora_magnitude_vector"), Code::UnsupportedFormat, "DoRA"),
        (&|name| name.replace("q_proj.lora_A", "extra.lora_A"), Code::CorruptWeights, "only one of A and B"),
    ];
    for (rename, code, part) in cases {
        let e = error(renamed(&adapter, rename), &config);
        assert!(e.code == code && e.message.contains(part), "{part}: {e}");
    }
    // Two adapters in one file.
    let [(_, json), (_, weights)] = write(&adapter).unwrap();
    let tensors = SafeTensors::deserialize(&weights).unwrap();
    let twice = tensors.tensors().into_iter().flat_map(|(name, view)| {
        ["default", "other"].map(|adapter| (name.replace(".weight", &format!(".{adapter}.weight")), view.clone()))
    });
    let e = error(vec![file(ADAPTER, json.clone()), file(ADAPTER_WEIGHTS, serialize(twice, None).unwrap())], &config);
    assert!(e.code == Code::CorruptWeights && e.message.contains("more than one adapter"), "{e}");

    let e = error(folder(&adapter, |config| config["r"] = Value::from(8)), &config);
    assert!(e.code == Code::CorruptWeights && e.message.contains("says rank 8") && e.message.contains("rank 2"), "{e}");
    let bytes = vec![0; 4 * 64 * 3];
    for (shape, other) in [
        (vec![3, 64], "A of `model.layers.1.self_attn.q_proj` has rank 3"),
        (vec![192], "[192]"),
        (vec![1, 3, 64], "[1, 3, 64]"),
    ] {
        let a = TensorView::new(Dtype::F32, shape, &bytes).unwrap();
        let views = tensors.tensors().into_iter().map(|(name, view)| {
            let replaced = name == format!("base_model.model.{q}.lora_A.weight");
            (name, if replaced { a.clone() } else { view })
        });
        let e =
            error(vec![file(ADAPTER, json.clone()), file(ADAPTER_WEIGHTS, serialize(views, None).unwrap())], &config);
        assert!(e.code == Code::CorruptWeights && e.message.contains(other), "{e}");
    }
}

#[test]
fn half_precision_is_read_and_nothing_that_is_no_number() {
    let config = config("llama_tied");
    let mut adapter = small(&config);
    // Values that all three formats hold.
    adapter
        .pairs
        .values_mut()
        .flat_map(|pair| pair.a.iter_mut().chain(&mut pair.b))
        .for_each(|x| *x = (*x * 8.0).round() / 8.0);
    let [(_, json), (_, weights)] = write(&adapter).unwrap();
    let tensors = SafeTensors::deserialize(&weights).unwrap();
    let stored = |dtype: Dtype, special: Option<f32>| {
        let narrow: Vec<(String, Vec<usize>, Vec<u8>)> = tensors
            .tensors()
            .into_iter()
            .map(|(name, view)| {
                let mut values: Vec<f32> = view.data().as_chunks().0.iter().map(|b| f32::from_le_bytes(*b)).collect();
                values[0] = special.unwrap_or(values[0]);
                let data = values.iter().flat_map(|x| match dtype {
                    Dtype::F16 => half::f16::from_f32(*x).to_le_bytes(),
                    _ => half::bf16::from_f32(*x).to_le_bytes(),
                });
                (name, view.shape().to_vec(), data.collect())
            })
            .collect();
        let views =
            narrow.iter().map(|(name, shape, data)| (name, TensorView::new(dtype, shape.clone(), data).unwrap()));
        vec![file(ADAPTER, json.clone()), file(ADAPTER_WEIGHTS, serialize(views, None).unwrap())]
    };
    for dtype in [Dtype::F16, Dtype::BF16] {
        assert_eq!(open(stored(dtype, None), &config).unwrap().pairs, adapter.pairs, "{dtype:?}");
        for special in [f32::NAN, f32::INFINITY] {
            let e = error(stored(dtype, Some(special)), &config);
            assert!(e.code == Code::CorruptWeights && e.message.contains("NaN or infinity"), "{e}");
        }
    }
}

#[test]
fn a_cut_file_is_an_error_wherever_it_ends() {
    let config = config("llama_tied");
    let [(_, json), (_, weights)] = write(&small(&config)).unwrap();
    for length in (0..weights.len()).step_by(61) {
        let e = error(vec![file(ADAPTER, json.clone()), file(ADAPTER_WEIGHTS, weights[..length].to_vec())], &config);
        assert_eq!(e.code, Code::CorruptWeights, "{length}: {e}");
    }
    // The last byte is the end of the line.
    for length in 0..json.len() - 1 {
        let e = error(vec![file(ADAPTER, json[..length].to_vec()), file(ADAPTER_WEIGHTS, weights.clone())], &config);
        assert_eq!(e.code, Code::CorruptWeights, "{length}: {e}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is written over either file, opening ends with an adapter that fits, or with a typed error.
    #[test]
    fn damaged_folders_never_panic(changes in prop::collection::vec((any::<bool>(), any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let config = config("llama_tied");
        let mut written = write(&small(&config)).unwrap();
        for (weights, at, byte) in changes {
            // Most of what can be understood otherwise stands at the beginning.
            let bytes = &mut written[usize::from(weights)].1;
            let length = bytes.len().min(1500);
            bytes[at.index(length)] = byte;
        }
        match open(files(&written), &config) {
            Ok(adapter) => prop_assert_eq!(adapter.check(&config, None), Ok(())),
            Err(e) => prop_assert!(e.code != Code::Internal, "{}", e),
        }
    }
}
