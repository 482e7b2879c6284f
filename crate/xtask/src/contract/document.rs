//! Reading the document.

use serde_json::Value;

/// The list of that name in the document.
pub fn list<'a>(contract: &'a Value, name: &str) -> &'a [Value] {
    contract[name].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// A text in the document; empty where there is none.
pub fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}
