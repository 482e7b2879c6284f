//! Errors that both kinds of file share.

use crate::error::{Code, Error};
use crate::weights::foreign::MERGE;

/// The adapter asks for something beyond two matrices a layer; `what` names it.
pub(super) fn unsupported(what: impl Into<String>) -> Error {
    Error::new(Code::UnsupportedFormat, what, MERGE)
}

/// The adapter contradicts itself.
pub(super) fn damaged(what: impl Into<String>) -> Error {
    Error::new(Code::CorruptWeights, what, "The adapter's files are damaged or do not belong together: get it again.")
}

/// What a model is that was given as an adapter, and what to do.
pub(super) const WHOLE_MODEL: (&str, &str) = (
    "a whole model, not an adapter",
    "Load it as the model. An adapter is a GGUF file of its own, or adapter_config.json with adapter_model.safetensors.",
);
