//! What is observed about one question, gathered once for all methods that were asked for. The record itself is plain data
//! and lives below, in `semgrad_scores`.

pub mod ask;
pub mod compare;
pub mod distributions;
pub mod loss;
pub mod pass;
mod rivals;

pub use semgrad_scores::evidence::{Evidence, observed};
