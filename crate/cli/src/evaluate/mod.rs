//! How well a score tells right answers from wrong ones: question files, asking and keeping the answers, judges, and the
//! summary of an evaluation. The statistics are those of `semgrad_scores`.

pub mod answered;
pub mod asking;
pub mod built_in;
pub mod data;
pub mod dataset;
pub mod findings;
pub mod judge;
pub mod judging;
pub mod measure;
pub mod settings;
pub mod store;
pub mod summarize;
pub mod summary;

pub use semgrad_scores::confidence::item;
