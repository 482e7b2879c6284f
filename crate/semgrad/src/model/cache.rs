//! Keys and values of the positions already seen, layer by layer.

use super::attention::KeyValue;

/// Key-value cache of a decoder.
#[derive(Clone, Debug, Default)]
pub struct Cache {
    /// By layer; `None` before the first position.
    pub layers: Vec<Option<KeyValue>>,
}

impl Cache {
    /// Nothing seen yet.
    pub fn new(layers: usize) -> Self {
        Self { layers: vec![None; layers] }
    }

    /// Forgets all positions from `keys` on.
    pub fn truncate(&self, keys: usize) -> Self {
        Self { layers: self.layers.iter().map(|kv| kv.as_ref().and_then(|kv| kv.truncate(keys))).collect() }
    }
}
