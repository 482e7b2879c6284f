//! The module that runs models once more, for memory that threads share. Nothing is compiled for it: only the linker is told
//! otherwise, see `xtask`.

pub use semgrad::*;
