//! Encoders, forward only, of the families in `weights::encoder::family`. Several texts run side by side as rows of one
//! matrix, without padding; attention knows where each begins and ends.
//!
//! Read in the order of the data flow: [`batch`] → [`embeddings`] → [`block`] (with [`convolution`]) or, in ModernBERT,
//! [`rotated`], → [`stack`], all blocks, → [`encode`], which joins them, → [`head`].

pub mod batch;
pub mod block;
pub mod convolution;
pub mod embeddings;
pub mod encode;
pub mod head;
pub mod norm;
pub mod rotated;
pub mod stack;

pub use batch::Batch;
pub use encode::Encoder;
