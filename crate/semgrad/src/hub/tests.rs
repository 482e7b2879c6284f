//! Repositories whose files are named and sized as publishers of the hub do.

use super::*;
use crate::error::{Code, Error, Result};
use std::collections::BTreeMap;

#[derive(serde::Deserialize)]
struct Case {
    files: BTreeMap<String, u64>,
    /// The first file that is taken, or `folder`.
    takes: Option<String>,
    /// Or else the code of the error …
    fails: Option<String>,
    /// … and a part of its message.
    says: Option<String>,
}

fn cases() -> BTreeMap<String, Case> {
    serde_json::from_str(include_str!("../../../../tests/reference/hub/repositories.json")).unwrap()
}

fn listed<'a>(files: impl IntoIterator<Item = (&'a str, u64)>) -> Vec<Listed> {
    files.into_iter().map(|(path, size)| Listed { path: path.into(), size, sha256: None }).collect()
}

fn of(case: &Case) -> Vec<Listed> {
    listed(case.files.iter().map(|(path, &size)| (path.as_str(), size)))
}

/// Of a repository, by `owner/name:tag`.
fn pick(files: &[Listed], name: &str, wanted: Wanted, room: f64) -> Result<Vec<String>> {
    let (id, tag) = name.split_once(':').map_or((name, None), |(id, tag)| (id, Some(tag.to_owned())));
    let (hub, revision) = ("https://hub.example/".into(), "main".into());
    let repository = Repository { hub, id: id.into(), revision, folder: String::new(), tag };
    choose(files, &repository, wanted, room).map(|choice| match choice.kind {
        Kind::File => choice.parts.into_iter().map(|part| part.path).collect(),
        Kind::Folder => vec!["folder".into()],
    })
}

fn model(files: &[Listed], name: &str) -> Result<Vec<String>> {
    pick(files, name, Wanted::Model, 3e9)
}

#[test]
fn of_each_repository_the_right_files_are_taken() {
    for (id, case) in cases() {
        let found = model(&of(&case), &id);
        if let (Some(code), Some(says)) = (&case.fails, &case.says) {
            let Error { code: found, message, advice } = found.unwrap_err();
            assert_eq!(found.as_str(), code, "{id}");
            assert!(message.contains(says) && !advice.is_empty(), "{id}: {message}");
            continue;
        }
        assert_eq!(found.unwrap().first(), case.takes.as_ref(), "{id}");
        let small = pick(&of(&case), &id, Wanted::Model, 1e6);
        assert_eq!(small.unwrap_err().code, Code::OutOfMemory, "{id}");
    }
}

#[test]
fn a_format_is_found_by_its_name_in_any_case_and_what_fits_less_is_left() {
    let cases = cases();
    let of = |id: &str, tag: &str, room: f64| {
        let name = if tag.is_empty() { id.to_owned() } else { format!("{id}:{tag}") };
        pick(&of(&cases[id]), &name, Wanted::Model, room).map(|parts| parts[0].clone())
    };
    let mixed = "unsloth/Qwen3-1.7B-GGUF";
    for (id, tag, room, expected) in [
        (mixed, "q8_0", 3e9, "Qwen3-1.7B-Q8_0.gguf"),
        (mixed, "ud-q4_k_xl", 3e9, "Qwen3-1.7B-UD-Q4_K_XL.gguf"),
        (mixed, "Q6_K_XL", 3e9, "Qwen3-1.7B-UD-Q6_K_XL.gguf"),
        (mixed, "Qwen3-1.7B-Q5_K_S", 3e9, "Qwen3-1.7B-Q5_K_S.gguf"),
        ("Qwen/Qwen2.5-0.5B-Instruct-GGUF", "F16", 3e9, "qwen2.5-0.5b-instruct-fp16.gguf"),
        ("microsoft/Phi-3-mini-4k-instruct-gguf", "Q4", 3e9, "Phi-3-mini-4k-instruct-q4.gguf"),
        // Who names one takes the risk.
        ("ggml-org/gemma-3-4b-it-GGUF", "f16", 3e9, "gemma-3-4b-it-f16.gguf"),
        (mixed, "", 1.08e9, "Qwen3-1.7B-Q4_K_S.gguf"),
        (mixed, "", 0.8e9, "Qwen3-1.7B-Q2_K.gguf"),
        (mixed, "Q2_K", 3e9, "Qwen3-1.7B-Q2_K.gguf"),
    ] {
        assert_eq!(of(id, tag, room).unwrap(), expected, "{id}:{tag}");
    }
    for (id, tag, code, message, advice) in [
        (mixed, "UD-IQ1_M", Code::UnsupportedFormat, "UD-IQ1_M cannot be read", "Q4_K_M"),
        (mixed, "Q7_K", Code::BadInput, "has no Q7_K", "UD-Q4_K_XL"),
        ("HuggingFaceTB/SmolLM2-360M-Instruct", "Q8_0", Code::BadInput, "has no Q8_0", "leave \":Q8_0\" out"),
    ] {
        let error = of(id, tag, 3e9).unwrap_err();
        assert!(error.code == code && error.message.contains(message) && error.advice.contains(advice), "{error}");
    }
}

