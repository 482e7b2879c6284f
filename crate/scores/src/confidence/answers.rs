//! A calibration applied to answers that come as JSON, from whoever has scores and no model.

use super::apply::Confidence;
use super::calibration::{Answers, Calibration};
use super::explanation::Explanation;
use super::input;
use super::item::Item;
use super::reasons;
use crate::error::Result;
use serde_json::Value;

/// What a calibration says about each of these answers ([`input::answers`]): confidence and verdict, in numbers and in words,
/// the parts of the confidence, and that of each score, as a list in JSON. Instead of a calibration, a profile, which has one for each kind
/// of answers. That they came about in the same way as those that it was fitted to is the caller's to know; what the
/// `options` ([`input::application`]) say about it is compared.
///
/// # Errors
/// `bad_input` for what cannot be read, and for a tolerated risk that is none.
pub fn confidences(calibration: &str, answers: &str, options: &str) -> Result<Value> {
    let calibrations = input::calibrations(calibration)?;
    let (whose, risk) = input::application(options)?;
    let items = input::answers(answers)?;
    let calibration = match whose {
        Some(whose) => calibrations.iter().find(|calibration| calibration.conditions.answers == whose),
        None => calibrations.first(),
    };
    let policy = calibration.map(|calibration| calibration.verdict).unwrap_or_default();
    // Checked even where there is nothing to apply it to.
    let policy = policy.with(&risk)?;
    let reason = match whose {
        _ if calibrations.is_empty() => reasons::NONE,
        Some(Answers::Given) => reasons::GIVEN,
        _ => reasons::OWN,
    };
    let one = |item: &Item| {
        let Some(calibration) = calibration else {
            let said = Confidence::none(reason);
            return said.to_json(&Explanation::of(&said, None), Vec::new());
        };
        let by = Some((calibration, &policy));
        let ends = || calibration.conditions.other_end(item.tokens, item.cut);
        let unlike = || calibration.unlike(item.state.as_ref());
        if let Some(reason) =
            item.kind.and_then(|kind| calibration.conditions.other_kind(kind)).or_else(ends).or_else(unlike)
        {
            let said = Confidence::none(reason);
            return said.to_json(&Explanation::of(&said, by), Vec::new());
        }
        let score = |id: &str| item.scores.get(id).copied();
        let said = calibration.apply(&score, item.lengths(), item.state.as_ref(), &policy);
        said.to_json(&Explanation::of(&said, by), by_score(calibration, item))
    };
    Ok(items.iter().map(one).collect())
}

