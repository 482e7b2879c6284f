//! What was observed about one question, gathered once for all methods that were asked for.

pub mod ask;
pub mod compare;
pub mod distributions;
pub mod lexical;
pub mod nullable;
pub mod observed;
pub mod pass;
pub mod words;

pub use observed::Evidence;
