//! From scores to a probability of being right, and from that to a verdict.
//!
//! [`features`], [`state`] and [`combined`] make one confidence of many scores and the model's own state, [`isotonic`] and [`platt`] map single scores;
//! [`conformal`], [`selective`] and [`entropy`] say when to abstain, [`verdict`] applies that. [`fit`](mod@fit) makes a
//! [`calibration`] of labeled questions and a [`report`] on it ([`folds`], [`quality`]), [`apply`] reads one.

pub mod apply;
pub mod calibration;
pub mod combined;
pub mod conformal;
pub mod entropy;
pub mod features;
pub mod fit;
pub mod folds;
pub mod input;
pub mod isotonic;
pub mod platt;
pub mod quality;
mod read;
pub mod reasons;
pub mod report;
pub mod selective;
pub mod state;
#[cfg(test)]
mod tests;
pub mod verdict;
pub(crate) mod write;
