//! The modules of `semgrad` that read what users hand over, without those that run models.

#![allow(dead_code, reason = "some of it is for those that run models")]

#[path = "../crate/semgrad/src/adapter/mod.rs"]
pub mod adapter;
#[path = "../crate/semgrad/src/input.rs"]
pub mod input;
#[path = "../crate/semgrad/src/line.rs"]
pub mod line;
#[path = "../crate/semgrad/src/probe.rs"]
pub mod probe;
#[path = "../crate/semgrad/src/profile.rs"]
pub mod profile;
#[path = "../crate/semgrad/src/text/mod.rs"]
pub mod text;
#[path = "../crate/semgrad/src/weights/mod.rs"]
pub mod weights;

pub use semgrad_scores::{Code, Error, Result, confidence, error, methods, spans};
