//! Answers, options and calibrations as JSON texts, for callers that fit and apply where there is no file.

use super::calibration::{Answers, Calibration, Conditions};
use super::fit::Options;
use super::item::Item;
use super::read::{self, Fields};
use super::state::State;
use super::verdict::{Mode, Policy, Risk};
use crate::error::{Code, Error, Result};
use crate::json::unmarked;
use crate::kinds::kind_of;
use crate::names;
use serde_json::Value;

/// Most rows: more would take minutes.
const ROWS: usize = 100_000;

/// Names of the conditions that options may say something about: those that a calibration is stored with.
const CONDITIONS: [&str; 10] = [
    "answers",
    "temperature",
    "system",
    "semantic_rule",
    "semantic_offset",
    "max_tokens",
    "samples",
    "nli",
    "embed",
    "kinds",
];
/// Names of the other options.
const OTHERS: [&str; 5] = ["judge", "date", "delta", "methods", "verdict"];
/// Names in the `verdict` of the options.
const RISK: [&str; 3] = ["mode", "answer_risk", "abstain_risk"];

/// Labeled answers: a list of `{scores: {id: number}, right, tokens?, prompt_tokens?, finish_reason?,
/// state?: {layer, values, question?}, set?, question?, kind?}`. The kind of question is that of its text where it is not named. Scores that are null are left out,
/// and so is what else a row holds: it is a record of somebody's, not a wish.
///
/// # Errors
/// `bad_input` that names the row.
pub fn rows(json: &str) -> Result<Vec<Item>> {
    items(json, "row", |at| at.typed("right", Value::as_bool))
}

/// Answers that nobody judged: as [`rows`], without `right`.
///
/// # Errors
/// `bad_input` that names the answer.
pub fn answers(json: &str) -> Result<Vec<Item>> {
    items(json, "answer", |_| Ok(false))
}

/// What is wrong.
type Read<T> = std::result::Result<T, String>;