#[test]
fn all_parts_of_a_split_file_are_taken_in_their_order_whichever_is_named() {
    let cases = cases();
    let of = |id: &str, tag: &str| model(&of(&cases[id]), &format!("{id}:{tag}"));
    let sharded = "Felladrin/gguf-sharded-Qwen3-0.6B";
    let stem = "Qwen3-0.6B.Q4_K_M.shard";
    let all = [1, 2, 3].map(|number| format!("{stem}-0000{number}-of-00003.gguf"));
    for tag in ["Q4_K_M", stem, &all[0], &all[2]] {
        assert_eq!(of(sharded, tag).unwrap(), all, "{tag}");
    }
    let folder = "Q4_K_M/gemma-3-270m-it-Q4_K_M";
    let two = [1, 2].map(|number| format!("{folder}-0000{number}-of-00002.gguf"));
    for tag in ["q4_k_m", folder, "gemma-3-270m-it-Q4_K_M", &two[1]] {
        assert_eq!(of("unsloth/gemma-3-270m-it-GGUF", tag).unwrap(), two, "{tag}");
    }
    let both = "Qwen/Qwen2.5-3B-Instruct-GGUF";
    assert_eq!(of(both, "Q4_K_M").unwrap(), ["qwen2.5-3b-instruct-q4_k_m.gguf"]);
    assert_eq!(of(both, "qwen2.5-3b-instruct-q4_k_m-00002-of-00002.gguf").unwrap().len(), 2);
    let error = of(sharded, "Q8_0").unwrap_err();
    assert_eq!(error.code, Code::BadInput);
    assert!(error.message.contains("Qwen3-0.6B.Q8_0.shard-00002-of-00002.gguf is missing"), "{error}");
    assert_eq!(error.advice, "Take one of IQ4_XS, Q4_K_M.");
}

#[test]
fn of_two_models_in_one_repository_neither_is_guessed() {
    let files = listed(["a-Q4_K_M.gguf", "b-Q4_K_M.gguf", "b-Q8_0.gguf"].map(|path| (path, 1)));
    for name in ["o/r", "o/r:q4_k_m"] {
        let error = model(&files, name).unwrap_err();
        assert_eq!(error.code, Code::BadInput);
        assert!(error.message.contains("a-Q4_K_M.gguf, b-Q4_K_M.gguf"), "{error}");
        assert!(error.advice.contains("o/r:a-Q4_K_M.gguf"), "{error}");
    }
    assert_eq!(model(&files, "o/r:b-Q4_K_M.gguf").unwrap(), ["b-Q4_K_M.gguf"]);
    assert_eq!(model(&files, "o/r:Q8_0").unwrap(), ["b-Q8_0.gguf"]);
}

#[test]
fn adapters_and_encoders_are_looked_for_by_what_they_are() {
    let peft = listed([("adapter_config.json", 800), ("adapter_model.safetensors", 4_000_000), ("README.md", 5)]);
    let encoder = listed([("config.json", 600), ("tokenizer.json", 500_000), ("model.safetensors", 90_000_000)]);
    let gguf = listed([("Qwen3-lora-f16.gguf", 4_000_000)]);
    let get = |files: &[Listed], wanted| pick(files, "o/r", wanted, 3e9).map(|parts| parts.join(" "));
    assert_eq!(get(&peft, Wanted::Adapter).unwrap(), "folder");
    assert_eq!(get(&gguf, Wanted::Adapter).unwrap(), "Qwen3-lora-f16.gguf");
    assert_eq!(get(&encoder, Wanted::Encoder).unwrap(), "folder");
    for (files, wanted, what) in [
        (&peft, Wanted::Model, "an adapter (LoRA)"),
        (&gguf, Wanted::Model, "an adapter (LoRA)"),
        (&peft, Wanted::Encoder, "an adapter (LoRA)"),
        (&encoder, Wanted::Adapter, "safetensors"),
        (&gguf, Wanted::Encoder, "an adapter (LoRA)"),
    ] {
        let error = get(files, wanted).unwrap_err();
        assert!(error.code == Code::UnsupportedFormat && error.message.contains(what), "{error}");
    }
}

#[test]
fn names_of_files_can_be_anything() {
    for path in
        ["", ".gguf", "é.gguf", "-.gguf", "a/b/.gguf", "-00001-of-00002.gguf", "ü-00001-of-00002.gguf", "q4_0.GGUF"]
    {
        for wanted in [Wanted::Model, Wanted::Adapter, Wanted::Encoder] {
            let _ = pick(&listed([(path, 1)]), "o/r", wanted, 3e9);
            let _ = pick(&listed([(path, 1)]), "o/r:é", wanted, 3e9);
        }
    }
}
