//! How well a score tells right answers from wrong ones: question files, judges, and the summary of an evaluation. The statistics are those of `semgrad_scores`.

pub mod answered;
pub mod dataset;
pub mod judge;
pub mod measure;
pub mod summarize;
pub mod summary;

pub use semgrad_scores::confidence::item;