fn items(json: &str, what: &str, right: fn(Fields<'_>) -> Read<bool>) -> Result<Vec<Item>> {
    let value = value(json, &format!("the {what}s are"))?;
    let list = value.as_array().filter(|list| list.len() <= ROWS);
    let list = list.ok_or_else(|| bad(format!("the {what}s are no list of at most {ROWS}")))?;
    let one = |(i, one)| item(one, right).map_err(|wrong| bad(format!("{what} {i}: {wrong}")));
    list.iter().enumerate().map(one).collect()
}

fn item(row: &Value, right: fn(Fields<'_>) -> Read<bool>) -> Read<Item> {
    let at = Fields::new(row, "it")?;
    let mut item = Item { right: right(at)?, ..Item::default() };
    for (id, score) in at.typed("scores", Value::as_object)? {
        match score.as_f64() {
            Some(score) => drop(item.scores.insert(id.clone(), score)),
            None if score.is_null() => {}
            None => return Err(format!("the score {id} is no number")),
        }
    }
    let count = |key| at.optional(key, Value::as_u64).map(|count| count.unwrap_or_default() as usize);
    (item.tokens, item.prompt_tokens) = (count("tokens")?, count("prompt_tokens")?);
    item.cut = at.optional("finish_reason", Value::as_str)? == Some("length");
    let state = at.optional("state", Value::as_object)?;
    item.state = state.map(|state| State::from_json(Fields(state), "values")).transpose()?;
    let named = at.optional("kind", Some)?.map(read::kind).transpose()?;
    item.kind = named.or(at.optional("question", Value::as_str)?.map(kind_of));
    item.set = at.optional("set", Value::as_str)?.unwrap_or_default().to_owned();
    Ok(item)
}

/// What is known about them: the fields of a calibration's head, `judge`, `date`, `delta`, `methods` and
/// `verdict: {mode?, answer_risk?, abstain_risk?}`; all optional.
///
/// # Errors
/// `bad_input` for a field of another kind, or of an unknown name.
pub fn options(json: &str) -> Result<Options> {
    let value = value(json, "the options are")?;
    known(&value, &[&CONDITIONS[..], &OTHERS].concat())?;
    let read = || -> Read<(Options, Risk)> {
        let at = Fields::new(&value, "the whole")?;
        let text = |key| at.optional(key, Value::as_str).map(|text| text.unwrap_or_default().to_owned());
        let risk = risk(at)?;
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

/// What is said about an application: whose the answers are, if that is known, and the risk that is tolerated, as
/// `{answers?, verdict?}` with the fields of [`options`].
///
/// # Errors
/// `bad_input` for a field of another kind, or of an unknown name.
pub fn application(json: &str) -> Result<(Option<Answers>, Risk)> {
    let value = value(json, "the options are")?;
    known(&value, &["answers", "verdict"])?;
    let read = || {
        let at = Fields::new(&value, "the whole")?;
        let answers = at.optional("answers", Some)?.map(|_| at.one_of("answers", &Answers::NAMES)).transpose()?;
        Ok((answers, risk(at)?))
    };
    read().map_err(|what: String| bad(format!("the options are not usable: {what}")))
}

/// Options are wishes: one that nobody knows is a mistake.
fn known(options: &Value, names: &[&str]) -> Result<()> {
    names::check(&options, names, "the options")?;
    options.get("verdict").map_or(Ok(()), |verdict| names::check(&verdict, &RISK, "verdict"))?;
    options.get("samples").map_or(Ok(()), |samples| names::check(&samples, &["count", "temperature"], "samples"))
}

/// A calibration, or those of a profile. Fields that are not read belong to its reader in a later version.
///
/// # Errors
/// `bad_input` that says what is wrong with it.
pub fn calibrations(json: &str) -> Result<Vec<Calibration>> {
    let value = value(json, "the calibration is")?;
    let read = || match Fields::new(&value, "the whole")? {
        at if at.0.contains_key("key") => {
            let list = at.optional("calibrations", Value::as_array)?;
            list.into_iter().flatten().map(Calibration::from_json).collect::<Read<_>>()
        }
        _ => Calibration::from_json(&value).map(|calibration| vec![calibration]),
    };
    read().map_err(|what| bad(format!("the calibration is not usable: {what}")))
}

fn risk(at: Fields<'_>) -> Read<Risk> {
    let Some(verdict) = at.optional("verdict", Value::as_object)?.map(Fields) else { return Ok(Risk::default()) };
    let modes = [Mode::Conformal, Mode::Selective, Mode::Entropy].map(|mode| (mode.as_str(), mode));
    Ok(Risk {
        answer: verdict.optional("answer_risk", Value::as_f64)?,
        abstain: verdict.optional("abstain_risk", Value::as_f64)?,
        mode: verdict.optional("mode", Some)?.map(|_| verdict.one_of("mode", &modes)).transpose()?,
    })
}

fn value(json: &str, what: &str) -> Result<Value> {
    serde_json::from_str(unmarked(json)).map_err(|error| bad(format!("{what} no JSON ({error})")))
}

fn bad(what: String) -> Error {
    Error::new(
        Code::BadInput,
        format!("{what}."),
        "See `calibrate` and `applyCalibration` in the package's documentation.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::Kind;

    #[test]
    fn rows_are_read_and_checked() {
        let read = rows(
            r#"[{"scores": {"gnll": 1.5, "lsc": null}, "tokens": 7, "prompt_tokens": 40, "right": true, "set": "s"},
                            {"scores": {}, "right": false}]"#,
        );
        let read = read.unwrap();
        assert_eq!(read[0].scores, [("gnll".to_owned(), 1.5)].into());
        assert_eq!((read[0].tokens, read[0].prompt_tokens, read[1].prompt_tokens), (7, 40, 0));
        assert_eq!((read[0].set.as_str(), read[0].right, read[0].kind, read[0].cut), ("s", true, None, false));
        let cut = |how: &str| {
            rows(&format!(r#"[{{"scores": {{}}, "right": true, "finish_reason": "{how}"}}]"#)).unwrap()[0].cut
        };
        assert_eq!(["length", "stop", "given"].map(cut), [true, false, false]);
        let kind = |more: &str| rows(&format!(r#"[{{"scores": {{}}, "right": true, {more}}}]"#)).unwrap()[0].kind;
        assert_eq!(kind(r#""question": "who wrote hamlet""#), Some(Kind::Fact));
        assert_eq!(kind(r#""question": "who wrote hamlet", "kind": "code""#), Some(Kind::Code));
        for broken in [
            "7",
            "[1]",
            r#"[{"scores": {}}]"#,
            r#"[{"scores": {"a": "x"}, "right": true}]"#,
            r#"[{"scores": {}, "right": 1}]"#,
            r#"[{"scores": {}, "right": true, "tokens": -1}]"#,
            r#"[{"scores": {}, "right": true, "finish_reason": 7}]"#,
            r#"[{"scores": {}, "right": true, "kind": "riddle"}]"#,
            r#"[{"scores": {}, "right": true, "question": 7}]"#,
            "[",
        ] {
            assert_eq!(rows(broken).unwrap_err().code, Code::BadInput, "{broken}");
        }
        assert!(rows(r#"[{"scores": {}, "right": true}, {"right": true}]"#).unwrap_err().message.starts_with("row 1:"));
    }

    #[test]
    fn options_that_nobody_knows_are_refused_by_name() {
        let said = |options: &str| super::options(options).unwrap_err().message;
        assert_eq!(
            said(r#"{"max_token": 64}"#),
            r#"unknown field "max_token" of the options; did you mean "max_tokens"?"#
        );
        assert!(said(r#"{"verdict": {"answerRisk": 0.1}}"#).ends_with(r#"of verdict; did you mean "answer_risk"?"#));
        assert!(said(r#"{"samples": {"number": 10}}"#).starts_with(r#"unknown field "number" of samples"#));
        assert!(application(r#"{"risk": {}}"#).unwrap_err().message.contains(r#""risk" of the options"#));
        // What is written of the conditions can be said.
        let fitted = Calibration {
            conditions: Conditions { samples: Some(Default::default()), ..Conditions::default() },
            ..Calibration::default()
        };
        let mut written = fitted.to_json();
        let object = written.as_object_mut().unwrap();
        ["fitted", "maps", "combined", "domain", "thresholds", "verdict"]
            .iter()
            .for_each(|name| drop(object.remove(*name)));
        assert_eq!(object.len(), CONDITIONS.len());
        super::options(&written.to_string()).unwrap();
        assert!(rows(r#"[{"scores": {}, "right": true, "text": "Paris", "device": "cpu"}]"#).is_ok());
    }

    #[test]
    fn options_are_read_and_checked() {
        assert_eq!(options("{}").unwrap(), Options::default());
        let read = options(
            r#"{"judge": "me", "answers": "given", "max_tokens": 64, "methods": ["gnll"], "kinds": ["fact", "opinion"],
                "verdict": {"mode": "selective", "answer_risk": 0.05}}"#,
        )
        .unwrap();
        assert_eq!((read.judge.as_str(), read.conditions.answers), ("me", Answers::Given));
        assert_eq!((read.conditions.max_tokens, read.verdict.mode), (Some(64), Mode::Selective));
        assert_eq!(read.conditions.kinds, [Kind::Fact, Kind::Opinion]);
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
            r#"{"kinds": ["facts"]}"#,
            r#"{"kinds": "fact"}"#,
        ] {
            assert_eq!(options(broken).unwrap_err().code, Code::BadInput, "{broken}");
        }
    }
}
