//! `adapter_model.safetensors`.

use crate::adapter::data::{Adapter, BASE};
use crate::error::Result;
use crate::weights::folder::safetensors;
use serde_json::{Map, Value, json};

/// The file of an adapter, in single precision.
pub(super) fn write(adapter: &Adapter) -> Result<Vec<u8>> {
    let mut notes = Map::from_iter([("format".to_owned(), json!("pt"))]);
    notes.extend(adapter.about.base.iter().map(|base| (BASE.to_owned(), json!(base))));
    let shapes = adapter.pairs.values().map(|pair| [[pair.rank, pair.inputs], [pair.outputs, pair.rank]]);
    let shapes: Vec<[[usize; 2]; 2]> = shapes.collect();
    let mut tensors = Vec::new();
    for ((layer, pair), [a, b]) in adapter.pairs.iter().zip(&shapes) {
        let name = |half: &str| format!("base_model.model.{layer}.{half}.weight");
        tensors.push((name("lora_A"), a.as_slice(), pair.a.as_slice()));
        tensors.push((name("lora_B"), b.as_slice(), pair.b.as_slice()));
    }
    safetensors::write(Value::Object(notes), &tensors)
}
