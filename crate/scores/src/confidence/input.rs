//! Labeled answers and options as JSON texts, for callers that fit where there is no file.

use super::calibration::Conditions;
use super::fit::Options;
use super::item::Item;
use super::read::Fields;
use super::state::State;
use super::verdict::{Mode, Policy, Risk};
use crate::error::{Code, Error, Result};
use serde_json::Value;

/// Most rows: more would take minutes.
const ROWS: usize = 100_000;

/// Labeled answers: a list of `{scores: {id: number}, right, tokens?, prompt_tokens?, state?: {layer, values}, set?}`.
/// Scores that are null are left out.
///
/// # Errors
/// `bad_input` that names the row.
pub fn rows(json: &str) -> Result<Vec<Item>> {
    let value = value(json, "the rows are")?;
    let list = value.as_array().filter(|list| list.len() <= ROWS);
    let list = list.ok_or_else(|| bad(format!("the rows are no list of at most {ROWS}")))?;
    let row = |(i, row)| item(row).map_err(|what| bad(format!("row {i}: {what}")));
    list.iter().enumerate().map(row).collect()
}

fn item(row: &Value) -> std::result::Result<Item, String> {
    let at = Fields::new(row, "it")?;
    let mut item = Item { right: at.typed("right", Value::as_bool)?, ..Item::default() };
    for (id, score) in at.typed("scores", Value::as_object)? {
        match score.as_f64() {
            Some(score) => drop(item.scores.insert(id.clone(), score)),
            None if score.is_null() => {}
            None => return Err(format!("the score {id} is no number")),
        }
    }
    let count = |key| at.optional(key, Value::as_u64).map(|count| count.unwrap_or_default() as usize);
    (item.tokens, item.prompt_tokens) = (count("tokens")?, count("prompt_tokens")?);
    let state = at.optional("state", Value::as_object)?;
    item.state = state.map(|state| State::from_json(Fields(state), "values")).transpose()?;
    item.set = at.optional("set", Value::as_str)?.unwrap_or_default().to_owned();
    Ok(item)
}

/// What is known about them: the fields of a calibration's head, `judge`, `date`, `delta`, `methods` and
/// `verdict: {mode?, answer_risk?, abstain_risk?}`; all optional.
///
/// # Errors
/// `bad_input` for a field of another kind.
pub fn options(json: &str) -> Result<Options> {
    let value = value(json, "the options are")?;
    let read = || -> std::result::Result<(Options, Risk), String> {
        let at = Fields::new(&value, "the whole")?;
        let text = |key| at.optional(key, Value::as_str).map(|text| text.unwrap_or_default().to_owned());
        let mut risk = Risk::default();
        if let Some(verdict) = at.optional("verdict", Value::as_object)?.map(Fields) {
            let modes = [Mode::Conformal, Mode::Selective, Mode::Entropy].map(|mode| (mode.as_str(), mode));
            risk.answer = verdict.optional("answer_risk", Value::as_f64)?;
            risk.abstain = verdict.optional("abstain_risk", Value::as_f64)?;
            risk.mode = verdict.optional("mode", Some)?.map(|_| verdict.one_of("mode", &modes)).transpose()?;
        }
        let delta = at.optional("delta", Value::as_f64)?.unwrap_or(Options::default().delta);
        if !(delta > 0.0 && delta < 1.0) {
            return Err(format!("delta is {delta}"));
        }
        let ids = |list: &Vec<Value>| list.iter().map(|id| id.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>();
        let methods = match at.optional("methods", Value::as_array)? {
            Some(list) => Some(ids(list).ok_or("methods has something else than ids")?),
            None => None,
        };
        let (conditions, verdict) = (Conditions::from_json(at)?, Policy::default());
        Ok((Options { conditions, judge: text("judge")?, date: text("date")?, verdict, delta, methods }, risk))
    };
    let (options, risk) = read().map_err(|what| bad(format!("the options are not usable: {what}")))?;
    Ok(Options { verdict: options.verdict.with(&risk)?, ..options })
}

fn value(json: &str, what: &str) -> Result<Value> {
    serde_json::from_str(json).map_err(|error| bad(format!("{what} no JSON ({error})")))
}

fn bad(what: String) -> Error {
    Error::new(Code::BadInput, format!("{what}."), "See `calibrate` in the package's documentation.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::confidence::calibration::Answers;

    #[test]
    fn rows_are_read_and_checked() {
        let read = rows(
            r#"[{"scores": {"gnll": 1.5, "lsc": null}, "tokens": 7, "prompt_tokens": 40, "right": true, "set": "s"},
                            {"scores": {}, "right": false}]"#,
        );
        let read = read.unwrap();
        assert_eq!(read[0].scores, [("gnll".to_owned(), 1.5)].into());
        assert_eq!((read[0].tokens, read[0].prompt_tokens, read[1].prompt_tokens), (7, 40, 0));
        assert_eq!((read[0].set.as_str(), read[0].right), ("s", true));
        for broken in [
            "7",
            "[1]",
            r#"[{"scores": {}}]"#,
            r#"[{"scores": {"a": "x"}, "right": true}]"#,
            r#"[{"scores": {}, "right": 1}]"#,
            r#"[{"scores": {}, "right": true, "tokens": -1}]"#,
            "[",
        ] {
            assert_eq!(rows(broken).unwrap_err().code, Code::BadInput, "{broken}");
        }
        assert!(rows(r#"[{"scores": {}, "right": true}, {"right": true}]"#).unwrap_err().message.starts_with("row 1:"));
    }

    #[test]
    fn options_are_read_and_checked() {
        assert_eq!(options("{}").unwrap(), Options::default());
        let read = options(
            r#"{"judge": "me", "answers": "given", "max_tokens": 64, "methods": ["gnll"],
                "verdict": {"mode": "selective", "answer_risk": 0.05}}"#,
        )
        .unwrap();
        assert_eq!((read.judge.as_str(), read.conditions.answers), ("me", Answers::Given));
        assert_eq!((read.conditions.max_tokens, read.verdict.mode), (Some(64), Mode::Selective));
        assert_eq!((read.verdict.answer_risk, read.verdict.abstain_risk), (0.05, 0.2));
        for broken in [
            "[]",
            r#"{"answers": "mine"}"#,
            r#"{"delta": 2}"#,
            r#"{"verdict": {"mode": "x"}}"#,
            r#"{"verdict": {"answer_risk": 0.5, "abstain_risk": 0.1}}"#,
            r#"{"methods": [1]}"#,
            r#"{"judge": 7}"#,
            r#"{"max_tokens": -3}"#,
        ] {
            assert_eq!(options(broken).unwrap_err().code, Code::BadInput, "{broken}");
        }
    }
}
