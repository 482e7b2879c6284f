//! Scores of how sure a language model is of an answer, what they mean as a probability of being right, and the statistics
//! that say how good they are. Pure functions of numbers and texts: no device, no tokenizer, nothing that waits.
//!
//! Read the modules from the lowest floor up; each uses only those before it: [`error`], [`json`] and [`names`] →
//! [`statistics`] → [`evidence`], the record of one question → [`lexical`] and [`spans`], which read its texts →
//! [`check`], which finds faults without knowing anything → [`methods`], one file a score → [`kinds`], which tells
//! questions of fact from others → [`abstain`], what saying "I don't know" is worth and how it is taught →
//! [`confidence`], which makes one probability of many scores → [`record`], what a line asks and answers → `schema`,
//! how all that looks from outside, and `web`, the boundary to JavaScript, on wasm32.

pub mod abstain;
#[cfg(any(feature = "check", not(target_family = "wasm")))]
pub mod check;
pub mod confidence;
pub mod error;
pub mod evidence;
pub mod given;
pub mod json;
pub mod kinds;
pub mod lexical;
pub mod methods;
pub mod names;
pub mod record;
#[cfg(not(target_family = "wasm"))]
pub mod schema;
pub mod spans;
pub mod statistics;
#[cfg(target_family = "wasm")]
pub mod web;

pub use error::{Code, Error, Result};
