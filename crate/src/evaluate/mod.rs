//! How well a score tells right answers from wrong ones.

pub mod item;
pub mod metrics;
#[cfg(feature = "cli")]
pub mod report;
#[cfg(feature = "cli")]
pub mod summary;
