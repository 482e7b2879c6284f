//! Hugging Face folders: `config.json`, text files, and `model.safetensors` or an index with shards.

mod config;
pub(super) mod fields;
mod safetensors;

use super::checkpoint::{Container, Stored};
use super::config::Architecture;
use super::source::ModelFile;
use crate::error::{Code, Error, Result};
use crate::text::source::TextSource;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};

/// Largest accepted JSON or template file; the largest real ones are tokenizers of some 35 MB.
const MAX_TEXT_BYTES: u64 = 1 << 27;
/// Shards of one model; real ones have some tens.
const MAX_SHARDS: usize = 1 << 10;

/// The files of one folder, by name relative to it.
pub(super) struct Folder<'a> {
    files: HashMap<&'a str, &'a ModelFile>,
}

impl<'a> Folder<'a> {
    /// Finds the folder: where `config.json` lies. A directory that a browser hands over prefixes every name with its
    /// own, and may have deeper ones (`onnx/config.json`), so the highest `config.json` counts.
    pub fn new(files: &'a [ModelFile]) -> Result<Self> {
        let configs = files.iter().filter_map(|f| f.name.strip_suffix("config.json"));
        let roots = configs.filter(|root| root.is_empty() || root.ends_with('/'));
        let Some(root) = roots.min_by_key(|root| (root.matches('/').count(), *root)) else {
            return Err(Error::new(
                Code::BadInput,
                "there is neither a .gguf file nor a config.json among the model's files",
                "Give a GGUF file, or a Hugging Face folder with config.json and model.safetensors.",
            ));
        };
        Ok(Self { files: files.iter().filter_map(|f| Some((f.name.strip_prefix(root)?, f))).collect() })
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
        file.source.read_at(0, size as usize).await.map(Some) // below the cap
    }
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
    let folder = Folder::new(files)?;
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
    let tensors = tensors(&folder).await?;
    let rows = tensors.get("model.embed_tokens.weight").and_then(|t| t.shape.first().copied());
    let config = config::model_config(&config, &generation, rows)?;
    let norms_less_one = config.architecture == Architecture::Gemma3;
    Ok(Container { config, text, tensors, interleaved: false, norms_less_one })
}

/// All tensors of the folder by canonical name.
pub(super) async fn tensors(folder: &Folder<'_>) -> Result<HashMap<String, Stored>> {
    const SINGLE: &str = "model.safetensors";
    const INDEX: &str = "model.safetensors.index.json";
    let mut tensors = HashMap::new();
    if let Some(file) = folder.get(SINGLE) {
        safetensors::read_header(file, &mut tensors).await?;
    } else if let Some(index) = folder.text(INDEX).await? {
        for shard in shards(INDEX, &json(INDEX, &index)?)? {
            let Some(file) = folder.get(&shard) else {
                return Err(Error::new(
                    Code::BadInput,
                    format!("{INDEX} names `{shard}`, which is not among the model's files"),
                    "Give all files of the model's folder.",
                ));
            };
            safetensors::read_header(file, &mut tensors).await?;
        }
    } else {
        return Err(Error::new(
            Code::BadInput,
            "the model's folder has neither model.safetensors nor model.safetensors.index.json",
            "Models in other formats (pytorch_model.bin) have to be converted first.",
        ));
    }
    Ok(tensors)
}

/// The distinct files of `weight_map`.
fn shards(name: &str, index: &Value) -> Result<BTreeSet<String>> {
    let map = index.get("weight_map").and_then(Value::as_object);
    let map = map.ok_or_else(|| damaged(name, "there is no `weight_map`"))?;
    let mut shards = BTreeSet::new();
    for (tensor, file) in map {
        let file = file.as_str().ok_or_else(|| damaged(name, &format!("the file of `{tensor}` is not a string")))?;
        if !shards.contains(file) {
            shards.insert(file.to_owned());
        }
        if shards.len() > MAX_SHARDS {
            return Err(damaged(name, &format!("it names more than {MAX_SHARDS} files")));
        }
    }
    Ok(shards)
}
