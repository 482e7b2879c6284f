//! A training that was interrupted: all that the next step depends on, as safetensors.

use super::example::Example;
use super::trainer::{Layer, Trainer};
use crate::error::{Code, Error, Result};
use crate::weights::folder::safetensors;
use ::safetensors::tensor::{Dtype, Metadata};
use semgrad_scores::abstain::training::Options;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

/// Under this name in the file's metadata.
const STATE: &str = "semgrad.training";

/// Everything but numbers.
#[derive(Serialize, Deserialize)]
struct State {
    step: usize,
    options: Options,
    /// SHA-256 of the examples.
    examples: String,
}

impl Trainer {
    /// Everything that the next step depends on, besides the model and the examples.
    ///
    /// # Errors
    /// None that is expected.
    pub fn save(&self) -> Result<Vec<u8>> {
        let state = State { step: self.step, options: self.options.clone(), examples: digest(&self.examples)? };
        let state = serde_json::to_string(&state);
        let state = state.map_err(|e| Error::internal(format!("the training cannot be saved: {e}")))?;
        let mut tensors = Vec::new();
        for (name, layer) in &self.layers {
            tensors.extend(parts(layer).map(|(part, values)| (format!("{name}.{part}"), values)));
        }
        let shapes: Vec<[usize; 1]> = tensors.iter().map(|(_, values)| [values.len()]).collect();
        let shaped = tensors.into_iter().zip(&shapes).map(|((name, values), shape)| (name, shape.as_slice(), values));
        safetensors::write(json!({ STATE: state }), &shaped.collect::<Vec<_>>())
    }

    /// Goes on where a training with the same options and examples was saved.
    ///
    /// # Errors
    /// `bad_input` for another one's, or what is no such file; then this one is as it was.
    pub fn resume(&mut self, saved: &[u8]) -> Result<()> {
        let (state, tensors, data) = open(saved)?;
        if state.options != self.options || state.examples != digest(&self.examples)? || state.step > self.steps() {
            return Err(bad("it is of a training with other options or examples"));
        }
        let mut layers = self.layers.clone();
        for (name, layer) in &mut layers {
            let pairs = [("a", &mut layer.a), ("b", &mut layer.b)];
            for (part, trained) in pairs {
                for (what, values) in
                    [("", &mut trained.values), (".first", &mut trained.first), (".second", &mut trained.second)]
                {
                    let name = format!("{name}.{part}{what}");
                    let tensor = tensors.info(&name).ok_or_else(|| bad("a tensor is missing"))?;
                    let (begin, end) = tensor.data_offsets;
                    let (numbers, rest) = data.get(begin..end).unwrap_or_default().as_chunks::<4>();
                    if tensor.dtype != Dtype::F32 || numbers.len() != values.len() || !rest.is_empty() {
                        return Err(bad("a tensor has another shape"));
                    }
                    *values = numbers.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
                }
            }
        }
        self.layers = layers;
        self.step = state.step;
        Ok(())
    }
}

fn open(saved: &[u8]) -> Result<(State, Metadata, &[u8])> {
    let (tensors, data) = safetensors::open(saved).ok_or_else(|| bad("it is cut off or damaged"))?;
    let state =
        tensors.metadata().as_ref().and_then(|map| map.get(STATE)).ok_or_else(|| bad("it is something else"))?;
    let state = serde_json::from_str(state).map_err(|_| bad("it is of another version"))?;
    Ok((state, tensors, data))
}

fn bad(what: &str) -> Error {
    Error::new(
        Code::BadInput,
        format!("the saved training cannot be taken up: {what}"),
        "Delete it, and the training begins anew.",
    )
}

/// The numbers of a layer, each with its name.
fn parts(layer: &Layer) -> [(&'static str, &[f32]); 6] {
    let Layer { a, b, .. } = layer;
    [
        ("a", &a.values),
        ("a.first", &a.first),
        ("a.second", &a.second),
        ("b", &b.values),
        ("b.first", &b.first),
        ("b.second", &b.second),
    ]
}

fn digest(examples: &[Example]) -> Result<String> {
    let json = serde_json::to_vec(examples).map_err(|e| Error::internal(e.to_string()))?;
    Ok(Sha256::digest(json).iter().map(|byte| format!("{byte:02x}")).collect())
}
