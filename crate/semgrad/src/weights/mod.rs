//! Weights: GGUF files and Hugging Face folders behind one interface, streamed tensor by tensor.
//!
//! [`source`] gives positioned reads, `gguf` and `folder` understand the two containers, [`config`] is what both say
//! about the architecture, [`families`] what is known of it beyond that, and [`checkpoint`] serves canonical [`tensors`]
//! under Hugging Face names; [`encoder`] does the same for the encoders that compare texts, which come in folders only.
//! Packed formats ([`format`](mod@format)) stay packed.
//!
//! Files come from strangers: every length, offset, count and depth is checked before it is used, every weight that is read
//! is a finite number, what is no model or another kind of model is named for what it is (`foreign`, `architectures`), and
//! nothing larger than one tensor or one tokenizer file is ever held. Not here: integer or 8-bit float safetensors, and the
//! i-quants of less than 4 bits.

mod architectures;
pub mod checkpoint;
pub mod config;
mod container;
pub mod encoder;
pub mod families;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
pub(crate) mod fixtures;
pub(crate) mod folder;
pub(crate) mod foreign;
mod fused;
pub(crate) mod gguf;
pub(crate) mod layout;
#[cfg(not(target_family = "wasm"))]
pub mod made;
pub(crate) mod part;
pub mod source;
pub mod tensors;

pub use semgrad_kernels::{first_not_finite, formats as format};
