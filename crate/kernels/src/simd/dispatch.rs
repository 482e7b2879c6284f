//! The best instruction set of this processor.

use super::instructions::Task;

/// Runs the task with the best instruction set of this processor.
#[inline(never)]
pub fn dispatch<T: Task>(task: T) -> T::Output {
    #[cfg(target_arch = "x86_64")]
    if let Some(simd) = super::x86::Avx2::detect() {
        return simd.run(task);
    }
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    return task.run(super::wasm::Simd128);
    #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
    portable(task)
}

/// Runs the task without intrinsics.
#[cfg(any(test, not(all(target_arch = "wasm32", target_feature = "simd128"))))]
pub fn portable<T: Task>(task: T) -> T::Output {
    task.run(super::portable::Portable)
}
