//! A registry that stays empty, in place of the crate `inventory`.
//!
//! Burn compiles its own GPU kernels from an intermediate representation when they run. On wasm32 everything that this
//! representation knows (operations, their checks, how to print and to parse them) registers itself with `inventory`
//! before `main`: thousands of constructors, which no linker can drop, every page would download, and, as wasm modules are
//! linked, every call from JavaScript would run. This project's kernels are shaders already, see
//! `semgrad::ops`: nothing is compiled, so nothing need be known. A kernel of Burn's would fail.
//!
//! Native builds do not use `inventory`; there Burn's own kernels work.

/// Would let `submit!` take a type.
#[macro_export]
macro_rules! collect {
    ($type:ty) => {};
}

/// Would register a value.
#[macro_export]
macro_rules! submit {
    ($($value:tt)*) => {};
}

/// What is registered for a type: nothing.
pub fn iter<T: 'static>() -> std::iter::Empty<&'static T> {
    std::iter::empty()
}
