//! How well a score tells right answers from wrong ones.
//!
//! What calibration needs is there on every target: [`item`] and the first of [`metrics`]. The rest is the command line's.

#[cfg(feature = "cli")]
pub mod answered;
#[cfg(feature = "cli")]
pub mod bootstrap;
#[cfg(feature = "cli")]
pub mod crossfit;
#[cfg(feature = "cli")]
pub mod dataset;
pub mod item;
#[cfg(feature = "cli")]
pub mod judge;
#[cfg(feature = "cli")]
pub mod measure;
pub mod metrics;
#[cfg(feature = "cli")]
pub mod report;
#[cfg(feature = "cli")]
pub mod summarize;
#[cfg(feature = "cli")]
pub mod summary;
