//! Files that people give instead of a model.

use super::*;
use crate::weights::checkpoint::Checkpoint;
use crate::weights::encoder::EncoderCheckpoint;
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
    let cases: [(&[u8], &str); 20] = [
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
