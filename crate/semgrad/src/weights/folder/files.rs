//! The files of a folder: which folder counts, and what the files are where they are no model.

use super::fields::{damaged, json};
use super::{names, safetensors};
use crate::error::{Code, Error, Result};
use crate::weights::foreign;
use crate::weights::source::ModelFile;
use serde_json::Value;
use std::collections::HashMap;

/// Largest accepted JSON or template file; the largest real ones are tokenizers of some 35 MB.
const MAX_TEXT_BYTES: u64 = 1 << 27;
pub(super) const SINGLE: &str = "model.safetensors";
pub(super) const INDEX: &str = "model.safetensors.index.json";
/// What PEFT writes beside an adapter's weights, and these.
pub(crate) const ADAPTER: &str = "adapter_config.json";
pub(crate) const ADAPTER_WEIGHTS: &str = "adapter_model.safetensors";

/// The files of one folder, by name relative to it.
pub(crate) struct Folder<'a> {
    files: HashMap<&'a str, &'a ModelFile>,
}

impl<'a> Folder<'a> {
    /// Finds the folder: where `config.json` lies. A directory that a browser hands over prefixes every name with its
    /// own, and may have deeper ones (`onnx/config.json`), so the highest `config.json` counts.
    pub async fn new(files: &'a [ModelFile]) -> Result<Self> {
        let configs = files.iter().filter_map(|f| f.name.strip_suffix("config.json"));
        // A sentence encoder's other layers have files of that name as well (`1_Pooling/config.json`).
        let roots = configs.filter(|root| root.is_empty() || root.ends_with('/') && !root.ends_with("_Pooling/"));
        match roots.min_by_key(|root| (root.matches('/').count(), *root)) {
            Some(root) => Ok(Self::at(root, files)),
            None => Err(no_folder(files).await?),
        }
    }

    /// The files below `root`, by the rest of their names.
    pub fn at(root: &str, files: &'a [ModelFile]) -> Self {
        Self { files: files.iter().filter_map(|f| Some((f.name.strip_prefix(root)?, f))).collect() }
    }

    /// The file of this name.
    pub fn get(&self, name: &str) -> Option<&'a ModelFile> {
        self.files.get(name).copied()
    }

    /// The whole of a small file, or `None` when it is not there.
    pub async fn text(&self, name: &str) -> Result<Option<Vec<u8>>> {
        let Some(file) = self.get(name) else { return Ok(None) };
        let size = file.source.size();
        if size > MAX_TEXT_BYTES {
            return Err(damaged(name, &format!("it has {size} bytes")));
        }
        let bytes = file.source.read_at(0, size as usize).await?; // below the cap
        foreign::placeholder(name, &bytes).map_or(Ok(Some(bytes)), Err)
    }

    /// The error of a folder whose weights are not in safetensors.
    pub(super) async fn without_weights(&self) -> Result<Error> {
        if let Some(error) = self.adapter().await? {
            return Ok(error);
        }
        let mut names: Vec<_> = self.files.keys().copied().collect();
        // A trainer's state (`optimizer.pt`) is not what is looked for.
        names.sort_unstable_by_key(|name| (!name.contains("model"), *name));
        if let Some(error) = names.iter().find_map(|name| foreign::other_weights(name)) {
            return Ok(error);
        }
        let other = names.iter().find(|name| name.ends_with(".safetensors"));
        let beside = other.map(|name| format!(", only `{name}`")).unwrap_or_default();
        Ok(Error::new(
            Code::BadInput,
            format!("the model's folder has neither {SINGLE} nor {INDEX}{beside}"),
            "Give all files of the model's folder; models in other formats (pytorch_model.bin) have to be converted first.",
        ))
    }

    /// The error of an adapter, where this is one.
    async fn adapter(&self) -> Result<Option<Error>> {
        if let Some(bytes) = self.text(ADAPTER).await? {
            let config = json(ADAPTER, &bytes)?;
            let text = |key: &str| config.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
            return Ok(Some(foreign::adapter(ADAPTER, text("peft_type"), text("base_model_name_or_path"))));
        }
        let weights = [ADAPTER_WEIGHTS, "adapter_model.bin"].into_iter().find(|name| self.get(name).is_some());
        Ok(weights.map(|name| foreign::adapter(name, None, None)))
    }
}

/// The error of files of which none is a `config.json`: what they are instead, where that can be told.
async fn no_folder(files: &[ModelFile]) -> Result<Error> {
    let adapter = files.iter().find_map(|file| file.name.strip_suffix(ADAPTER));
    if let Some(error) = Folder::at(adapter.unwrap_or_default(), files).adapter().await? {
        return Ok(error);
    }
    if let [file] = files {
        let head = foreign::head(file).await?;
        if foreign::is_safetensors(&head) {
            let tensors = safetensors::header(file).await?.tensors;
            let lora = names::lora(&file.name, tensors.iter().map(|(name, _)| name));
            return Ok(lora.unwrap_or_else(|| {
                let advice = "Give the whole folder: config.json and tokenizer.json belong to the weights.";
                foreign::error(&file.name, "a safetensors file without the rest of its model", advice)
            }));
        }
        if let Some((what, advice)) = foreign::recognize(&head) {
            return Ok(foreign::error(&file.name, &what, advice));
        }
    }
    if let Some(error) = files.iter().find_map(|file| foreign::other_weights(&file.name)) {
        return Ok(error);
    }
    Ok(Error::new(
        Code::BadInput,
        "there is neither a .gguf file nor a config.json among the model's files",
        "Give a GGUF file, or a Hugging Face folder with config.json and model.safetensors.",
    ))
}
