//! Teaching a model to say "I don't know" (arXiv 2410.17234): what it is asked, and which examples that gives.
//!
//! [`ask`] asks one question and notes how unsure the model is of it. From all of these,
//! [`targets`](semgrad_scores::abstain::target) chooses what is to be answered, by a teacher's numbers; [`examples`] makes
//! of that what [`tune`](crate::tune) learns from, together with answers to ordinary requests, which are to stay as they are.

mod ask;
mod examples;
mod long;

pub use ask::ask;
pub use examples::{Lesson, examples};
pub use long::{ask_long, long_examples};
pub use semgrad_scores::abstain::asked::Asked;
