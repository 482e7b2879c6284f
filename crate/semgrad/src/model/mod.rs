//! Decoders of every [family](crate::weights::families), forward and backward, on any device; and [`encoder`]s, which
//! compare texts.

pub mod block;
pub mod cache;
pub mod decoder;
pub mod encoder;
pub mod gradients;
pub mod linear;
pub mod load;
pub mod low_rank;
pub mod mixer;
pub mod norm;
pub mod rope;
pub mod tape;
pub mod weight;

use crate::error::{Code, Error, Result};

/// The error of `what` the model computed, where it is not finite. Weights that are not are found when they are read, so
/// these overflow on the way.
pub fn overflow(what: &str) -> Error {
    Error::new(
        Code::CorruptWeights,
        format!("the model's {what} are no finite numbers, although all its weights are"),
        "Its numbers overflow single precision: take another conversion of the model; on a GPU, try the CPU device first.",
    )
}

/// Checks what the model computed.
///
/// # Errors
/// [`overflow`].
pub fn check_finite(values: &[f32], what: &str) -> Result<()> {
    // Without a branch for each value: there are many.
    let finite = values.iter().fold(true, |finite, value| finite & value.is_finite());
    finite.then_some(()).ok_or_else(|| overflow(what))
}
