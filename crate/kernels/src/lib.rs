//! The kernels on the CPU device; the shaders are checked against them. A crate of its own, because it is what runs for
//! every weight: compiled for speed, while everything else in the wasm module is compiled for size.
//!
//! Weights stay in their file's blocks, so memory traffic is that of the packed file. One or a few tokens are multiplied
//! with weights that are unpacked in registers ([`matvec`], [`few`], [`transposed`]); for more tokens a panel of rows is unpacked
//! into the first-level cache and used for all of them ([`matmul`], [`transposed`]) in tiles of sums that stay in
//! registers ([`tile`]). Everything is written once over [`simd`], and outputs are divided between [`threads`].

// Indexed loops over constant ranges are what is certain to be unrolled, see [`simd::Simd`].
#![allow(clippy::needless_range_loop)]

mod arrange;
mod attend;
mod cap;
mod convolution;
mod distances;
pub mod draw;
mod dropout;
mod exp;
mod few;
mod finite;
pub mod formats;
mod glu;
mod gradient_norm;
mod halves;
mod layer;
mod linear;
mod logits;
mod matmul;
mod matvec;
mod norm;
mod outer;
pub mod pack;
mod rope;
pub mod samples;
mod segments;
mod shape;
mod simd;
#[cfg(test)]
mod tests;
pub mod threads;
mod tile;
mod transposed;
mod unpack;
mod vector;

pub use arrange::*;
pub use attend::*;
pub use cap::{soft_cap, soft_cap_backward};
pub use convolution::*;
pub use distances::*;
pub use dropout::*;
pub use exp::exp;
pub use finite::first_not_finite;
pub use glu::*;
pub use gradient_norm::*;
pub use layer::*;
pub use linear::*;
pub use logits::*;
pub use norm::*;
pub use outer::*;
pub use rope::*;
pub use segments::*;
pub use shape::{Activation, Attention, Layout};
