//! The best instruction set of this processor.

use super::instructions::Task;

/// Runs the task with the best instruction set of this processor.
#[inline(never)]
pub fn dispatch<T: Task>(task: T) -> T::Output {
    #[cfg(target_arch = "x86_64")]
    if let Some(simd) = super::x86::Avx512::detect() {
        return simd.run(task);
    } else if let Some(simd) = super::x86::Avx2::detect() {
        return simd.run(task);
    }
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    return task.run(super::wasm::Simd128);
    #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
    portable(task)
}

/// Whether that is one with 32 registers of sixteen floats.
pub fn is_long() -> bool {
    #[cfg(target_arch = "x86_64")]
    return super::x86::Avx512::detect().is_some();
    #[cfg(not(target_arch = "x86_64"))]
    return false;
}

/// Runs the task with it, for which alone it is compiled; `None` where it is not to be had.
#[inline(never)]
pub fn dispatch_long<T: Task>(task: T) -> Option<T::Output> {
    #[cfg(target_arch = "x86_64")]
    return super::x86::Avx512::detect().map(|simd| simd.run(task));
    #[cfg(not(target_arch = "x86_64"))]
    return Some(task).and(None);
}

/// An instruction set that [`dispatch`] may leave for a better one.
#[cfg(test)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lesser {
    /// No intrinsics.
    Portable,
    /// Those of x86 before AVX-512.
    #[cfg(target_arch = "x86_64")]
    Avx2,
}

#[cfg(test)]
impl Lesser {
    /// Those of this processor.
    pub fn all() -> Vec<Self> {
        #[cfg(target_arch = "x86_64")]
        if super::x86::Avx2::detect().is_some() {
            return vec![Self::Portable, Self::Avx2];
        }
        vec![Self::Portable]
    }

    /// Runs the task with it.
    pub fn run<T: Task>(self, task: T) -> T::Output {
        #[cfg(target_arch = "x86_64")]
        if let (Self::Avx2, Some(simd)) = (self, super::x86::Avx2::detect()) {
            return simd.run(task);
        }
        portable(task)
    }
}

/// Runs the task without intrinsics.
#[cfg(any(test, not(all(target_arch = "wasm32", target_feature = "simd128"))))]
pub fn portable<T: Task>(task: T) -> T::Output {
    task.run(super::portable::Portable)
}
