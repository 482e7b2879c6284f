//! An opened model: its configuration, its text files, and its tensors under canonical names.

mod stand_in;

use super::config::{ModelConfig, inconsistent};
use super::container::Container;
use super::families::unsupported;
use super::source::ModelFile;
use super::tensors::{Canonical, RawTensor, TensorInfo, Tensors};
use super::{folder, foreign, fused, gguf, layout};
use crate::error::{Code, Error, Result};
use crate::text::source::TextSource;

/// A model whose files were found complete and consistent. Tensor data is read on demand.
pub struct Checkpoint {
    /// Shapes and constants.
    pub config: ModelConfig,
    /// Tokenizer and template material.
    pub text: TextSource,
    tensors: Tensors,
}

impl Checkpoint {
    /// Reads the headers of a GGUF file, of the parts of one or of a Hugging Face folder, and checks that every tensor of the
    /// model is there.
    ///
    /// # Errors
    /// `unsupported_format`, `unsupported_architecture`, `corrupt_weights`, or `bad_input` when no model is among the
    /// files. A missing tokenizer is not an error.
    pub async fn open(files: Vec<ModelFile>) -> Result<Self> {
        let container = match gguf::find_model(&files).await? {
            Some(parts) => gguf::open(&parts).await?,
            None => folder::open(&files).await?,
        };
        Self::assemble(container)
    }

    fn assemble(container: Container) -> Result<Self> {
        let Container { config, text, mut tensors, interleaved, norms_less_one } = container;
        config.validate()?;
        if let Some(name) = tensors.keys().find(|name| is_foreign_bias(name)) {
            return Err(unsupported(format!("the model has a bias `{name}`, which this family does not use")));
        }
        if let Some(name) = tensors.keys().find(|name| name.contains("_moe.") || name.contains(".experts.")) {
            return Err(unsupported(format!("the model has `{name}`: mixtures of experts are not supported")));
        }
        if let Some(error) = foreign::packed_tensors(tensors.keys()) {
            return Err(error);
        }
        let expected = layout::expected(&config);
        fused::split(&mut tensors, &expected, config.family.fused)?;
        let mut all = Tensors::default();
        for (name, shape) in expected {
            let Some(mut stored) = tensors.remove(&name) else {
                return Err(missing(&name));
            };
            if let ([rows, 1, cols], [a, b]) = (shape.as_slice(), stored.shape.as_slice())
                && [rows, cols] == [a, b]
            {
                stored.shape.insert(1, 1); // GGUF leaves it out
            }
            let canonical = if shape.len() == 1 && interleaved && layout::is_rotated(&name) {
                // No model of the family has these; un-permuting a vector would be one more path without a test.
                return Err(unsupported(format!("the model has a bias `{name}`, which this family does not use")));
            } else if shape.len() != 2 {
                Canonical::Widened { add: if norms_less_one && name.ends_with("norm.weight") { 1.0 } else { 0.0 } }
            } else if interleaved && layout::is_rotated(&name) {
                Canonical::HeadRows { head_dim: config.head_dim }
            } else {
                Canonical::AsStored
            };
            all.add(name, shape, stored, canonical)?;
        }
        Ok(Self { config, text, tensors: all })
    }

    /// Where the tensors are read from.
    pub(crate) fn source(&self) -> &Tensors {
        &self.tensors
    }

    /// All tensors of the model, in the order of the data flow.
    pub fn tensors(&self) -> impl Iterator<Item = &TensorInfo> {
        self.tensors.iter()
    }

    /// One tensor by its canonical name; `None` when the model has none of this name.
    pub fn get(&self, name: &str) -> Option<&TensorInfo> {
        self.tensors.get(name)
    }

    /// Bytes of all tensors together.
    pub fn total_bytes(&self) -> u64 {
        self.tensors.total_bytes()
    }

    /// See [`Tensors::read`].
    ///
    /// # Errors
    /// As there.
    pub async fn read(&self, name: &str) -> Result<RawTensor> {
        self.tensors.read(name).await
    }
}

fn missing(name: &str) -> Error {
    if name == "lm_head.weight" {
        return Error::new(
            Code::UnsupportedArchitecture,
            format!("the tensor `{name}` is missing: the model was saved without the head that predicts words"),
            "Choose the whole model; models that only embed texts cannot answer.",
        );
    }
    inconsistent(format!("the tensor `{name}` is missing"))
}

/// Biases that no supported family has: to ignore one would give wrong numbers.
fn is_foreign_bias(name: &str) -> bool {
    let parts = ["self_attn.o", "self_attn.out", "gate", "up", "down", "conv.in", "conv.out"];
    name.starts_with("model.layers.")
        && (parts.iter().any(|part| name.ends_with(&format!("{part}_proj.bias"))) || name.ends_with(".conv.conv.bias"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
