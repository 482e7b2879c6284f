//! Whole models against reference numbers, and against what once ended them.
//!
//! One program: each further one would be compiled and linked with everything below a model once more.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;
mod control;
mod encoders;
mod examined;
mod finite_differences;
mod hidden;
mod in_flight;
mod lost_work;
mod manner;
mod real;
mod tiny;
mod training;
mod weights;
