//! The program as it is started: what it reads, writes and leaves behind.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod calibrate;
mod check;
#[path = "../../../semgrad/tests/models/common.rs"]
#[allow(dead_code, reason = "shared with the tests of the library, which use all of it")]
mod common;
mod eval;
mod given;
mod kinds;
mod models;
mod score;
mod tune;
