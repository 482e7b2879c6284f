//! An adapter as numbers on the host.

use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Where both kinds of file say which weights the adapter was trained from: a key of ours, which other programs ignore.
pub(super) const BASE: &str = "semgrad.base.sha256";

/// A low-rank change of a model's linear layers, as numbers on the host.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Adapter {
    /// What each layer gets, by the layer's canonical name (`model.layers.3.self_attn.q_proj`, as `Linear::name`).
    pub pairs: BTreeMap<String, Pair>,
    /// Where it comes from, and what files say about it.
    pub about: About,
}

/// The change of one layer: s·BA.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// Rows of A and columns of B.
    pub rank: usize,
    /// Columns of A.
    pub inputs: usize,
    /// Rows of B.
    pub outputs: usize,
    /// What BA is multiplied by, of [`scale`]. It counts, whatever [`About`] says.
    pub scale: f32,
    /// `[rank, inputs]`.
    pub a: Vec<f32>,
    /// `[outputs, rank]`.
    pub b: Vec<f32>,
}

/// What files say about an adapter beside its numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct About {
    /// SHA-256 of the weights that it was trained from, in hexadecimal, where it says so.
    pub base: Option<String>,
    /// What these are called.
    pub base_name: Option<String>,
    /// α of most layers, such that they are scaled by α/r: of rsLoRA, which scales by α/√r, α·√r.
    pub alpha: f64,
    /// r of most layers.
    pub rank: usize,
    /// How many of a layer's inputs were left out in training, 0 to 1.
    pub dropout: f64,
}

/// α/r. α counts in single precision, as GGUF keeps it, so that an adapter has the same bits from either kind of file.
pub fn scale(alpha: f64, rank: usize) -> f32 {
    (f64::from(alpha as f32) / rank as f64) as f32
}

/// The α of a layer that is scaled by so much: the inverse of [`scale`].
pub(super) fn alpha_of(scaled: f32, rank: usize) -> f64 {
    let near = (f64::from(scaled) * rank as f64) as f32;
    // The product may have been rounded to the one beside it.
    let exact = [near, near.next_up(), near.next_down()].into_iter().map(f64::from).find(|&x| scale(x, rank) == scaled);
    exact.unwrap_or(f64::from(near))
}

impl Adapter {
    /// SHA-256 of all that changes the model: names, shapes, scales and numbers of its layers, in hexadecimal. It is the
    /// same for a PEFT folder and a GGUF file of one adapter.
    pub fn hash(&self) -> String {
        let mut hash = Sha256::new();
        for (name, pair) in &self.pairs {
            hash.update((name.len() as u64).to_le_bytes());
            hash.update(name);
            for size in [pair.rank, pair.inputs, pair.outputs] {
                hash.update((size as u64).to_le_bytes());
            }
            for number in std::iter::once(&pair.scale).chain(&pair.a).chain(&pair.b) {
                hash.update(number.to_le_bytes());
            }
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Numbers as files hold them.
pub(super) fn bytes(numbers: &[f32]) -> Vec<u8> {
    numbers.iter().flat_map(|x| x.to_le_bytes()).collect()
}
