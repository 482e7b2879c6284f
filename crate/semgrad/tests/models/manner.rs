//! A model with a profile: what a request leaves out is asked as in calibration.

use crate::common::run;
use crate::lost_work::{CHATML, two_letters};
use semgrad::answer::Model;
use semgrad::answer::record::{Record, Request};
use semgrad::asking::Asking;
use semgrad::confidence::reasons;
use semgrad::control::{Pacer, Uninterrupted};
use semgrad::profile::Profile;
use semgrad::teach;
use semgrad::text::{Message, Text};
use serde_json::json;
use std::rc::Rc;

/// Fitted to answers of at most three tokens, asked after `ab`.
fn profile(model: &Model) -> Profile {
    let feature = json!({"name": "gnll", "transform": "identity", "mean": 0, "scale": 10, "weight": -1});
    let calibration = json!({
        "answers": "own", "max_tokens": 3, "maps": {},
        "fitted": {"sets": [], "judge": "f1", "date": "2026-11-21", "questions": 0, "right": 0},
        "combined": {"features": [feature], "intercept": 1, "penalty": 10},
        "thresholds": {"conformal": [], "selective": []},
        "verdict": {"mode": "conformal", "answer_risk": 0.1, "abstain_risk": 0.2},
    });
    let template = model.text.as_ref().and_then(Text::template_hash);
    let whole = json!({"key": {"weights": "", "template": template, "prefix": "ab"}, "calibrations": [calibration]});
    Profile::parse(&whole.to_string()).unwrap()
}

fn ask(prefix: Option<&str>) -> Request {
    let methods = Some(vec!["gnll".to_owned()]);
    Request { question: Some("ba".into()), prefix: prefix.map(str::to_owned), methods, ..Request::default() }
}

fn message(role: &str, content: &str) -> Message {
    Message { role: role.into(), content: content.into() }
}

#[test]
fn what_is_left_out_is_as_in_calibration() {
    let mut model = two_letters(Some(CHATML));
    let brief = |request| Request { max_tokens: Some(3), ..request };
    // The answer comes to its end within the limit: with what it says last there.
    let said = run(&model, brief(ask(Some("ab")))).unwrap().response_ids;
    model.decoder.config.stop_ids.push(said[2]);
    let of = |request: Request| run(&model, request).unwrap();
    let (named, plain) = (of(brief(ask(Some("ab")))), of(brief(ask(Some("")))));
    assert_ne!(named.prompt_ids, plain.prompt_ids);
    let without = of(brief(ask(None)));
    assert_eq!((without.prefix.as_str(), &without.prompt_ids), ("", &plain.prompt_ids), "there is no profile yet");
    assert_eq!(without.confidence_reason, Some(reasons::NONE));

    model.profile.replace(Some(Rc::new(profile(&model))));
    let same = |got: &Record, want: &Record| {
        assert_eq!((&got.prefix, &got.prompt_ids), (&want.prefix, &want.prompt_ids));
    };
    let alone = Request { question: None, messages: Some(vec![message("user", "ba")]), ..ask(None) };
    let confidence = of(brief(ask(Some("ab")))).confidence;
    for request in [ask(None), ask(Some("ab")), alone] {
        let got = of(request);
        same(&got, &named);
        assert_eq!((&got.response_ids, got.confidence), (&named.response_ids, confidence));
        assert!(confidence.is_some(), "{:?}", got.confidence_reason);
    }
    // Without its end it has none, also where calibration would have cut it; and nothing is computed for one.
    model.decoder.config.stop_ids.clear();
    for max_tokens in [2, 3] {
        let cut = run(&model, Request { max_tokens: Some(max_tokens), ..ask(None) }).unwrap();
        assert_eq!((cut.finish_reason, cut.response_ids.len()), ("length", max_tokens));
        assert_eq!((cut.confidence, cut.confidence_reason, cut.verdict), (None, Some(reasons::CUT), None));
        assert_eq!((cut.explanation.verdict, cut.scores["gnll"].confidence), ("No judgment", None));
    }
    let of = |request: Request| run(&model, request).unwrap();
    // Samples are other answers to the same prompt, and no longer.
    let drawn = of(Request { samples: Some(2), ..ask(None) });
    same(&drawn, &named);
    assert!(drawn.samples.unwrap().iter().all(|sample| sample.response_ids.len() <= 3));
    let given = of(Request { answer: Some("b".into()), ..ask(None) });
    same(&given, &named);
    assert_eq!(given.confidence_reason, Some(reasons::GIVEN));
}

#[test]
fn a_teacher_hears_the_confidence_with_and_without_samples() {
    let mut model = two_letters(Some(CHATML));
    let said = run(&model, Request { max_tokens: Some(3), ..ask(Some("ab")) }).unwrap().response_ids;
    model.decoder.config.stop_ids.push(said[2]);
    model.profile.replace(Some(Rc::new(profile(&model))));
    let confidence = run(&model, ask(None)).unwrap().confidence;
    assert!(confidence.is_some());
    for samples in [0, 3] {
        let asking = Asking { samples, nli: Some("lexical".into()), ..Asking::default() };
        let asked = pollster::block_on(teach::ask(&model, "ba", &asking, &Pacer::new(&Uninterrupted))).unwrap();
        assert_eq!((asked.known.confidence, asked.samples.len()), (confidence, samples));
    }
}

#[test]
fn what_no_confidence_can_come_of_is_asked_as_it_stands() {
    let model = two_letters(Some(CHATML));
    let of = |request: Request| run(&model, Request { max_tokens: Some(3), ..request }).unwrap();
    let plain = of(ask(None));
    let turns = vec![message("user", "a"), message("assistant", "b"), message("user", "ba")];
    let talk = Request { question: None, messages: Some(turns), ..ask(None) };
    let talked = of(talk.clone());
    model.profile.replace(Some(Rc::new(profile(&model))));
    for (request, prompt, reason) in [
        (ask(Some("")), &plain, reasons::OTHER_KEY),
        (talk, &talked, reasons::CONVERSATION),
        (
            Request { question: None, prompt_ids: Some(plain.prompt_ids.clone()), ..ask(None) },
            &plain,
            reasons::CONVERSATION,
        ),
    ] {
        let got = of(request);
        assert_eq!((got.prefix.as_str(), &got.prompt_ids), ("", &prompt.prompt_ids));
        assert_eq!((got.confidence, got.confidence_reason), (None, Some(reason)));
    }
    let told = of(Request { system: Some("a".into()), ..ask(None) });
    assert_eq!((told.prefix.as_str(), told.confidence_reason), ("", Some(reasons::SYSTEM)));
    // Another template: the profile says nothing about this model.
    model.profile.replace(Some(Rc::new(Profile {
        key: semgrad::profile::Key { template: None, ..profile(&model).key },
        ..profile(&model)
    })));
    let other = of(ask(None));
    assert_eq!((other.prefix.as_str(), other.confidence_reason), ("", Some(reasons::OTHER_KEY)));
}
