//! The small files of an encoder's folder.

use crate::error::Result;
use crate::weights::folder::fields::{FILE, json};
use crate::weights::folder::files::Folder;
use crate::weights::source::POOLING;
use serde_json::Value;

/// What sentence-transformers says of the whole model.
pub(super) const MODEL: &str = "config_sentence_transformers.json";
/// Its list of layers.
pub(super) const MODULES: &str = "modules.json";
/// What it says of the first layer, the encoder: the first of these that is there counts.
pub(super) const TRANSFORMER: [&str; 7] = [
    "sentence_bert_config.json",
    "sentence_roberta_config.json",
    "sentence_distilbert_config.json",
    "sentence_camembert_config.json",
    "sentence_albert_config.json",
    "sentence_xlm-roberta_config.json",
    "sentence_xlnet_config.json",
];

/// Their content, `null` where one is missing.
#[derive(Default)]
pub(super) struct Files {
    pub config: Value,
    pub tokenizer_config: Value,
    pub model: Value,
    pub modules: Value,
    pub transformer: Value,
    pub pooling: Value,
}

impl Files {
    /// Reads them.
    pub async fn read(folder: &Folder<'_>) -> Result<Self> {
        let transformer = TRANSFORMER.into_iter().find(|name| folder.get(name).is_some());
        Ok(Self {
            config: value(folder, FILE).await?,
            tokenizer_config: value(folder, "tokenizer_config.json").await?,
            model: value(folder, MODEL).await?,
            modules: value(folder, MODULES).await?,
            transformer: value(folder, transformer.unwrap_or(TRANSFORMER[0])).await?,
            pooling: value(folder, POOLING).await?,
        })
    }
}

async fn value(folder: &Folder<'_>, name: &str) -> Result<Value> {
    folder.text(name).await?.map_or(Ok(Value::Null), |bytes| json(name, &bytes))
}
