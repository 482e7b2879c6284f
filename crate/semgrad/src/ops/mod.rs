//! The project's own operations on tensors: shaders on WebGPU, plain loops on the CPU device.
//!
//! Here is what reads packed weights or fuses a reduction that a tensor library would have to materialize, and the few
//! plain operations that a model needs besides (`arrange`). An operation is one function with a branch for either device:
//! it launches `shaders/<operation>.wgsl`, or calls its namesake in the crate of CPU kernels ([`cpu`]). Operations that belong
//! together share a file, which has the same name there, and holds their checks at start-up and their tests too.
//!
//! Burn carries the tensors and their memory; no operation of its own runs on the GPU.

mod arrange;
mod attend;
mod cap;
mod check;
mod convolution;
mod copy;
mod dropout;
mod glu;
mod gradient_norm;
pub(crate) mod launch;
mod layer;
mod linear;
mod logits;
mod norm;
pub(crate) mod on;
mod outer;
mod reading;
mod rope;
mod segments;
pub(crate) mod self_test;
#[cfg(test)]
pub(crate) mod tests;
mod upload;

pub use arrange::*;
pub use attend::*;
pub use cap::*;
pub use convolution::*;
pub use dropout::*;
pub use glu::*;
pub use gradient_norm::*;
pub use layer::*;
pub use linear::*;
pub use logits::*;
pub use norm::*;
pub use outer::*;
pub use reading::{Reading, read};
pub use rope::*;
pub use segments::*;
pub use semgrad_kernels::{self as cpu, Activation, Attention, Layout, pack, samples};
pub use upload::*;
