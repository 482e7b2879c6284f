//! Doubts stated inside long answers, after LoGU (arXiv 2410.14309): the claims of an answer that the model is least sure of
//! are said to be unsure, or are left out, and the others stay as they are.
//!
//! [`pieces`] finds the claims of an answer, and the doubts that it states already; [`choose`] says which claims are doubted;
//! [`target`] makes of that the answer to be learned, and [`measure`] counts what came of it. A claim becomes a doubt by template ([`rewrite`]): one date ([`when`]),
//! one number ([`how`]) or one name ([`name`]) is dropped. Whatever no template fits is left out.
//!
//! The paper has a large model rewrite claims. A small one invents facts when it is asked to, and rules cannot. They are for
//! English, and refuse far more sentences than they accept: what they make has to be right, because a model learns from it.

pub mod asked;
pub mod choose;
mod clause;
mod date;
mod detail;
mod how;
mod lists;
pub mod measure;
mod name;
mod number;
pub mod pieces;
pub mod rewrite;
pub mod target;
mod when;
mod words;
