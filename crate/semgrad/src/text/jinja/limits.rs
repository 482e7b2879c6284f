//! What a template may ask for. It comes from anywhere, and the engine reserves as much memory as a width or a count says.

use minijinja::{Error, ErrorKind};
use std::borrow::Cow;

/// A count that is not beyond all reason.
pub fn few(count: usize) -> Result<usize, Error> {
    if count <= 1 << 16 { Ok(count) } else { Err(invalid("the number is too large")) }
}

/// No width or precision of the format is beyond all reason.
pub fn bounded(format: &str) -> Result<(), Error> {
    match format.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.trim_start_matches('0').len() > 4) {
        true => Err(invalid("a width in the format is too large")),
        false => Ok(()),
    }
}

/// Something that cannot be done with these values.
pub fn invalid(message: impl Into<Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::InvalidOperation, message)
}
