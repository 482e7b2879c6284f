//! Which part of a request is of another kind than it should be, in words of ours: serde says what is wrong, but neither
//! where nor in words that a caller knows.
//!
//! Found by reading the parts alone: the one that fails as the whole did holds the fault. So there is no second list of
//! fields, and the cost falls on requests that fail.

use crate::error::{Code, Error};
use serde_json::Value;

/// Characters of a value that are shown.
const SHOWN: usize = 60;
/// How serde says that a field is not there.
const MISSING: &str = "missing field ";

/// A value whose parts can be tried alone, of JSON or of JavaScript.
pub trait Parts: Sized {
    /// The fields of an object by their names, what a list holds by its places; nothing of anything else.
    fn parts(&self) -> Vec<(String, Self)>;
    /// Likewise an object or a list, with this part and no other; anything else as it is.
    fn only(&self, part: Option<(&str, &Self)>) -> Self;
    /// As JSON.
    fn shown(&self) -> String;
}

impl Parts for Value {
    fn parts(&self) -> Vec<(String, Self)> {
        match self {
            Self::Object(fields) => fields.iter().map(|(name, field)| (name.clone(), field.clone())).collect(),
            Self::Array(items) => items.iter().enumerate().map(|(i, item)| (i.to_string(), item.clone())).collect(),
            _ => Vec::new(),
        }
    }

    fn only(&self, part: Option<(&str, &Self)>) -> Self {
        match self {
            Self::Object(_) => {
                Self::Object(part.into_iter().map(|(name, field)| (name.into(), field.clone())).collect())
            }
            Self::Array(_) => part.into_iter().map(|part| part.1.clone()).collect(),
            other => other.clone(),
        }
    }

    fn shown(&self) -> String {
        self.to_string()
    }
}

/// The error of a `value` that cannot be read. `read` says in serde's words what is wrong with one; nothing with one that
/// can be read.
pub fn explain<V: Parts>(value: &V, read: impl Fn(&V) -> Option<String>) -> Error {
    let said = read(value).unwrap_or_default();
    let (path, fault) = find(value, &said, &read);
    let advice = "Correct it, or leave it out.";
    let at = match path.as_str() {
        "" => "the request",
        path => path,
    };
    let message = match said.rsplit_once(", expected ") {
        Some((_, wanted)) => {
            let shown: String = fault.as_ref().unwrap_or(value).shown().chars().take(SHOWN + 1).collect();
            let shown = match shown.char_indices().nth(SHOWN) {
                Some((end, _)) => format!("{}…", &shown[..end]),
                None => shown,
            };
            format!("{at} must be {}, and is {shown}.", plain(wanted))
        }
        None => match said.strip_prefix(MISSING) {
            Some(field) => format!("{at} has no {}.", field.replace('`', "")),
            None => format!("{at} cannot be read: {said}."),
        },
    };
    Error::new(Code::BadInput, message, advice)
}

/// The path of the part that fails alone as the whole does, and the part; none of the whole itself.
fn find<V: Parts>(value: &V, said: &str, read: &dyn Fn(&V) -> Option<String>) -> (String, Option<V>) {
    let fails = |value: &V| read(value).as_deref() == Some(said);
    // Where an empty one fails as well, the kind of the value itself is the fault.
    if fails(&value.only(None)) {
        return (String::new(), None);
    }
    let is_list = value.parts().first().is_some_and(|part| part.0 == "0");
    for (name, part) in value.parts() {
        // What has no parts lacks none.
        let lacks_none = said.starts_with(MISSING) && part.parts().is_empty();
        if lacks_none || !fails(&value.only(Some((&name, &part)))) {
            continue;
        }
        let (below, fault) = find(&part, said, &|part| read(&value.only(Some((&name, part)))));
        let separator = if below.is_empty() || below.starts_with('[') { "" } else { "." };
        let own = if is_list { format!("[{name}]") } else { name };
        return (format!("{own}{separator}{below}"), Some(fault.unwrap_or(part)));
    }
    (String::new(), None)
}

/// What serde expected, for people.
fn plain(wanted: &str) -> String {
    match wanted {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number from 0 on".into(),
        "f32" | "f64" => "a number".into(),
        "a boolean" => "true or false".into(),
        "a string" | "string" | "string or map" => "a text".into(),
        "a sequence" => "a list".into(),
        "a map" => "an object".into(),
        kind if kind.starts_with("struct ") => "an object".into(),
        other => other.replace('`', ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Request;
    use serde_json::json;

    fn said(request: Value) -> String {
        let read = |value: &Value| serde_json::from_value::<Request>(value.clone()).err().map(|e| e.to_string());
        let error = explain(&request, read);
        assert_eq!(error.code, Code::BadInput);
        error.message
    }

    #[test]
    fn the_part_is_named_with_what_it_must_be_and_what_came() {
        for (request, want) in [
            (
                json!({"question": "Q", "max_tokens": "5"}),
                r#"max_tokens must be a whole number from 0 on, and is "5"."#,
            ),
            (json!({"question": "Q", "max_tokens": 1.5}), "max_tokens must be a whole number from 0 on, and is 1.5."),
            (json!({"samples": -3}), "samples must be a whole number from 0 on, and is -3."),
            (json!({"temperature": {"a": 1}, "seed": 3}), r#"temperature must be a number, and is {"a":1}."#),
            (json!({"question": ["Q"]}), r#"question must be a text, and is ["Q"]."#),
            (json!({"spans": "yes"}), r#"spans must be true or false, and is "yes"."#),
            (json!({"methods": "gnll"}), r#"methods must be a list, and is "gnll"."#),
            (json!({"methods": ["gnll", 7]}), "methods[1] must be a text, and is 7."),
            (json!({"prompt_ids": [1, 2, 4.5]}), "prompt_ids[2] must be a whole number from 0 on, and is 4.5."),
            (json!({"risk": {"answer": "low"}}), r#"risk.answer must be a number, and is "low"."#),
            (json!({"risk": 0.1}), "risk must be an object, and is 0.1."),
            (
                json!({"risk": {"mode": "bold"}}),
                r#"risk.mode must be one of conformal, selective, entropy, and is "bold"."#,
            ),
            (
                json!({"messages": [{"role": "user", "content": "Q"}, {"role": "user", "content": 5}]}),
                "messages[1].content must be a text, and is 5.",
            ),
            (json!({"messages": [{"role": "user"}]}), "messages[0] has no content."),
            (
                json!({"demonstrations": {"labels": ["a"], "sets": [[{"text": "t", "label": -1}]]}}),
                "demonstrations.sets[0][0].label must be a whole number from 0 on, and is -1.",
            ),
            (json!("Q"), "the request must be an object"),
        ] {
            let message = said(request);
            assert!(message.starts_with(want), "{message}");
        }
    }

    #[test]
    fn what_came_is_not_shown_whole() {
        assert!(said(json!({"seed": "é".repeat(1 << 16)})).chars().count() < 130);
        let ids: Vec<f64> = vec![0.5; 1 << 12];
        assert_eq!(said(json!({"prompt_ids": ids})), "prompt_ids[0] must be a whole number from 0 on, and is 0.5.");
    }
}
