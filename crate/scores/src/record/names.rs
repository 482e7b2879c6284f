//! The names that a request may have, all the way down.
//!
//! Serde's own `deny_unknown_fields` does not do: of an object from JavaScript it looks up the fields that it knows, and
//! never sees the others.

use super::{Demonstration, Demonstrations, EngineNames, Example, Request};
use crate::confidence::verdict::Risk;
use crate::error::Result;
use crate::names::{Named, check, fields};

/// Checks the names of a request before it is read. Messages may have more than is read of them: clients add names, ids
/// and times to theirs, and none of that would change an answer.
///
/// # Errors
/// `bad_input` with the first name that nobody knows.
pub fn known(request: &impl Named) -> Result<()> {
    check(request, fields::<Request>(), "")?;
    let part = |name: &str| request.field(name).into_iter();
    let items = |name: &str| part(name).flat_map(|list| list.items());
    part("engines").try_for_each(|engines| check(&engines, fields::<EngineNames>(), "engines"))?;
    part("risk").try_for_each(|risk| check(&risk, fields::<Risk>(), "risk"))?;
    items("examples").try_for_each(|example| check(&example, fields::<Example>(), "examples"))?;
    part("demonstrations").try_for_each(|demonstrations| {
        check(&demonstrations, fields::<Demonstrations>(), "demonstrations")?;
        let sets = demonstrations.field("sets").into_iter().flat_map(|sets| sets.items());
        sets.flat_map(|set| set.items()).try_for_each(|one| check(&one, fields::<Demonstration>(), "demonstrations"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn every_field_of_a_request_is_known() {
        let all: serde_json::Map<String, Value> =
            fields::<Request>().iter().map(|&name| (name.to_owned(), Value::Null)).collect();
        assert!(all.contains_key("question") && all.contains_key("prefix") && all.len() > 20);
        assert_eq!(known(&&Value::Object(all)), Ok(()));
        let whole = json!({
            "messages": [{"role": "user", "content": "Why?", "name": "Ada", "tool_calls": []}],
            "engines": {"nli": "lexical", "embed": "lexical"}, "risk": {"answer": 0.1, "abstain": 0.2, "mode": "selective"},
            "examples": [{"question": "Q", "brainstormed": [], "answer": "A", "truth": true}],
            "demonstrations": {"labels": ["a"], "sets": [[{"text": "t", "label": 0}]], "text": "t"},
        });
        assert_eq!(known(&&whole), Ok(()));
    }

    #[test]
    fn unknown_ones_are_refused_wherever_they_stand() {
        for (request, words) in [
            (json!({"question": "Q", "sampels": 3}), r#""sampels"; did you mean "samples"?"#),
            (json!({"max-tokens": 3}), r#"did you mean "max_tokens"?"#),
            (json!({"engines": {"nlii": "lexical"}}), r#""nlii" of engines; did you mean "nli"?"#),
            (json!({"risk": {"answers": 0.1}}), r#"of risk; did you mean "answer"?"#),
            (
                json!({"examples": [{"question": "Q", "answer": "A", "truht": true}]}),
                r#"of examples; did you mean "truth"?"#,
            ),
            (json!({"demonstrations": {"sets": [[{"text": "t", "labels": 0}]]}}), r#"did you mean "label"?"#),
            (json!({"references": []}), r#"unknown field "references"."#),
        ] {
            let message = known(&&request).unwrap_err().message;
            assert!(message.contains(words), "{message}");
        }
        // Of another kind than it should be: what reads it says so.
        assert_eq!(known(&&json!({"engines": "lexical", "examples": 3, "demonstrations": [[1]]})), Ok(()));
    }
}
