//! Where tests find the reference files.

use super::families;
use std::path::{Path, PathBuf};

/// `tests/reference` at the top of the repository.
pub fn reference(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/reference").join(path)
}

/// Those of families that GGUF has names for.
pub fn tiny_in_gguf() -> Vec<String> {
    let mut names = tiny();
    names.retain(|name| {
        let config = std::fs::read(reference(&format!("tiny/{name}/config.json"))).unwrap();
        let config: serde_json::Value = serde_json::from_slice(&config).unwrap();
        families::find(config["model_type"].as_str().unwrap()).unwrap().in_gguf
    });
    names
}

/// The tiny models with PyTorch numbers: every folder in `tests/reference/tiny`.
pub fn tiny() -> Vec<String> {
    let entries = std::fs::read_dir(reference("tiny")).unwrap().map(|entry| entry.unwrap());
    let folders = entries.filter(|entry| entry.path().join("config.json").is_file());
    let mut names: Vec<_> = folders.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort();
    assert!(!names.is_empty());
    names
}
