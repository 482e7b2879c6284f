//! How a command ends when it does not end well.

use semgrad::Error;

/// Why a command ended early.
pub enum Stop {
    /// Wrong arguments.
    Usage(Error),
    /// Some lines failed; they say why themselves.
    Lines(usize),
    /// Nothing could run.
    Fatal(Error),
}
