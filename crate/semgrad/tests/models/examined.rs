//! Answers that others wrote, examined by a real model: each number by another way to it.

use crate::common::run;
use crate::real::{SMOLLM2, model};
use semgrad::answer::Model;
use semgrad::answer::record::Request;
use semgrad::profile::{Key, Profile};
use semgrad::prompts::{correct, entailment};
use semgrad::text::{Message, Text};
use semgrad_scores::given::examined::Examined;
use semgrad_scores::given::judge::Judge;
use std::collections::BTreeSet;
use std::rc::Rc;

const QUESTION: &str = "What is the capital of France?";
const GIVEN: &str = "🥐 The capital of France is Wolverhampton, on the river Seine.";

fn examine(own: usize) -> Request {
    Request {
        question: Some(QUESTION.into()),
        answer: Some(GIVEN.into()),
        methods: Some(Vec::new()),
        examine: Some(true),
        own_answers: Some(own),
        state: Some(true),
        ..Request::default()
    }
}

fn examined(model: &Model, request: Request) -> Examined {
    run(model, request).unwrap().examined.unwrap()
}

/// Mean log-probability of an answer's tokens.
fn mean(model: &Model, question: &str) -> f64 {
    let request = Request { question: Some(question.into()), ..Request { examine: None, ..examine(0) } };
    let tokens = run(model, request).unwrap().tokens;
    tokens.iter().map(|token| token.logprob).sum::<f64>() / tokens.len() as f64
}

#[test]
fn every_signal_is_what_other_ways_to_it_give() {
    let Some(model) = model(SMOLLM2) else { return };
    let seen = examined(&model, examine(3));
    let near = |name: &str, want: f64| {
        let got = seen.signals[name];
        assert!((got - want).abs() < 2e-3 * want.abs().max(1.0), "{name}: {got}, another way {want}");
    };
    let asked = mean(&model, QUESTION);
    near("surprisal", -asked);

    // The probability of each word that begins a reply, as that of an answer of one token.
    let text = model.text.as_ref().unwrap();
    let mass = |words: &[&str]| -> f64 {
        let first: BTreeSet<u32> = words.iter().map(|word| text.encode(word).unwrap()[0]).collect();
        let one = |&id: &u32| {
            let question = Some(correct::request(QUESTION, GIVEN));
            let request = Request { question, response_ids: Some(vec![id]), ..Request::default() };
            run(&model, request).unwrap().tokens[0].logprob.exp()
        };
        first.iter().map(one).sum()
    };
    let (yes, no) = (mass(entailment::YES), mass(entailment::NO));
    near("not_correct", (no / yes).ln());

    // The state there is that at the end of such a prompt.
    let request = Request {
        question: Some(correct::request(QUESTION, GIVEN)),
        response_ids: Some(vec![1]),
        state: Some(true),
        ..Request::default()
    };
    let want = run(&model, request).unwrap().state.unwrap().question;
    let got = seen.state.unwrap();
    assert_eq!(got.len(), want.len());
    let off = got.iter().zip(&want).map(|(a, b)| f64::from((a - b).abs())).fold(0.0, f64::max);
    assert!(off < 1e-2, "{off}");

    // Own answers are what the model says when it is asked.
    let own = seen.own.unwrap();
    let said = Request { question: Some(QUESTION.into()), max_tokens: Some(24), ..Request::default() };
    // Without a mark of where it was cut off.
    let same =
        |said: &str, shown: &str| assert!(said.trim().starts_with(shown.trim_end_matches(" …")), "{said}, {shown}");
    same(&run(&model, said.clone()).unwrap().answer.unwrap(), &own.answer);
    let drawn = run(&model, Request { samples: Some(2), ..said }).unwrap().samples.unwrap();
    assert_eq!(drawn.len(), own.others.len());
    drawn.iter().zip(&own.others).for_each(|(drawn, shown)| same(drawn.text.as_ref().unwrap(), shown));
}

