//! Answers from small language models, and how far to trust them.
//!
//! Read the modules in the order of the data flow: [`device`] → [`weights`] (of a [`hub`], where they are named so), with an [`adapter`] beside them → [`text`] →
//! [`model`] (on [`ops`]) → [`generate`] → [`evidence`] (which may ask [`engines`], and asks with [`prompts`] and
//! [`perturb`]) → [`methods`] → [`answer`], which joins them; [`sps`] measures a model once and leaves a [`profile`],
//! [`probing`] trains a [`probe`] of its states, [`tune`] an adapter, for which [`teach`] finds the examples;
//! [`confidence`] says what a score means. `measure`, which only native programs have, says how fast a GPU is, and why.

pub mod adapter;
pub mod answer;
pub mod asking;
pub mod control;
pub mod device;
pub mod engines;
pub mod evidence;
pub mod generate;
pub mod hub;
pub mod input;
pub mod line;
#[cfg(not(target_family = "wasm"))]
pub mod measure;
pub mod model;
pub mod ops;
pub mod perturb;
pub mod probe;
pub mod probing;
pub mod profile;
pub mod prompts;
pub mod sps;
pub mod teach;
pub mod text;
pub mod tune;
#[cfg(target_family = "wasm")]
mod web;
pub mod weights;

pub use semgrad_scores::{Code, Error, Result, confidence, error, methods, spans};
