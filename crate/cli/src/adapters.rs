//! Adapters: a PEFT folder or llama.cpp's GGUF file, here or on a hub, or the folder that `semgrad tune` left, which has both.

use crate::jsonl::unusable;
use crate::models::{Located, find};
use crate::stop::Stop;
use semgrad::adapter::{Adapter, gguf, peft};
use semgrad::answer::Model;
use semgrad::hub::Wanted;
use semgrad::weights::config::ModelConfig;
use std::path::{Path, PathBuf};

/// The PEFT folder in the folder of `semgrad tune`.
const FOLDER: &str = "adapter";
/// The GGUF file beside it.
const FILE: &str = "adapter.gguf";

/// Where the adapter at `path` lies.
fn place(path: &Path) -> PathBuf {
    let inner = path.join(FOLDER);
    if inner.is_dir() { inner } else { path.to_owned() }
}

/// Reads an adapter for a model of this configuration.
pub fn read(path: &Path, config: &ModelConfig) -> Result<Adapter, Stop> {
    let files = find(&place(path), Wanted::Adapter)?.files()?;
    pollster::block_on(Adapter::open(files, config)).map_err(Stop::Failed)
}

/// From now on the model runs with the adapter at `path`, if that says nothing of other weights.
pub fn attach(model: &Model, located: &Located, path: &Path) -> Result<(), Stop> {
    let adapter = read(path, &model.decoder.config)?;
    model.use_adapter(Some(&adapter), Some(located.hash()?)).map_err(Stop::Failed)
}

/// Writes an adapter as both kinds of file, or as PEFT's alone where GGUF has no names for its layers.
pub fn write(adapter: &Adapter, config: &ModelConfig, folder: &Path) -> Result<(), Stop> {
    let put = |path: &Path, bytes: &[u8]| std::fs::write(path, bytes).map_err(|e| Stop::Failed(unusable(path, &e)));
    let inner = folder.join(FOLDER);
    std::fs::create_dir_all(&inner).map_err(|e| Stop::Failed(unusable(&inner, &e)))?;
    for (name, bytes) in peft::write(adapter, config).map_err(Stop::Failed)? {
        put(&inner.join(name), &bytes)?;
    }
    match config.family.in_gguf {
        true => put(&folder.join(FILE), &gguf::write(adapter, config).map_err(Stop::Failed)?),
        false => Ok(()),
    }
}
