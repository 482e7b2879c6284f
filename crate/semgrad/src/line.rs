//! One line of a file of questions: the JSON object in it, the request that it makes, and the id of what is none.

use crate::error::{Code, Error, Result};
use crate::input::Line;
use semgrad_scores::record::{Request, faults, names};
use serde::Deserialize;
use serde_json::Value;

/// Bytes of a line: far more than any model reads, and little enough to be tokenized.
pub const LONGEST: usize = 16 << 20;

/// A line's JSON object, or what is wrong with it.
///
/// # Errors
/// In words that follow the number of the line.
pub fn object<T: for<'a> Deserialize<'a>>(line: &Line) -> std::result::Result<T, String> {
    if let Some(fault) = line.fault {
        return Err(fault.to_owned());
    }
    // A list would do for the fields in their order.
    if !line.text.trim_start().starts_with('{') {
        return Err("it is not a JSON object".to_owned());
    }
    // The parser's own line is always the first.
    serde_json::from_str(&line.text).map_err(|error| error.to_string().replace(" at line 1 column", " at column"))
}

/// The request of a line, with no name that nobody knows.
///
/// # Errors
/// `bad_input`, with what is wrong.
pub fn request(line: &Line) -> Result<Request> {
    let bad =
        |what: String| Error::new(Code::BadInput, format!("{what}."), "See `semgrad score --help` for the fields.");
    let length = line.text.len();
    if length > LONGEST {
        return Err(bad(format!("it has {} MB, and {} are the most", length >> 20, LONGEST >> 20)));
    }
    // As it is written: of the request nobody can tell what else stood there.
    let written: Value = object(line).map_err(bad)?;
    names::known(&&written)?;
    let parse = |value: &Value| serde_json::from_value::<Request>(value.clone());
    // Once more from the text: of a field that stands there twice, the value keeps one.
    object(line).map_err(|what| match parse(&written) {
        Ok(_) => bad(what),
        Err(_) => faults::explain(&written, |value| parse(value).err().map(|error| error.to_string())),
    })
}

/// The id of a line, also of one that is no JSON from some place on.
pub fn id(text: &str) -> Option<Value> {
    if let Ok(value) = serde_json::from_str::<Value>(text) {
        return value.get("id").cloned();
    }
    let (mut depth, mut at) = (0, 0);
    while let Some(&byte) = text.as_bytes().get(at) {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            b'"' => {
                let end = string_end(text, at)?;
                let rest = text[end..].trim_start().strip_prefix(':');
                if let (1, "\"id\"", Some(rest)) = (depth, &text[at..end], rest) {
                    return first_value(rest);
                }
                at = end;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// One past the quotation mark that ends the string which begins at `start`.
fn string_end(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = start + 1;
    while *bytes.get(at)? != b'"' {
        at += 1 + usize::from(bytes[at] == b'\\');
    }
    Some(at + 1)
}

fn first_value(text: &str) -> Option<Value> {
    let parsed = serde_json::Deserializer::from_str(text).into_iter::<Value>().next()?;
    // An id with half of a pair of surrogates is a text no more than the line is: its escapes are shown as they stand.
    parsed.ok().or_else(|| {
        let text = text.trim_start();
        text.starts_with('"').then(|| string_end(text, 0)).flatten().map(|end| text[1..end - 1].into())
    })
}
