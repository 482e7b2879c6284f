//! Models by their names, from a folder of this test's own. No test here reaches a network: the only proxy is one that
//! nobody answers at.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What stands in a cache: `semgrad/models` with these files of these sizes.
fn cache(name: &str, files: &[(&str, u64)]) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("semgrad-models-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let models = folder.join("semgrad/models");
    std::fs::create_dir_all(&models).unwrap();
    for (file, size) in files {
        // Without taking that much of the disk.
        std::fs::File::create(models.join(file)).unwrap().set_len(*size).unwrap();
    }
    folder
}

fn ask(cache: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_semgrad"));
    command.current_dir(cache).env("XDG_CACHE_HOME", cache).args(["ask", "--device", "cpu"]).args(more);
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        command.env(name, "http://127.0.0.1:1");
    }
    for name in ["NO_PROXY", "no_proxy"] {
        command.env_remove(name);
    }
    command.arg("What is the capital of France?").output().unwrap()
}

/// The exit status and what was said on standard error.
fn failed(cache: &Path, more: &[&str]) -> (Option<i32>, String) {
    let output = ask(cache, more);
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn a_known_name_is_found_in_the_cache_without_a_network() {
    let file = "SmolLM2-135M-Instruct.Q4_1.gguf";
    let cache = cache("found", &[(file, 98_362_432), ("gemma-3-270m.Q4_K_M.gguf", 253_113_023)]);
    // It is read, and is no model: nobody tried to fetch another one.
    for name in [&["--model", "smollm2-135m-instruct"][..], &[]] {
        let (status, said) = failed(&cache, name);
        assert!(status == Some(1) && said.contains("unsupported_format"), "{said}");
        assert!(!said.contains("network") && !said.contains("goes to"), "{said}");
    }
    // Cut off, and not to be had.
    let (status, said) = failed(&cache, &["--model", "gemma-3-270m"]);
    assert!(status == Some(1) && said.contains("no public address"), "{said}");
    assert!(said.contains(&format!("{}", cache.join("semgrad/models/gemma-3-270m.Q4_K_M.gguf").display())), "{said}");
    std::fs::remove_dir_all(cache).unwrap();
}

#[test]
fn names_that_nobody_knows_are_answered_with_those_that_are() {
    let cache = cache("unknown", &[]);
    for name in ["SmolLM3", "folder/model.gguf"] {
        let (status, said) = failed(&cache, &["--model", name]);
        assert!(status == Some(1) && said.contains(&format!("there is no model {name:?}")), "{said}");
        for known in ["SmolLM2-135M-Instruct", "Qwen2.5-Coder-1.5B-Instruct", "gemma-3-270m", "path of a GGUF file"] {
            assert!(said.contains(known), "{said}");
        }
    }
    std::fs::remove_dir_all(cache).unwrap();
}

#[test]
fn what_lies_at_a_path_comes_before_a_name() {
    let cache = cache("path", &[]);
    std::fs::create_dir(cache.join("SmolLM2-135M-Instruct")).unwrap();
    let (status, said) = failed(&cache, &["--model", "SmolLM2-135M-Instruct"]);
    assert!(status == Some(1) && said.contains("holds no model files"), "{said}");
    std::fs::remove_dir_all(cache).unwrap();
}

#[test]
fn without_a_network_it_is_said_what_can_be_done() {
    let cache = cache("offline", &[]);
    let (status, said) = failed(&cache, &[]);
    assert!(status == Some(3) && said.contains("network: SmolLM2-135M-Instruct cannot be downloaded"), "{said}");
    assert!(said.contains("98 MB, Apache-2.0"), "{said}");
    assert!(said.contains("Check the connection") && said.contains("--model"), "{said}");
    std::fs::remove_dir_all(cache).unwrap();
}

#[test]
#[cfg(unix)]
fn a_real_model_has_a_confidence_by_name_and_by_path() {
    let Some(models) = std::env::var_os("SEMGRAD_MODELS").map(PathBuf::from) else {
        eprintln!("NOT TESTED: the shipped profile of a real model (set SEMGRAD_MODELS, or run `cargo xtask test`)");
        return;
    };
    let cache = cache("real", &[]);
    let path = models.join("SmolLM2-135M-Instruct.Q4_1.gguf");
    let name = path.file_name().unwrap();
    std::os::unix::fs::symlink(&path, cache.join("semgrad/models").join(name)).unwrap();
    let answer = |more: &[&str]| {
        let output = ask(&cache, &[more, &["--json"]].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let record: Value = serde_json::from_slice(&output.stdout).unwrap();
        record
    };
    let (named, by_path) = (answer(&[]), answer(&["--model", path.to_str().unwrap()]));
    for record in [&named, &by_path] {
        assert_eq!(record["prefix"], "Answer the question concisely. Q: ");
        assert!(record["confidence"].is_number() && record["verdict"].is_string(), "{record}");
    }
    assert_eq!(named["confidence"], by_path["confidence"]);
    let without = answer(&["--profile", "none"]);
    assert_eq!((&without["prefix"], &without["confidence"]), (&"".into(), &Value::Null));
    std::fs::remove_dir_all(cache).unwrap();
}
