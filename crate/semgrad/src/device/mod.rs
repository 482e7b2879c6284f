//! Where the model runs: WebGPU if it is there and computes correctly, else the CPU.

mod handle;
mod open;
mod self_test;

pub use handle::Device;
pub use open::Choice;
#[cfg(not(target_family = "wasm"))]
pub use semgrad_kernels::threads::start as start_threads;
