//! The one error type of the crate: a stable code, what happened, and what to do about it.
//!
//! The codes are shared with the TypeScript package; a caller may match on them, texts may change.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Stable error codes, written in snake case wherever they leave the crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The file is not of a kind that can be read (wrong magic, unknown version, unknown tensor type).
    UnsupportedFormat,
    /// The file claims to be a known format but contradicts itself or ends too early.
    CorruptWeights,
    /// The weights are readable but belong to a model family that is not implemented.
    UnsupportedArchitecture,
    /// Text was given or wanted, and the model has no tokenizer.
    MissingTokenizer,
    /// The chat template does not compile or does not render.
    BadTemplate,
    /// Prompt and answer do not fit into the model's context.
    ContextExceeded,
    /// The device or the wasm heap ran out of memory.
    OutOfMemory,
    /// The GPU went away.
    DeviceLost,
    /// WebGPU was asked for and is not there.
    NoWebgpu,
    /// The device computes wrong numbers.
    SelfTestFailed,
    /// A method needs a similarity engine that the caller did not name.
    EngineRequired,
    /// A confidence was asked for, and no profile fits.
    NotCalibrated,
    /// A download failed.
    Network,
    /// The file's hash is not the expected one.
    IntegrityMismatch,
    /// The browser refuses more storage.
    QuotaExceeded,
    /// The caller aborted.
    Aborted,
    /// An argument or input line is not acceptable.
    BadInput,
    /// A bug of ours.
    Internal,
}

impl Code {
    /// The code as it is written in JSON and JavaScript.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UnsupportedFormat => "unsupported_format",
            Self::CorruptWeights => "corrupt_weights",
            Self::UnsupportedArchitecture => "unsupported_architecture",
            Self::MissingTokenizer => "missing_tokenizer",
            Self::BadTemplate => "bad_template",
            Self::ContextExceeded => "context_exceeded",
            Self::OutOfMemory => "out_of_memory",
            Self::DeviceLost => "device_lost",
            Self::NoWebgpu => "no_webgpu",
            Self::SelfTestFailed => "self_test_failed",
            Self::EngineRequired => "engine_required",
            Self::NotCalibrated => "not_calibrated",
            Self::Network => "network",
            Self::IntegrityMismatch => "integrity_mismatch",
            Self::QuotaExceeded => "quota_exceeded",
            Self::Aborted => "aborted",
            Self::BadInput => "bad_input",
            Self::Internal => "internal",
        }
    }
}

/// What went wrong and what the caller can do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema))]
pub struct Error {
    /// Stable code.
    pub code: Code,
    /// What happened, naming the tensor, key, file or field.
    pub message: String,
    /// What to do about it, one sentence.
    pub advice: String,
}

impl Error {
    /// An error with a message and a piece of advice.
    pub fn new(code: Code, message: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { code, message: message.into(), advice: advice.into() }
    }

    /// The caller aborted.
    pub fn aborted() -> Self {
        Self::new(Code::Aborted, "the caller aborted", "Call again to start over; nothing was lost.")
    }

    /// Something that cannot happen happened.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(Code::Internal, message, "This is a bug: please report it with the input that caused it.")
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = if self.message.ends_with(['.', '!', '?']) { "" } else { "." };
        write!(f, "{}: {}{end} {}", self.code.as_str(), self.message, self.advice)
    }
}

/// Result with the crate's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;
