//! Files that people give instead of a model.

use super::*;
use crate::weights::checkpoint::Checkpoint;
use crate::weights::encoder::EncoderCheckpoint;
use crate::weights::gguf::writer::Writer;
use std::rc::Rc;

const POINTER: &str = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a21\nsize 270590880\n";

fn file(name: &str, bytes: &[u8]) -> ModelFile {
    ModelFile { name: name.to_owned(), source: Rc::new(bytes.to_vec()) }
}

fn error_of(files: Vec<ModelFile>) -> Error {
    pollster::block_on(Checkpoint::open(files)).err().unwrap()
}

/// The bytes of a zip archive whose first entry has this name.
fn zip(entry: &str) -> Vec<u8> {
    [b"PK\x03\x04".as_slice(), &[0; 22], &(entry.len() as u16).to_le_bytes(), &[0; 2], entry.as_bytes(), &[1; 40]]
        .concat()
}

/// Each under the three names that it may come with.
#[test]
fn other_files_are_named_for_what_they_are() {
    let long = b"Access to model a/b is restricted. ".repeat(40);
    let cases: [(&[u8], &str); 22] = [
        (b"LITERTLM\x01\x00\x00\x00\x00\x00\x00\x00", "a LiteRT-LM model"),
        (b"\xd2\x00\x00\x00\x13\x00\x00\x00blk.0.attn_q.weight\x05\x00\x00\x00\x00\x03", "an importance matrix"),
        (b"", "an empty file"),
        (&[0; 4096], "zeros"),
        (POINTER.as_bytes(), "git-lfs pointer"),
        (b"\xef\xbb\xbf<!DOCTYPE html><html lang=en>", "a web page"),
        (b"\n <html><head><title>404</title>", "a web page"),
        (b"<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code>", "a web page"),
        (br#"{"error": "Repository not found"}"#, "JSON"),
        (b"Entry not found", "`Entry not found`"),
        (&long, "`Access to model"),
        (&zip("archive/data.pkl"), "a PyTorch checkpoint"),
        (&zip("model/readme.txt"), "a zip archive"),
        (b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.", "a Python pickle"),
        (b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", "a gzip archive"),
        (b"tjgg\x03\x00\x00\x00\x00\x7d\x00\x00\x00\x10\x00\x00", "GGJT"),
        (b"lmgg\x00\x7d\x00\x00\x00\x10\x00\x00", "GGML"),
        (b"algg\x01\x00\x00\x00\x10\x00\x00\x00", "a LoRA adapter"),
        (b"\x08\x08\x12\x07pytorch\x1a\x052.1.0\x3a\xf0", "an ONNX model"),
        (b"\x1c\x00\x00\x00TFL3\x14\x00\x20\x00", "a TensorFlow Lite model"),
        (b"\x89HDF\r\n\x1a\n\x00\x00\x00\x00\x00\x08", "Keras"),
        (b"7z\xbc\xaf\x27\x1c\x00\x04", "a 7z archive"),
    ];
    for (bytes, part) in cases {
        let config = || file("config.json", br#"{"model_type": "llama"}"#);
        for (files, name) in [
            (vec![file("model.gguf", bytes)], "model.gguf"),
            (vec![file("model", bytes)], "model"),
            (vec![config(), file("model.safetensors", bytes)], "model.safetensors"),
        ] {
            // A safetensors file that is too short to say anything is cut.
            if name == "model.safetensors" && (bytes.len() < 8 || bytes == [0; 4096]) {
                continue;
            }
            let e = error_of(files);
            assert!(e.code == Code::UnsupportedFormat && e.message.contains(part), "{name}: {e}");
            assert!(e.message.starts_with(name), "{name}: {e}");
        }
    }
}

#[test]
fn what_cannot_be_told_is_not_guessed() {
    for bytes in [&[0xfe, 0xdc, 0xba, 0x98, 1, 2, 3, 4, 5, 6, 7, 8][..], b"GGU\x00abc\x01", b"abc\x00def"] {
        assert_eq!(recognize(bytes), None, "{bytes:?}");
    }
    // A letter of several bytes may be cut at the end of what is looked at.
    let text = "é".repeat(HEAD);
    assert!(recognize(&text.as_bytes()[..HEAD]).unwrap().0.contains("a text"));
    assert!(recognize(&text.as_bytes()[1..HEAD]).is_none());
}

#[test]
fn a_pointer_may_stand_for_any_file_of_a_folder() {
    for name in ["config.json", "tokenizer.json", "tokenizer_config.json", "chat_template.jinja"] {
        let mut files = vec![file("config.json", br#"{"model_type": "llama"}"#)];
        files.retain(|f| f.name != name);
        files.push(file(name, POINTER.as_bytes()));
        let e = error_of(files);
        assert_eq!(e.code, Code::UnsupportedFormat, "{e}");
        assert!(e.message.starts_with(name) && e.advice.contains("git lfs pull"), "{e}");
    }
    let index = br#"{"weight_map": {"model.norm.weight": "a.safetensors"}}"#;
    for pointed in ["a.safetensors", "model.safetensors.index.json"] {
        let mut files = vec![file("config.json", b"{}"), file("a.safetensors", POINTER.as_bytes())];
        let index = if pointed == "a.safetensors" { &index[..] } else { POINTER.as_bytes() };
        files.push(file("model.safetensors.index.json", index));
        let e = error_of(files);
        assert!(e.message.starts_with(pointed) && e.message.contains("git-lfs pointer"), "{e}");
    }
    let files = vec![file("config.json", b"{}"), file("tokenizer.json", POINTER.as_bytes())];
    let e = pollster::block_on(EncoderCheckpoint::open(files)).err().unwrap();
    assert!(e.code == Code::UnsupportedFormat && e.message.starts_with("tokenizer.json"), "{e}");
}

/// A safetensors file of single bytes under these names.
fn safetensors(names: &[&str]) -> Vec<u8> {
    let entry =
        |(i, name): (usize, &&str)| format!(r#""{name}":{{"dtype":"U8","shape":[1],"data_offsets":[{i},{}]}}"#, i + 1);
    let header = format!("{{{}}}", names.iter().enumerate().map(entry).collect::<Vec<_>>().join(","));
    [&(header.len() as u64).to_le_bytes(), header.as_bytes(), &vec![0; names.len()]].concat()
}

#[test]
fn an_adapter_is_not_damaged() {
    let weights = safetensors(&["base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight"]);
    let adapter = br#"{"peft_type": "LORA", "base_model_name_or_path": "org/base-135M"}"#;
    let config = || file("config.json", br#"{"model_type": "llama"}"#);
    for files in [
        vec![file("adapter_config.json", adapter), file("adapter_model.safetensors", &weights)],
        vec![file("x/adapter_config.json", adapter), file("x/adapter_model.bin", b"\x80\x02")],
        vec![config(), file("adapter_config.json", adapter), file("adapter_model.safetensors", &weights)],
    ] {
        let e = error_of(files);
        assert!(e.code == Code::UnsupportedFormat && e.message.contains("LoRA adapter of `org/base-135M`"), "{e}");
        assert!(e.advice.contains("base model"), "{e}");
    }
    let other = br#"{"peft_type": "IA3", "base_model_name_or_path": ""}"#;
    let e = error_of(vec![file("adapter_config.json", other)]);
    assert!(e.code == Code::UnsupportedFormat && e.message.contains("an adapter (IA3), not a whole model"), "{e}");
    for files in [
        vec![file("adapter_model.safetensors", &weights)],
        vec![file("mine.safetensors", &weights)],
        vec![config(), file("adapter_model.safetensors", &weights)],
        vec![config(), file("model.safetensors", &weights)],
    ] {
        let e = error_of(files);
        assert!(e.code == Code::UnsupportedFormat && e.message.contains("LoRA adapter"), "{e}");
    }
}

#[test]
fn weights_of_other_libraries_are_named() {
    let config = || file("config.json", br#"{"model_type": "llama"}"#);
    for (name, part) in [
        ("pytorch_model.bin", "PyTorch"),
        ("pytorch_model.bin.index.json", "PyTorch"),
        ("consolidated.00.pth", "PyTorch"),
        ("model.onnx", "ONNX"),
        ("tf_model.h5", "Keras"),
        ("flax_model.msgpack", "Flax"),
        ("params_shard_0.bin", "MLC"),
    ] {
        let e = error_of(vec![config(), file(name, &[1; 40])]);
        assert!(e.code == Code::UnsupportedFormat && e.message.contains(part) && e.message.contains(name), "{e}");
    }
    let alone = error_of(vec![file("model.safetensors", &safetensors(&["model.norm.weight"]))]);
    assert!(alone.code == Code::UnsupportedFormat && alone.advice.contains("config.json"), "{alone}");
    let other = error_of(vec![config(), file("mine.safetensors", &safetensors(&["model.norm.weight"]))]);
    assert!(other.code == Code::BadInput && other.message.contains("`mine.safetensors`"), "{other}");
    let gguf =
        pollster::block_on(EncoderCheckpoint::open(vec![file("m.gguf", b"GGUF\x03\x00\x00\x00")])).err().unwrap();
    assert!(gguf.code == Code::UnsupportedFormat && gguf.message.contains("a GGUF file"), "{gguf}");
}

#[test]
fn packed_safetensors_are_named() {
    // One byte in F8 under this name.
    let f8 = |name: &str| {
        let file = safetensors(&[name]);
        let header = String::from_utf8(file[8..].to_vec()).unwrap().replace("\"U8\"", "\"F8_E4M3\"");
        [&(header.len() as u64 - 1).to_le_bytes(), header.as_bytes()].concat()
    };
    let llama = serde_json::json!({
        "model_type": "llama", "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1, "vocab_size": 1,
        "intermediate_size": 8, "max_position_embeddings": 8,
    });
    let with = |key: &str, value: serde_json::Value| {
        let mut config = llama.clone();
        config[key] = value;
        config.to_string()
    };
    let norm = "model.layers.0.post_attention_layernorm.weight";
    let plain = || safetensors(&["model.embed_tokens.weight", norm]);
    let named = |tensor: &str| safetensors(&["model.embed_tokens.weight", norm, tensor]);
    let method = |name: &str| with("quantization_config", serde_json::json!({"quant_method": name}));
    for (config, weights, parts) in [
        (method("awq"), plain(), ["`quantization_config`", "`awq`"]),
        (method("gptq"), plain(), ["`quantization_config`", "`gptq`"]),
        (method("bitsandbytes"), plain(), ["`quantization_config`", "`bitsandbytes`"]),
        (method("compressed-tensors"), plain(), ["`quantization_config`", "`compressed-tensors`"]),
        (method("fp8"), plain(), ["`quantization_config`", "`fp8`"]),
        (with("quantization", serde_json::json!({"bits": 4})), plain(), ["`quantization`", "packed"]),
        (
            with("text_config", serde_json::json!({"quantization_config": {}})),
            plain(),
            ["`quantization_config`", "packed"],
        ),
        // Where the configuration is silent, names and formats of tensors tell.
        (llama.to_string(), named("model.layers.0.mlp.up_proj.qweight"), ["qweight`", "GPTQ or AWQ"]),
        (
            llama.to_string(),
            named("model.layers.0.mlp.up_proj.weight_packed"),
            ["weight_packed`", "compressed-tensors"],
        ),
        (llama.to_string(), named("model.layers.0.mlp.up_proj.weight.absmax"), ["absmax`", "bitsandbytes"]),
        (llama.to_string(), named("model.layers.0.mlp.up_proj.scales"), ["scales`", "MLX"]),
        (llama.to_string(), named("model.layers.0.mlp.up_proj.weight_scale"), ["weight_scale`", "FP8"]),
        (llama.to_string(), f8("model.embed_tokens.weight"), ["model.embed_tokens.weight`", "F8_E4M3"]),
    ] {
        let e = error_of(vec![file("config.json", config.as_bytes()), file("model.safetensors", &weights)]);
        assert!(e.code == Code::UnsupportedFormat && e.advice.contains("GGUF"), "{e}");
        assert!(parts.iter().all(|part| e.message.contains(part)), "{parts:?}: {e}");
    }
    let bert = br#"{"model_type": "bert", "quantization_config": {"quant_method": "torchao"}}"#;
    let files = vec![file("config.json", bert), file("tokenizer.json", b"{}")];
    let e = pollster::block_on(EncoderCheckpoint::open(files)).err().unwrap();
    assert!(e.code == Code::UnsupportedFormat && e.message.contains("`torchao`"), "{e}");
}

/// In a folder and in a GGUF file.
#[test]
fn other_architectures_are_named_for_what_they_are() {
    for (name, what, advice) in [
        ("bert", "an encoder", "as an engine"),
        ("nomic-bert", "an encoder", "as an engine"),
        ("gemma-embedding", "an encoder", "as an engine"),
        ("qwen3moe", "a mixture of experts", "Supported are"),
        ("mamba2", "a recurrent model", "Supported are"),
        ("qwen3next", "a hybrid", "Supported are"),
        ("qwen2vl", "besides text", "text model"),
        ("gpt2", "`gpt2`", "Supported are"),
    ] {
        let gguf = Writer::default().text("general.architecture", name).tensor("a", &[1], 0, vec![0; 4]).finish();
        let config = format!(r#"{{"model_type": "{name}"}}"#);
        let weights = safetensors(&["model.norm.weight"]);
        for files in [
            vec![file("m.gguf", &gguf)],
            vec![file("config.json", config.as_bytes()), file("model.safetensors", &weights)],
        ] {
            let e = error_of(files);
            assert!(e.code == Code::UnsupportedArchitecture && e.message.contains(what), "{e}");
            assert!(e.advice.contains(advice), "{e}");
        }
    }
    // A decoder by its architecture, made to embed.
    let gguf = Writer::default().text("general.architecture", "qwen2").count("qwen2.pooling_type", 3);
    let e = error_of(vec![file("m.gguf", &gguf.tensor("a", &[1], 0, vec![0; 4]).finish())]);
    assert!(e.code == Code::UnsupportedArchitecture && e.message.contains("embed"), "{e}");
}
