//! A repository and its files.

use crate::weights::part::PartName;
use serde::{Deserialize, Serialize};

/// What must be in a folder of safetensors.
pub const CONFIG: &str = "config.json";
/// How its text is cut.
pub const TOKENIZER: &str = "tokenizer.json";
/// What stands for that where a folder has none.
pub const TOKENIZER_LISTS: [&str; 2] = ["vocab.json", "merges.txt"];
/// Its weights, where they are one file.
pub const WEIGHTS: &str = "model.safetensors";
/// Where they are several.
pub const INDEX: &str = "model.safetensors.index.json";
/// What a folder of PEFT has.
pub const ADAPTER_CONFIG: &str = "adapter_config.json";
/// Its weights.
pub const ADAPTER: &str = "adapter_model.safetensors";

/// A file as a hub lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// From the folder that was named.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// Of files that the hub keeps outside of Git, which are all large ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

/// A repository of a hub, as somebody named it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repository {
    /// Address of the hub; a slash ends it.
    pub hub: String,
    /// `owner/name`.
    pub id: String,
    /// A branch, a tag or a commit.
    pub revision: String,
    /// The folder of it that is meant; empty for all of it.
    pub folder: String,
    /// Which of its files: a format, as `Q4_K_M`, or a file's name; `None` for the one that suits best.
    pub tag: Option<String>,
}

/// What is looked for in it.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Wanted {
    /// A language model.
    Model,
    /// A LoRA adapter of one.
    Adapter,
    /// An encoder that compares texts.
    Encoder,
}

/// The paths of all parts of the model that a file is a part of by its name, in their order; of one that is whole its own.
pub fn parts_of(path: &str) -> Vec<String> {
    match PartName::of(path) {
        Some(part) => (1..=part.count).map(|number| part.other(number)).collect(),
        None => vec![path.to_owned()],
    }
}

/// What comes after the last slash.
pub(super) fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether a text ends so, in whatever case.
pub(super) fn ends(text: &str, end: &str) -> bool {
    let start = text.len().checked_sub(end.len());
    start.and_then(|start| text.get(start..)).is_some_and(|tail| tail.eq_ignore_ascii_case(end))
}
