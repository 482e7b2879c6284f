//! Where the model runs: WebGPU if it is there and computes correctly, else the CPU.

#[cfg(not(target_family = "wasm"))]
mod facts;
mod handle;
mod open;
pub(crate) mod self_test;

#[cfg(not(target_family = "wasm"))]
pub use facts::{Facts, facts};
pub use handle::Device;
pub use open::Choice;
#[cfg(not(target_family = "wasm"))]
pub use semgrad_kernels::threads::start as start_threads;
