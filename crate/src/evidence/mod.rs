//! What was observed about one question, gathered once for all methods that were asked for.

pub mod gradients;
pub mod lexical;
pub mod nullable;
pub mod observed;

pub use observed::Evidence;
