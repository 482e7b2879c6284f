//! Saying "I don't know" (arXiv 2410.17234): what it is worth, against what it is compared, and how a model is taught it.
//!
//! [`outcome`] counts what became of questions, [`random`] says what abstaining without knowing anything gives,
//! [`threshold`] what abstaining above a score gives, [`compare`] what of a difference is noise, and [`row`] is one line of
//! the table of all that. [`refusal`] tells refusals from answers; [`target`] says what a model is trained to answer,
//! [`lesson`] what it is as somebody wishes, and [`replay`] what is rehearsed beside. [`asked`] and [`training`] are what goes in
//! and comes out, as files and callers have it.
//!
//! [`doubt`] is for long answers: there a single claim is doubted, and the others stay.
//!
//! Numbers and texts alone: nothing here asks or trains a model.

pub mod asked;
pub mod compare;
pub mod doubt;
pub mod lesson;
pub mod outcome;
pub mod random;
pub mod refusal;
pub mod replay;
pub mod row;
pub mod target;
pub mod threshold;
pub mod training;
