//! Encoders, forward only: BERT, RoBERTa and DeBERTa-v2/v3. Several texts run side by side as rows of one matrix, without
//! padding; attention knows where each begins and ends.
//!
//! Read in the order of the data flow: [`batch`] → [`embeddings`] → [`block`] (with [`convolution`]) → [`encode`], which
//! joins them, → [`head`].

pub mod batch;
pub mod block;
pub mod convolution;
pub mod embeddings;
pub mod encode;
pub mod head;
pub mod norm;

pub use batch::Batch;
pub use encode::Encoder;
