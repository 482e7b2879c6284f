//! `adapter_model.safetensors`.

use crate::adapter::data::{Adapter, BASE, bytes};
use crate::error::{Error, Result};
use crate::weights::folder::files::ADAPTER_WEIGHTS;
use serde_json::{Map, Value, json};

/// The file of an adapter, in single precision. By hand, because the library keeps notes in an order that differs from run
/// to run: one adapter is to be one file.
pub(super) fn write(adapter: &Adapter) -> Result<Vec<u8>> {
    let mut notes = Map::from_iter([("format".to_owned(), json!("pt"))]);
    notes.extend(adapter.about.base.iter().map(|base| (BASE.to_owned(), json!(base))));
    let mut header = Map::from_iter([("__metadata__".to_owned(), Value::Object(notes))]);
    let mut data = Vec::new();
    for (layer, pair) in &adapter.pairs {
        let halves = [("lora_A", [pair.rank, pair.inputs], &pair.a), ("lora_B", [pair.outputs, pair.rank], &pair.b)];
        for (half, shape, numbers) in halves {
            let begin = data.len();
            data.extend(bytes(numbers));
            let entry = json!({ "dtype": "F32", "shape": shape, "data_offsets": [begin, data.len()] });
            header.insert(format!("base_model.model.{layer}.{half}.weight"), entry);
        }
    }
    let mut header = serde_json::to_vec(&header).map_err(|e| Error::internal(format!("{ADAPTER_WEIGHTS}: {e}")))?;
    header.resize(header.len().next_multiple_of(8), b' ');
    Ok([&(header.len() as u64).to_le_bytes(), header.as_slice(), &data].concat())
}
