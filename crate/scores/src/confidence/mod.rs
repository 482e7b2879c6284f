//! From scores to a probability of being right, and from that to a verdict.
//!
//! [`features`], [`state`] and [`combined`] make one confidence of many scores and the model's own state;
//! [`conformal`], [`selective`] and [`entropy`] give [`thresholds`] for abstaining, [`verdict`] applies them.
//! [`fit`](mod@fit) makes a [`calibration`] of labeled questions ([`item`]) and a [`report`] on it ([`quality`]);
//! [`left_out`](mod@left_out) tries it on kinds of questions that it did not see,
//! [`domain`] says which questions one applies to. [`apply`] reads one, [`answers`](mod@answers) for answers that come as JSON; [`explanation`] puts that into words, in the
//! one unit of [`units`].

pub mod answers;
pub mod apply;
pub mod calibration;
pub mod combined;
pub mod conformal;
pub mod domain;
pub mod entropy;
pub mod explanation;
pub mod features;
pub mod fit;
pub mod input;
pub mod item;
pub mod left_out;
pub mod quality;
mod read;
pub mod reasons;
pub mod report;
pub mod selective;
pub mod state;
#[cfg(test)]
mod tests;
pub mod thresholds;
pub mod units;
pub mod verdict;
pub mod write;
