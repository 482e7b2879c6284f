//! Similarity engines: small encoders that say how alike two texts are ([`Embedder`]) or what one says about another
//! ([`Nli`]). A method that compares texts takes its matrix from one of them; the caller names which, and nothing is loaded
//! before it is needed.
//!
//! Both load from a Hugging Face folder (`config.json`, `tokenizer.json`, `model.safetensors` in F32, F16 or BF16), run on
//! any device, evaluate each distinct text or pair once, remember it, report progress between batches and stop within a
//! layer. Costs: one pass of the encoder for each distinct text or ordered pair of distinct texts.
//!
//! The models that are named by default ([`DEFAULTS`]) are the hub's, under free licences; other models of the same kinds
//! work too, of any family that [`encoder`](crate::weights::encoder::family) knows, such as
//! MoritzLaurer/DeBERTa-v3-base-mnli-fever-anli (MIT, three labels).

mod batches;
pub mod embedder;
pub mod nli;
mod parts;

pub use embedder::{Embedded, Embedder};
pub use nli::{Judged, Nli};

/// Texts or pairs done, and how many there are.
pub type Done<'a> = &'a mut dyn FnMut(usize, usize);

/// A model on the hub that an engine names when the caller names none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    /// `embed` or `nli`.
    pub engine: &'static str,
    /// Repository on the hub.
    pub repository: &'static str,
    /// Licence that the repository states.
    pub licence: &'static str,
}

/// The default of each engine.
pub const DEFAULTS: [Named; 2] = [
    Named { engine: "embed", repository: "sentence-transformers/all-MiniLM-L6-v2", licence: "Apache-2.0" },
    Named { engine: "nli", repository: "cross-encoder/nli-deberta-v3-xsmall", licence: "Apache-2.0" },
];