#[test]
fn the_word_that_is_out_of_place_stands_out_where_it_stands() {
    let Some(model) = model(SMOLLM2) else { return };
    let seen = examined(&model, examine(0));
    let units: Vec<u16> = GIVEN.encode_utf16().collect();
    for word in &seen.odd {
        assert_eq!(String::from_utf16(&units[word.at.0..word.at.1]).unwrap(), word.text);
    }
    let most = seen.odd.iter().max_by(|a, b| a.surprisal.total_cmp(&b.surprisal)).unwrap();
    assert_eq!(most.text, "Wolverhampton");
    assert!(seen.odd.iter().all(|word| !["capital", "France"].contains(&word.text.as_str())));
    assert!(seen.own.is_none() && seen.signals["own_missing"].is_nan() && seen.judgement.is_none());
    assert!(seen.none.unwrap().starts_with("This model was never tested"));
}

#[test]
fn only_facts_that_stand_alone_are_examined() {
    let Some(model) = model(SMOLLM2) else { return };
    let poem = Request { question: Some("Write a poem about rain.".into()), ..examine(2) };
    let turn = |role: &str| Message { role: role.into(), content: QUESTION.into() };
    let talk = Some(vec![turn("user"), turn("assistant"), turn("user")]);
    let talk = Request { question: None, messages: talk, ..examine(2) };
    for (request, words) in [(poem, "something made up"), (talk, "conversation")] {
        let seen = examined(&model, request);
        assert!(seen.odd.is_empty() && seen.signals.is_empty() && seen.own.is_none());
        let none = seen.none.unwrap();
        assert!(none.contains(words), "{none}");
    }
}

#[test]
fn a_profile_judges_where_it_was_found_to_have_skill() {
    let Some(model) = model(SMOLLM2) else { return };
    let judge = |low: f64| -> Judge {
        let term = serde_json::json!({"name": "surprisal", "mean": 0, "scale": 1, "weight": 1});
        let tested =
            serde_json::json!({"name": "combined", "auroc": 0.6, "interval": [low, 0.7], "writers": {}, "ece": null});
        serde_json::from_value(serde_json::json!({
            "fit": {"terms": [term], "intercept": 0}, "own_answers": 2, "writers": {"a": [9, 3], "b": [9, 3]}, "questions": 9,
            "tested": tested, "surface": 0.5, "judges": low > 0.55, "date": "2026-11-30",
        }))
        .unwrap()
    };
    let with = |low: f64, own: usize| {
        let key = Key {
            weights: String::new(),
            template: model.text.as_ref().and_then(Text::template_hash),
            prefix: String::new(),
            adapter: None,
        };
        let profile =
            Profile { key, semantic_position: None, sps: None, calibrations: Vec::new(), given: Some(judge(low)) };
        // As it is read from a file.
        let profile = Profile::parse(&serde_json::to_string(&profile).unwrap()).unwrap();
        model.profile.replace(Some(Rc::new(profile)));
        examined(&model, examine(own))
    };
    let seen = with(0.58, 2);
    let judgement = seen.judgement.unwrap();
    assert!((judgement.ratio.ln() - seen.signals["surprisal"].min(4.0)).abs() < 1e-9 && seen.none.is_none());
    assert!(with(0.58, 3).none.unwrap().contains("compared with 3") && with(0.58, 3).judgement.is_none());
    // Asked in another way than in the test.
    with(0.58, 2);
    let other = Request { system: Some("Be brief.".into()), ..examine(2) };
    let seen = examined(&model, other);
    assert!(seen.judgement.is_none() && seen.none.unwrap().contains("other instructions"));
    let other = examined(&model, Request { prefix: Some("Q: ".into()), ..examine(2) });
    assert!(other.judgement.is_none() && other.none.unwrap().contains("another prefix"));
    let weak = with(0.54, 2);
    assert!(weak.judgement.is_none() && weak.none.unwrap().contains("hardly better than chance"));
}
