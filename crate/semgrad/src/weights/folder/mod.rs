//! Hugging Face folders: `config.json`, text files, and `model.safetensors` or an index with shards.

mod config;
pub(super) mod fields;
mod names;
mod safetensors;
mod shards;

pub(super) use names::encoder as encoder_names;

use super::checkpoint::{Container, Stored};
use super::config::Architecture;
use super::foreign;
use super::source::ModelFile;
use crate::error::{Code, Error, Result};
use crate::text::source::TextSource;
use serde_json::Value;
use std::collections::HashMap;

/// Largest accepted JSON or template file; the largest real ones are tokenizers of some 35 MB.
const MAX_TEXT_BYTES: u64 = 1 << 27;
const SINGLE: &str = "model.safetensors";
const INDEX: &str = "model.safetensors.index.json";
/// What PEFT writes beside an adapter's weights.
const ADAPTER: &str = "adapter_config.json";

/// The files of one folder, by name relative to it.
pub(super) struct Folder<'a> {
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
    fn at(root: &str, files: &'a [ModelFile]) -> Self {
        Self { files: files.iter().filter_map(|f| Some((f.name.strip_prefix(root)?, f))).collect() }
    }

    fn get(&self, name: &str) -> Option<&'a ModelFile> {
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
    async fn without_weights(&self) -> Result<Error> {
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
        let weights =
            ["adapter_model.safetensors", "adapter_model.bin"].into_iter().find(|name| self.get(name).is_some());
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
            let tensors = safetensors::header(file).await?;
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

/// A file of the folder contradicts itself.
pub(super) fn damaged(file: &str, what: &str) -> Error {
    Error::new(Code::CorruptWeights, format!("{file}: {what}"), "The file is damaged: download it again.")
}

pub(super) fn json(name: &str, bytes: &[u8]) -> Result<Value> {
    serde_json::from_slice(bytes).map_err(|e| damaged(name, &format!("not valid JSON: {e}")))
}

/// Reads everything but the tensor data.
pub(crate) async fn open(files: &[ModelFile]) -> Result<Container> {
    let folder = Folder::new(files).await?;
    let text = TextSource {
        tokenizer_json: folder.text("tokenizer.json").await?,
        tokenizer_config_json: folder.text("tokenizer_config.json").await?,
        generation_config_json: folder.text("generation_config.json").await?,
        special_tokens_map_json: folder.text("special_tokens_map.json").await?,
        added_tokens_json: folder.text("added_tokens.json").await?,
        chat_template_jinja: folder.text("chat_template.jinja").await?,
        config_json: folder.text("config.json").await?,
        gguf: None,
    };
    let config = json("config.json", text.config_json.as_deref().unwrap_or_default())?;
    let generation = match &text.generation_config_json {
        Some(bytes) => json("generation_config.json", bytes)?,
        None => Value::Null,
    };
    let mut tensors = names::decoder(tensors(&folder).await?)?;
    let embedding = tensors.get(EMBEDDING).or(tensors.get(HEAD));
    let rows = embedding.and_then(|t| t.shape.first().copied());
    let mut config = config::model_config(&config, &generation, rows)?;
    if config.tied {
        // Of two that share their memory, some writers keep only the head; and a head of its own counts, whatever
        // config.json says. transformers does the same in both cases.
        if tensors.contains_key(EMBEDDING) {
            config.tied = !tensors.contains_key(HEAD);
        } else if let Some(head) = tensors.remove(HEAD) {
            tensors.insert(EMBEDDING.to_owned(), head);
        }
    }
    let norms_less_one = config.architecture == Architecture::Gemma3;
    Ok(Container { config, text, tensors, interleaved: false, norms_less_one })
}

const EMBEDDING: &str = "model.embed_tokens.weight";
const HEAD: &str = "lm_head.weight";

/// All tensors of the folder under the names that they have in its files. One file comes before an index, as in
/// transformers.
pub(super) async fn tensors(folder: &Folder<'_>) -> Result<HashMap<String, Stored>> {
    let tensors = match (folder.get(SINGLE), folder.text(INDEX).await?) {
        (Some(file), _) => safetensors::header(file).await?.into_iter().collect(),
        (None, Some(index)) => shards::read(folder, INDEX, &index).await?,
        (None, None) => return Err(folder.without_weights().await?),
    };
    names::lora(SINGLE, tensors.keys()).map_or(Ok(tensors), Err)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