/// The confidence of each score alone that was calibrated.
fn by_score<'a>(calibration: &Calibration, item: &'a Item) -> Vec<(&'a str, f64)> {
    let confidence = |(id, score): (&'a String, &f64)| Some((id.as_str(), calibration.of_method(id, *score).ok()?));
    item.scores.iter().filter_map(confidence).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::confidence::fit::{Options, fit};
    use crate::error::Code;
    use crate::kinds::Kind;

    /// Fitted to a hundred answers of which those with a small score are mostly right.
    fn calibration() -> Calibration {
        let item = |i: usize| Item {
            scores: [("gnll".to_owned(), i as f64 / 10.0)].into(),
            tokens: 3 + i % 5,
            prompt_tokens: 20,
            right: i * 7 % 100 > i,
            ..Item::default()
        };
        let items: Vec<Item> = (0..100).map(item).collect();
        fit(&items, &Options::default()).unwrap().0
    }

    const ANSWERS: &str = r#"[{"scores": {"gnll": 0.5, "lsc": 1}, "tokens": 4, "prompt_tokens": 20}, {"scores": {}}]"#;

    #[test]
    fn confidences_are_those_of_apply() {
        let text = serde_json::to_string(&calibration()).unwrap();
        // Some numbers are read as their neighbors.
        let calibration: Calibration = serde_json::from_str(&text).unwrap();
        let said = confidences(&text, ANSWERS, "{}").unwrap();
        let item = &input::answers(ANSWERS).unwrap()[0];
        let want = calibration.apply(&|id| item.scores.get(id).copied(), item.lengths(), None, &calibration.verdict);
        let of = |said: &Value| said["confidence"].as_f64();
        assert!(
            of(&said[0]).unwrap() > 0.5
                && (of(&said[0]), &said[0]["confidence_reason"]) == (want.confidence, &Value::Null)
        );
        let parts: f64 = said[0]["confidence_parts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|part| part["contribution"].as_f64().unwrap())
            .sum();
        assert!((1.0 / (1.0 + (-parts).exp()) - of(&said[0]).unwrap()).abs() < 1e-12);
        let verdict = want.verdict.unwrap();
        assert_eq!(
            (&said[0]["verdict"], &said[0]["verdict_reason"]),
            (&verdict.verdict.into(), &verdict.reason.into())
        );
        assert_eq!(said[0]["verdict_thresholds"]["answer"].as_f64(), verdict.thresholds.map(|bounds| bounds.answer));
        let chance = format!("Of 100 answers like this, about {:.0} are right.", 100.0 * of(&said[0]).unwrap());
        assert_eq!(said[0]["explanation"]["chance"], chance);
        assert_eq!((&said[0]["explanation"]["none"], &said[1]["explanation"]["chance"]), (&Value::Null, &Value::Null));
        assert_eq!(said[1]["explanation"]["level"], said[0]["explanation"]["level"]);
        // `lsc` has no map.
        assert_eq!(said[0]["methods"], serde_json::json!({"gnll": calibration.of_method("gnll", 0.5).unwrap()}));
        assert_eq!((of(&said[1]), &said[1]["confidence_reason"]), (None, &reasons::MISSING.into()));
        assert_eq!((&said[1]["confidence_parts"], &said[1]["verdict"]), (&Value::Null, &Value::Null));
    }

    #[test]
    fn a_profile_has_one_for_each_kind_of_answers() {
        let own = serde_json::to_string(&calibration()).unwrap();
        let given = own.replace(r#""answers":"own""#, r#""answers":"given""#);
        let reason = |calibration: &str, options: &str| {
            confidences(calibration, ANSWERS, options).unwrap()[0]["confidence_reason"].clone()
        };
        let profile = |list: &str| format!("\u{feff}{{\"key\": {{}}, \"calibrations\": [{list}]}}");
        let none = Value::Null;
        assert_eq!(reason(&profile(&format!("{own},{given}")), r#"{"answers": "given"}"#), none);
        assert_eq!((reason(&profile(&given), "{}"), reason(&given, r#"{"answers": "given"}"#)), (none.clone(), none));
        assert_eq!(reason(&profile(&own), r#"{"answers": "given"}"#), reasons::GIVEN);
        assert_eq!(reason(&given, r#"{"answers": "own"}"#), reasons::OWN);
        assert_eq!(
            (reason(&profile(""), "{}"), reason(r#"{"key": {}}"#, "{}")),
            (reasons::NONE.into(), reasons::NONE.into())
        );
    }

    #[test]
    fn another_kind_of_question_has_none() {
        let mut calibration = calibration();
        calibration.conditions.kinds = vec![Kind::Fact];
        let text = serde_json::to_string(&calibration).unwrap();
        let said = |more: &str| {
            let answers = format!(r#"[{{"scores": {{"gnll": 0.5}}, "tokens": 4, "prompt_tokens": 20{more}}}]"#);
            confidences(&text, &answers, "{}").unwrap()[0].clone()
        };
        assert!(said("")["confidence"].is_f64(), "nothing is known of the question");
        assert!(said(r#", "question": "who wrote hamlet""#)["confidence"].is_f64());
        let poem = said(r#", "question": "Write a poem about rain.""#);
        assert_eq!(
            (&poem["confidence"], &poem["confidence_reason"]),
            (&Value::Null, &reasons::other_kind(&[Kind::Fact], Kind::Creative).into())
        );
        assert_eq!((&poem["methods"], &poem["verdict"]), (&serde_json::json!({}), &Value::Null));
    }

    #[test]
    fn an_answer_without_an_end_has_none() {
        let mut calibration = calibration();
        calibration.conditions.max_tokens = Some(64);
        let text = serde_json::to_string(&calibration).unwrap();
        let reason = |tokens: usize, how: &str| {
            let answers = format!(
                r#"[{{"scores": {{"gnll": 0.5}}, "tokens": {tokens}, "prompt_tokens": 20, "finish_reason": "{how}"}}]"#
            );
            confidences(&text, &answers, "{}").unwrap()[0]["confidence_reason"].clone()
        };
        assert_eq!((reason(64, "stop"), reason(65, "stop")), (Value::Null, reasons::LENGTH.into()));
        assert_eq!((reason(64, "length"), reason(9, "length")), (reasons::CUT.into(), reasons::CUT.into()));
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        let own = serde_json::to_string(&calibration()).unwrap();
        let strict = r#"{"verdict": {"answer_risk": 0.01}}"#;
        assert!(confidences(&own, ANSWERS, strict).unwrap()[0]["verdict"] != "answer");
        for (calibration, answers, options) in [
            ("{}", ANSWERS, "{}"),
            (r#"{"key": {}, "calibrations": [{}]}"#, ANSWERS, "{}"),
            ("[]", ANSWERS, "{}"),
            (&own, "{}", "{}"),
            (&own, r#"[{"scores": 7}]"#, "{}"),
            (&own, ANSWERS, r#"{"answers": "mine"}"#),
            (&own, ANSWERS, r#"{"verdict": {"answer_risk": 2}}"#),
            (r#"{"key": {}}"#, ANSWERS, r#"{"verdict": {"answer_risk": 2}}"#),
        ] {
            assert_eq!(
                confidences(calibration, answers, options).unwrap_err().code,
                Code::BadInput,
                "{answers} {options}"
            );
        }
    }
}
