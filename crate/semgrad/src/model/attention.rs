//! Keys and values of an attention layer. Everything is in the order of the positions, `[positions, heads · head_dim]`, so
//! that projections go in and out without being rearranged.

use super::rope::RopeTable;
use crate::ops;
use burn::tensor::Tensor;

/// Keys and values of one layer, positions `0..keys`.
#[derive(Clone, Debug)]
pub struct KeyValue {
    /// `[keys, kv_heads · head_dim]`, rotated.
    pub k: Tensor<2>,
    /// `[keys, kv_heads · head_dim]`.
    pub v: Tensor<2>,
}

impl KeyValue {
    /// The first `keys` positions; `None` when that is none.
    pub fn truncate(&self, keys: usize) -> Option<Self> {
        let cut = |t: &Tensor<2>| ops::cut_rows(t.clone(), 0, keys);
        (keys > 0).then(|| Self { k: cut(&self.k), v: cut(&self.v) })
    }

    /// New positions behind the old ones: k (to be rotated) and v `[tokens, kv_heads · head_dim]`.
    pub fn append(past: Option<&Self>, k: Tensor<2>, v: Tensor<2>, rope: &RopeTable) -> Self {
        match past {
            None => Self { k: rope.rotate_keys(k), v },
            Some(past) => {
                let (k, v) = rope.append((past.k.clone(), past.v.clone()), k, v);
                Self { k, v }
            }
        }
    }
}
