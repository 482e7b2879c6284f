//! What was observed about one question, as plain data: gathered once for all methods that were asked for, or supplied by
//! any other program.

pub mod distribution;
pub mod nullable;
pub mod observed;
mod parse;

pub use observed::Evidence;
