//! From scores to a probability of being right, and from that to a verdict.

pub mod isotonic;
