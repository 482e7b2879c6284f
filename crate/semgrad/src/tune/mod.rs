//! Training an adapter: a low-rank change of some linear layers, while the model's own weights stay packed and as they are.
//!
//! A [`Trainer`] is given [`Example`]s, pairs of a prompt and what is to be answered, and moves a few million numbers so
//! that the answers become more likely (cross-entropy on the targets' tokens, and for [`Kind::Replay`] the distance to what
//! the model said before). One [`step`](Trainer::step) is one batch: between two of them a program may stop for good, and go
//! on from what [`save`](Trainer::save) gave.
//!
//! What is below the lowest layer that is changed is the same in every epoch, so its output is kept (`boundary`). The
//! layers above it run forward and backward ([`Pass`](crate::evidence::pass::Pass)); the weights' gradients are left in a
//! `sink`, brought to the host once a batch, and applied there (`adamw`).

mod adamw;
mod boundary;
mod cost;
mod divergence;
mod example;
mod initial;
mod saved;
mod sink;
mod trainer;

pub use cost::forward_products;
pub use example::{Example, Kind};
pub use semgrad_scores::abstain::training::{Options, Step};
pub use trainer::{Gathered, Trainer};
