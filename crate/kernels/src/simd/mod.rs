//! Eight floats and sixteen bytes at a time, so that every kernel is written once.
//!
//! An instruction set is a value: holding one proves that the processor has it, which is what the intrinsics behind the
//! safe methods need. [`dispatch`] picks the best and compiles a whole [`Task`] for it.

mod dispatch;
mod instructions;
#[cfg(any(test, not(all(target_arch = "wasm32", target_feature = "simd128"))))]
mod portable;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod wasm;
#[cfg(target_arch = "x86_64")]
mod x86;

#[cfg(test)]
pub use dispatch::Lesser;
pub use dispatch::{dispatch, dispatch_long, is_long};
pub use instructions::{LANES, Simd, Task};
