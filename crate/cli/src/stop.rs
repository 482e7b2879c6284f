//! How a command ends when it does not end well.

use semgrad::{Code, Error};

/// Why a command ended early.
pub enum Stop {
    /// Wrong arguments.
    Usage(Error),
    /// Some lines failed; they say why themselves.
    Lines(usize),
    /// Nothing could run.
    Fatal(Error),
}

impl Stop {
    /// Wrong arguments or files: what is wrong, and what to do.
    pub fn bad_input(message: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::Usage(Error::new(Code::BadInput, message, advice))
    }
}
