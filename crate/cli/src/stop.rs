//! How a command ends when it does not end well.

use semgrad::{Code, Error};

/// Why a command ended early.
pub enum Stop {
    /// Some lines failed; they say why themselves.
    Lines(usize),
    /// Nothing came of it.
    Failed(Error),
}

impl Stop {
    /// Wrong arguments or files: what is wrong, and what to do.
    pub fn bad_input(message: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::Failed(Error::new(Code::BadInput, message, advice))
    }

    /// The exit status, which says who has to do something about it.
    pub fn status(&self) -> u8 {
        match self {
            Self::Lines(_) => 2,
            Self::Failed(error) => status(error.code),
        }
    }
}

/// 1 where something else has to be asked for or named, 3 where the same may work at another time or on another machine.
fn status(code: Code) -> u8 {
    match code {
        Code::BadInput
        | Code::UnsupportedFormat
        | Code::CorruptWeights
        | Code::UnsupportedArchitecture
        | Code::MissingTokenizer
        | Code::BadTemplate
        | Code::ContextExceeded
        | Code::EngineRequired
        | Code::NotCalibrated => 1,
        Code::OutOfMemory
        | Code::DeviceLost
        | Code::NoWebgpu
        | Code::SelfTestFailed
        | Code::Network
        | Code::IntegrityMismatch
        | Code::QuotaExceeded
        | Code::Aborted
        | Code::Internal => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_is_that_of_the_error_wherever_it_comes_from() {
        let of = |code| Stop::Failed(Error::new(code, "", "")).status();
        assert_eq!((Stop::bad_input("", "").status(), Stop::Lines(7).status()), (1, 2));
        assert_eq!([Code::ContextExceeded, Code::UnsupportedFormat].map(of), [1, 1]);
        assert_eq!([Code::Network, Code::QuotaExceeded, Code::Internal].map(of), [3, 3, 3]);
    }
}
