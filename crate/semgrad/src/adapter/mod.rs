//! LoRA adapters: small changes of a model's linear layers, in files beside the model's own.
//!
//! A layer y = xWᵀ becomes y = xWᵀ + s·(xAᵀ)Bᵀ. The data is in [`Adapter`]; [`peft`] and [`gguf`] read and write the two
//! kinds of file that other programs know. Files come from strangers, as those of models do, and are checked in the same
//! way; on top of that, an adapter that asks for more than these two matrices is refused by name: without the rest, its
//! answers would be others than its maker's, and nobody would see it. Not here: merging, and whatever runs on a device.

mod data;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod fixtures;
mod fused;
pub mod gguf;
mod halves;
pub mod peft;
mod refuse;
mod shape;

use crate::error::Result;
use crate::weights::config::ModelConfig;
use crate::weights::gguf::find;
use crate::weights::source::ModelFile;
pub use data::{About, Adapter, Pair, scale};

impl Adapter {
    /// Reads a PEFT folder (`adapter_config.json` and `adapter_model.safetensors`) or llama.cpp's GGUF file, whichever is
    /// among `files`, for a model of this configuration.
    ///
    /// # Errors
    /// `unsupported_format` for what is no such adapter or asks for more than LoRA, `corrupt_weights` where the files
    /// contradict themselves, `bad_input` where one is missing or the adapter is another model's ([`check`](Self::check)).
    pub async fn open(files: Vec<ModelFile>, config: &ModelConfig) -> Result<Self> {
        let adapter = match find(&files).await? {
            Some(file) => gguf::read(file, config).await?,
            None => fused::split(peft::read(&files).await?, config, config.family.fused),
        };
        adapter.check(config, None)?;
        Ok(adapter)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
