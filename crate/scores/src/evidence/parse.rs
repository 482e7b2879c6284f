//! Evidence read from JSON.

use super::Evidence;
use crate::error::{Code, Error, Result};
use crate::json::unmarked;

impl Evidence {
    /// Reads a record. What it holds besides is let be: other programs write such records, and lines of answers are some.
    ///
    /// # Errors
    /// `bad_input` when it is none.
    pub fn parse(json: &str) -> Result<Self> {
        let bad = |what: String| {
            let advice = "Pass an object with the fields of `Evidence`.";
            Error::new(Code::BadInput, format!("this is no evidence ({what})."), advice)
        };
        let json = unmarked(json);
        // A list would do for the fields in their order.
        if !json.trim_start().starts_with('{') {
            return Err(bad("not an object".into()));
        }
        serde_json::from_str(json).map_err(|error| bad(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_alone_are_evidence() {
        assert_eq!(Evidence::parse("\u{feff} {\"answer\": \"Paris\"}").unwrap().answer.as_deref(), Some("Paris"));
        for broken in ["", "[]", "7", "null", "{", r#"{"tokens": 3}"#] {
            assert_eq!(Evidence::parse(broken).unwrap_err().code, Code::BadInput, "{broken}");
        }
    }
}
