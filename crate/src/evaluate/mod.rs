//! How well a score tells right answers from wrong ones.

pub mod metrics;
