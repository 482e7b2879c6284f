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
fn what_was_downloaded_is_listed_and_deleted_by_name() {
    let hash = "0".repeat(64);
    let cache = cache("list", &[("gemma-3-270m.Q4_K_M.gguf", 253_113_024), (&hash, 1_500_000), ("mine.gguf", 7)]);
    let models = cache.join("semgrad/models");
    let url = "https://huggingface.co/org/repo/resolve/main/x-Q4_0.gguf";
    let sheet = format!(
        r#"{{"name":"x-Q4_0.gguf","url":"{url}","size":1500000,"etag":null,"sha256":"{hash}","complete":true}}"#
    );
    std::fs::write(models.join(format!("{hash}.json")), sheet).unwrap();
    let part = format!("url-{}.0123abcd.part", "1".repeat(32));
    std::fs::write(models.join(&part), "half").unwrap();
    let sheet = r#"{"name":"y.gguf","url":"https://example.com/y.gguf?x=1","size":8,"etag":null,"sha256":null,"complete":false}"#;
    std::fs::write(models.join(format!("{part}.json")), sheet).unwrap();
    let run = |arguments: &[&str]| {
        let program = Command::new(env!("CARGO_BIN_EXE_semgrad"))
            .env("XDG_CACHE_HOME", &cache)
            .arg("models")
            .args(arguments)
            .output();
        let Output { status, stdout, stderr } = program.unwrap();
        (status.code(), String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap())
    };
    let (status, said) = run(&["list"]);
    let lines: Vec<_> = said.lines().map(str::trim).collect();
    assert_eq!(status, Some(0));
    assert_eq!(
        lines[..3],
        ["253 MB  gemma-3-270m", "4 bytes  https://example.com/y.gguf, y.gguf is cut off at 50 %", "1.5 MB  org/repo"],
        "{said}"
    );
    assert!(lines[3].starts_with("255 MB  in "), "{said}");
    let json: Vec<Value> = serde_json::from_str(&run(&["list", "--json"]).1).unwrap();
    assert_eq!(json.len(), 3);
    assert_eq!(
        (&json[0]["key"], &json[0]["name"], &json[0]["complete"]),
        (&hash.into(), &"x-Q4_0.gguf".into(), &true.into())
    );
    assert_eq!(run(&["remove", "hf.co/org/repo"]), (Some(0), "hf.co/org/repo: 1.5 MB freed\n".into()));
    let (status, said) = run(&["remove", "org/repo"]);
    assert!(status == Some(1) && said.contains("nothing here is called"), "{said}");
    let (status, said) = run(&["remove", "gemma-3-270m", "https://example.com/y"]);
    assert!(status == Some(1) && said.contains("Nothing was deleted"), "a neighbor is not meant: {said}");
    assert_eq!(run(&["remove", "GEMMA-3-270m", "https://example.com/"]).0, Some(0));
    let left: Vec<_> = std::fs::read_dir(&models).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["mine.gguf"], "what no download put there stays");
    assert_eq!(run(&["remove", "--all"]), (Some(0), "0 bytes freed\n".into()));
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
    assert!(status == Some(3) && said.contains("does not answer"), "{said}");
    assert!(said.contains("98.4 MB") && said.contains("Apache-2.0"), "{said}");
    assert!(said.contains("Check the connection") && said.contains("name its path"), "{said}");
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
