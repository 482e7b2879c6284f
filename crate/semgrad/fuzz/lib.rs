//! The modules of `semgrad` that read what users hand over, without those that run models.

#![allow(dead_code, reason = "some of it is for those that run models")]

#[path = "../src/adapter/mod.rs"]
pub mod adapter;
#[path = "../src/input.rs"]
pub mod input;
#[path = "../src/line.rs"]
pub mod line;
#[path = "../src/probe.rs"]
pub mod probe;
#[path = "../src/profile.rs"]
pub mod profile;
#[path = "../src/text/mod.rs"]
pub mod text;
#[path = "../src/weights/mod.rs"]
pub mod weights;

pub use semgrad_scores::{Code, Error, Result, confidence, error, methods, spans};
