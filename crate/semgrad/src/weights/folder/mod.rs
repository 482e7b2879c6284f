//! Hugging Face folders: `config.json`, text files, and `model.safetensors` or an index with shards.

pub(crate) mod config;
pub(crate) mod fields;
pub(crate) mod files;
pub(crate) mod names;
pub(crate) mod safetensors;
mod shards;

use super::container::Container;
use super::source::ModelFile;
use super::tensors::Stored;
use crate::error::Result;
use crate::text::source::TextSource;
use fields::json;
use files::{Folder, INDEX, SINGLE};
use serde_json::Value;
use std::collections::HashMap;

/// Reads everything but the tensor data.
pub(super) async fn open(files: &[ModelFile]) -> Result<Container> {
    let folder = Folder::new(files).await?;
    let tokenizer_json = folder.text("tokenizer.json").await?;
    // Most folders have all three, and the first has the other two in it.
    let (vocab_json, merges_txt) = match &tokenizer_json {
        Some(_) => (None, None),
        None => (folder.text("vocab.json").await?, folder.text("merges.txt").await?),
    };
    let text = TextSource {
        tokenizer_json,
        vocab_json,
        merges_txt,
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
    let norms_less_one = config.family.norms_less_one;
    Ok(Container { config, text, tensors, interleaved: false, norms_less_one })
}

const EMBEDDING: &str = "model.embed_tokens.weight";
const HEAD: &str = "lm_head.weight";

/// All tensors of the folder under the names that they have in its files. One file comes before an index, as in
/// transformers.
pub(super) async fn tensors(folder: &Folder<'_>) -> Result<HashMap<String, Stored>> {
    let tensors = match (folder.get(SINGLE), folder.text(INDEX).await?) {
        (Some(file), _) => safetensors::header(file).await?.tensors.into_iter().collect(),
        (None, Some(index)) => shards::read(folder, INDEX, &index).await?,
        (None, None) => return Err(folder.without_weights().await?),
    };
    names::lora(SINGLE, tensors.keys()).map_or(Ok(tensors), Err)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
