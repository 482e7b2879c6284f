//! How well a score tells right answers from wrong ones: question files, judges, and the summary and report of an
//! evaluation. The statistics are those of `semgrad_scores`.

pub mod answered;
pub mod dataset;
pub mod judge;
pub mod measure;
pub mod report;
pub mod summarize;
pub mod summary;

pub use semgrad_scores::confidence::item;
