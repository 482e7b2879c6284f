//! Fits against scikit-learn, and whole calibrations: fitted, written, read, applied.

use super::calibration::{Answers, Calibration, Conditions, Samples};
use super::entropy;
use super::features::Lengths;
use super::fit::{Options, fit};
use super::item::Item;
use super::report::Report;
use super::state::State;
use super::verdict::{Mode, Policy};
use crate::error::Code;
use crate::kinds::Kind;
use crate::statistics::calibration::Bin;
use crate::statistics::logistic::{Logistic, sigmoid};
use crate::statistics::{isotonic, platt};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Maps {
    isotonic: Vec<IsotonicCase>,
    platt: Vec<PlattCase>,
    logistic: Vec<LogisticCase>,
}

#[derive(Deserialize)]
struct IsotonicCase {
    scores: Vec<f64>,
    right: Vec<bool>,
    at: Vec<f64>,
    confidence: Vec<f64>,
}

#[derive(Deserialize)]
struct PlattCase {
    scores: Vec<f64>,
    right: Vec<bool>,
    slope: f64,
    intercept: f64,
}

#[derive(Deserialize)]
struct LogisticCase {
    rows: Vec<Vec<f64>>,
    right: Vec<bool>,
    penalty: f64,
    weights: Vec<f64>,
    bias: f64,
}

/// To 1e-6 of the larger of 1 and the number.
fn near(got: f64, want: f64, what: &str) {
    assert!((got - want).abs() <= 1e-6 * want.abs().max(1.0), "{what}: {got} is not {want}");
}

#[test]
fn agrees_with_scikit_learn() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/reference/confidence/maps.json");
    let maps: Maps = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!((maps.isotonic.len(), maps.platt.len(), maps.logistic.len()), (4, 3, 3));
    for case in maps.isotonic {
        let map = isotonic::fit(&case.scores, &case.right);
        assert_eq!(case.at.len(), case.confidence.len());
        for (&at, &want) in case.at.iter().zip(&case.confidence) {
            near(map.apply(at), want, &format!("isotonic at {at}"));
        }
    }
    for case in maps.platt {
        let map = platt::fit(&case.scores, &case.right).unwrap();
        near(map.slope, case.slope, "slope");
        near(map.intercept, case.intercept, "intercept");
    }
    for case in maps.logistic {
        let rows: Vec<&[f64]> = case.rows.iter().map(Vec::as_slice).collect();
        let targets: Vec<f64> = case.right.iter().map(|&right| f64::from(right)).collect();
        let fitted = Logistic::fit_targets(&rows, &targets, case.penalty).unwrap();
        assert_eq!(fitted.weights().len(), case.weights.len());
        fitted.weights().iter().zip(&case.weights).for_each(|(&got, &want)| near(got, want, "weight"));
        near(fitted.bias(), case.bias, "bias");
    }
}

/// Answers whose scores say something about them, in two sets of different difficulty.
fn items(n: usize, seed: u64) -> Vec<Item> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut draw = || f64::from(random.random::<u32>()) * 2f64.powi(-32);
    let item = |i: usize| {
        let set = if i.is_multiple_of(2) { "easy" } else { "hard" };
        let logit = 5.0 * draw() - 2.5 + if i.is_multiple_of(2) { 0.5 } else { -0.5 };
        let right = draw() < sigmoid(1.5 * logit);
        let tokens = 3 + (40.0 * draw()) as usize;
        let scores = [
            ("gnll", (1.0 - logit + 2.0 * draw()).exp()),
            ("lsc", 3.0 - logit + 3.0 * draw()),
            ("paragrad", 1e-5 * (2.0 * draw() - 0.3 * logit).exp()),
            (entropy::METHOD, (1.0 - 0.5 * logit + draw()).max(0.0)),
        ];
        let scores = scores.map(|(id, score)| (id.to_owned(), score)).into();
        Item {
            set: set.into(),
            id: format!("{set}-{i}"),
            scores,
            tokens,
            prompt_tokens: 20 + i % 7,
            right,
            ..Item::default()
        }
    };
    (0..n).map(item).collect()
}

#[test]
fn answers_that_were_cut_off_are_left_out() {
    let all = items(300, 1);
    let (want, report) = fit(&all, &Options::default()).unwrap();
    assert!(report.notes.is_empty(), "{:?}", report.notes);
    // Answers without an end, of which scores say the opposite.
    let cut = items(100, 9).into_iter().map(|item| Item { cut: true, right: !item.right, ..item });
    let mixed: Vec<Item> = all.iter().cloned().chain(cut).collect();
    let (calibration, report) = fit(&mixed, &Options::default()).unwrap();
    // As it is written: what was not measured is no number, which equals nothing.
    assert_eq!((calibration.to_json(), report.questions), (want.to_json(), 300));
    let note = "100 answers were cut off and are left out: there is no confidence for such answers";
    assert_eq!(report.notes, [note]);
    let test = Report::of_test(&want, &mixed);
    assert_eq!((test.questions, test.notes), (300, vec![note.to_owned()]));
    // What is left must be enough.
    let few: Vec<Item> = all.into_iter().enumerate().map(|(i, item)| Item { cut: i >= 40, ..item }).collect();
    assert!(fit(&few, &Options::default()).unwrap_err().message.starts_with("there are 40 judged questions"));
}

#[test]
fn a_calibration_holds_on_new_questions() {
    let (calibration, report) = fit(&items(600, 1), &Options::default()).unwrap();
    let combined = calibration.combined.as_ref().unwrap();
    assert_eq!(calibration.methods().collect::<Vec<_>>(), ["paragrad", "gnll", "lsc"], "entropy takes samples");
    assert_eq!((calibration.fitted.questions, calibration.fitted.sets.len()), (600, 2));
    let test = Report::of_test(&calibration, &items(2000, 2));
    for (name, quality) in [("cross-fitted", combined.quality), ("new", test.combined.unwrap())] {
        assert!(quality.ece < 0.04, "{name}: {quality:?}");
        assert!(quality.skill_interval[0] > 0.1 && quality.skill > 0.2, "{name}: {quality:?}");
        assert!(
            quality.auroc > report.methods.iter().find(|m| m.0 == "gnll").unwrap().1.auroc - 0.005,
            "{name}: {quality:?}"
        );
    }
    // What cross-fitting promises is what new questions show.
    assert!((combined.quality.auroc - test.combined.unwrap().auroc).abs() < 0.04);
    for (id, quality) in &test.methods {
        assert!(quality.ece < 0.05, "{id}: {quality:?}");
    }
    for (split, applied) in test.splits.iter().zip(&test.applied) {
        assert!(split.risk <= split.alpha + 2.0 * split.risk_error, "{split:?}");
        assert!(split.coverage_random < split.coverage && split.coverage < split.coverage_oracle, "{split:?}");
        // One calibration set: the bound with probability 0.95, and the noise of 2000 questions.
        let bound = super::conformal::high_probability(applied.alpha, 600, 0.05);
        assert!(applied.risk < bound + 0.015 && applied.coverage > 0.0, "{applied:?}");
        // What the verdict does, counted by asking for it.
        let policy = Policy { answer_risk: applied.alpha, abstain_risk: 0.5, mode: Mode::Conformal };
        let verdict = |item: &Item| {
            let said =
                calibration.apply(&|id| item.scores.get(id).copied(), item.lengths(), item.state.as_ref(), &policy);
            said.verdict.is_some_and(|said| said.verdict == "answer")
        };
        let answers: Vec<Item> = items(2000, 2).into_iter().filter(verdict).collect();
        let wrong = answers.iter().filter(|item| !item.right).count();
        assert_eq!(applied.coverage_answer, answers.len() as f64 / 2000.0);
        assert_eq!(applied.risk_answer, wrong as f64 / 2000.0);
    }
    assert_eq!((test.splits.len(), test.applied.len()), (3, 3));
    // A fifth of all wrong allows for confidences below one half here, a twentieth does not.
    let (strict, lax) = (test.applied[0], test.applied[2]);
    assert_eq!(strict.coverage_answer, strict.coverage);
    assert!(lax.threshold < 0.5 && lax.coverage_answer < lax.coverage && lax.risk_answer < lax.risk, "{lax:?}");
    let rule = calibration.thresholds.entropy.unwrap();
    assert!(rule.aed < rule.aed_all);
    assert_eq!(report.single.as_deref(), Some("gnll"));
    // Ten bins hold every answer once, and the right ones among them.
    let held = |bin: &Bin| (bin.count as f64, bin.count as f64 * bin.accuracy);
    let (answers, right) =
        report.reliability.iter().map(held).fold((0.0, 0.0), |sum, bin| (sum.0 + bin.0, sum.1 + bin.1));
    assert_eq!((report.reliability.len(), answers, right.round()), (10, 600.0, report.right as f64));
    assert!(report.reliability.is_sorted_by_key(|bin| bin.confidence));
    // The same input, the same calibration.
    assert_eq!(fit(&items(600, 1), &Options::default()).unwrap().0.to_json(), calibration.to_json());
}

/// The same with states of 60 values, of which two tell what the scores do not know; values are of very different sizes.
fn with_states(n: usize, seed: u64) -> Vec<Item> {
    let mut random = ChaCha8Rng::seed_from_u64(seed + 100);
    let mut draw = || f64::from(random.random::<u32>()) * 2f64.powi(-31) - 1.0;
    let mut items = items(n, seed);
    for item in &mut items {
        let sign = if item.right { 1.0 } else { -1.0 };
        let value =
            |j: usize| (draw() + if j < 2 { 0.4 * sign } else { 0.0 }) * if j.is_multiple_of(7) { 500.0 } else { 1.0 };
        item.state =
            Some(State { layer: 5, values: (0..60).map(value).map(|v| v as f32).collect(), ..State::default() });
    }
    items
}

#[test]
fn a_state_sharpens_the_confidence_and_noise_does_not_count() {
    let (calibration, _) = fit(&with_states(600, 1), &Options::default()).unwrap();
    let look = calibration.look().unwrap();
    assert_eq!((look.layer, look.weights.len()), (5, 60));
    let test = with_states(2000, 2);
    let [with, without] = [None, Some(vec!["paragrad".to_owned(), "gnll".into(), "lsc".into()])].map(|methods| {
        let (calibration, _) = fit(&with_states(600, 1), &Options { methods, ..Options::default() }).unwrap();
        Report::of_test(&calibration, &test).combined.unwrap()
    });
    assert!(with.auroc > without.auroc + 0.03 && with.skill > without.skill + 0.05, "{with:?} {without:?}");
    assert!(with.ece < 0.04, "{with:?}");
    // What adds up is the log-odds: nothing was recalibrated by steps here.
    assert!(calibration.combined.as_ref().unwrap().isotonic.is_none());
    let said = |item: &Item| {
        let score = |id: &str| item.scores.get(id).copied();
        calibration.apply(&score, item.lengths(), item.state.as_ref(), &calibration.verdict)
    };
    let first = said(&test[0]);
    assert_eq!(first.parts.last().unwrap().name, "state");
    let sum: f64 = first.parts.iter().map(|part| part.contribution).sum();
    assert!((sigmoid(sum) - first.confidence.unwrap()).abs() < 1e-12);

    // No state, or one of another layer: no confidence.
    let State { layer, values, .. } = test[0].state.clone().unwrap();
    for state in [
        None,
        Some(State { layer: layer + 1, values: values.clone(), ..State::default() }),
        Some(State { layer, values: vec![1.0], ..State::default() }),
    ] {
        let none = said(&Item { state, ..test[0].clone() });
        assert_eq!((none.confidence, none.reason), (None, Some(super::reasons::MISSING)));
    }
    // States of other questions say nothing, and are left alone.
    let strange = |items: Vec<Item>, seed| -> Vec<Item> {
        let others = with_states(items.len(), seed).into_iter().rev();
        items.into_iter().zip(others).map(|(item, other)| Item { state: other.state, ..item }).collect()
    };
    let (noise, _) = fit(&strange(with_states(600, 1), 7), &Options::default()).unwrap();
    let worth = Report::of_test(&noise, &strange(test, 8)).combined.unwrap();
    assert!(worth.auroc > without.auroc - 0.01, "{worth:?} {without:?}");
}

#[test]
fn broken_states_are_refused() {
    let refused = |change: &dyn Fn(&mut State)| {
        let mut items = with_states(100, 1);
        items[50].state.iter_mut().for_each(change);
        fit(&items, &Options::default()).unwrap_err().code
    };
    assert_eq!(refused(&|state| state.layer = 6), Code::BadInput);
    assert_eq!(refused(&|state| state.values.truncate(59)), Code::BadInput);
    assert_eq!(refused(&|state| state.values[3] = f32::NAN), Code::BadInput);
    // Where few have one, none is used.
    let mut few = with_states(200, 1);
    few.iter_mut().skip(50).for_each(|item| item.state = None);
    assert!(fit(&few, &Options::default()).unwrap().0.look().is_none());
}

#[test]
fn kinds_are_those_of_the_questions() {
    let fitted = |rare: usize| {
        let mut items = items(200, 1);
        for (i, item) in items.iter_mut().enumerate() {
            item.kind = [Some(Kind::Opinion), Some(Kind::Fact), None][usize::from(i >= rare) + usize::from(i >= 150)];
        }
        fit(&items, &Options::default()).unwrap().0.conditions.kinds
    };
    assert_eq!((fitted(2), fitted(3)), (vec![Kind::Fact], vec![Kind::Fact, Kind::Opinion]));
    assert_eq!(fit(&items(200, 1), &Options::default()).unwrap().0.conditions.kinds, [], "nothing is known of them");
    let conditions = Conditions { kinds: vec![Kind::Code], ..Conditions::default() };
    let named = fit(&items(200, 1), &Options { conditions, ..Options::default() }).unwrap().0;
    assert_eq!(named.conditions.kinds, [Kind::Code]);
    let mut older = named.to_json();
    older.as_object_mut().unwrap().remove("kinds");
    assert_eq!(Calibration::from_json(&older).unwrap().conditions.kinds, []);
}

#[test]
fn written_and_read() {
    let conditions = Conditions {
        answers: Answers::Given,
        system: Some("Be brief.".into()),
        semantic_rule: "-4".into(),
        semantic_offset: Some(-4),
        max_tokens: Some(48),
        samples: Some(Samples { count: 10, temperature: 0.7 }),
        nli: Some("lexical".into()),
        kinds: vec![Kind::Fact, Kind::SmallTalk],
        ..Conditions::default()
    };
    let verdict = Policy { mode: Mode::Selective, answer_risk: 0.05, abstain_risk: 0.3 };
    let options =
        Options { conditions, verdict, judge: "containment".into(), date: "2026-11-21".into(), ..Options::default() };
    let (calibration, _) = fit(&with_states(200, 3), &options).unwrap();
    let text = serde_json::to_string(&calibration).unwrap();
    let again: Calibration = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (&again.conditions, &again.fitted, again.verdict),
        (&calibration.conditions, &calibration.fitted, verdict)
    );
    for item in with_states(50, 4) {
        let score = |id: &str| item.scores.get(id).copied();
        let [a, b] = [&calibration, &again].map(|c| c.apply(&score, item.lengths(), item.state.as_ref(), &c.verdict));
        // The reader of JSON numbers may be off by the last digit.
        assert!((a.confidence.unwrap() - b.confidence.unwrap()).abs() < 1e-12 && a.reason == b.reason);
        for (id, &value) in &item.scores {
            assert!((calibration.of_method(id, value).unwrap() - again.of_method(id, value).unwrap()).abs() < 1e-9);
        }
    }
    // A missing score leaves the rest without confidence.
    let said =
        again.apply(&|id| (id != "gnll").then_some(1.0), Lengths { prompt: 30, answer: 9 }, None, &again.verdict);
    assert_eq!((said.confidence, said.reason, said.verdict), (None, Some(super::reasons::MISSING), None));
    assert_eq!(again.of_method("gnll", f64::NAN), Err(super::reasons::UNDEFINED));
}

#[test]
fn broken_files_are_refused() {
    let good = fit(&with_states(200, 3), &Options::default()).unwrap().0.to_json();
    assert!(Calibration::from_json(&good).is_ok());
    type Change = fn(&mut Value);
    let changes: [(&str, Change); 24] = [
        ("answers", |c| c["answers"] = "mine".into()),
        ("kinds", |c| c["kinds"] = "fact".into()),
        ("kind", |c| c["kinds"] = json!(["fact", "riddle"])),
        ("temperature", |c| c["temperature"] = json!(-1)),
        ("max_tokens", |c| c["max_tokens"] = json!(1.5)),
        ("maps", |c| c["maps"] = json!([])),
        ("map", |c| c["maps"]["gnll"]["used"] = "both".into()),
        ("slope", |c| c["maps"]["gnll"]["platt"]["slope"] = Value::Null),
        ("lengths", |c| c["maps"]["gnll"]["isotonic"]["scores"] = json!([1, 2, 3])),
        ("none", |c| c["maps"]["gnll"]["isotonic"] = json!({"scores": [], "confidence": []})),
        ("rising", |c| c["maps"]["gnll"]["isotonic"] = json!({"scores": [1, 2], "confidence": [0.1, 0.2]})),
        ("unsorted", |c| c["maps"]["gnll"]["isotonic"] = json!({"scores": [2, 1], "confidence": [0.2, 0.1]})),
        ("above 1", |c| c["maps"]["gnll"]["isotonic"] = json!({"scores": [1, 2], "confidence": [1.5, 0.1]})),
        ("scale", |c| c["combined"]["features"][0]["scale"] = json!(0)),
        ("transform", |c| c["combined"]["features"][0]["transform"] = "sqrt".into()),
        ("weight", |c| c["combined"]["features"][0]["weight"] = "1".into()),
        ("layer", |c| c["combined"]["state"]["layer"] = json!(-1)),
        ("look", |c| c["combined"]["state"]["weights"] = json!([])),
        ("infinite", |c| c["combined"]["state"]["weights"][3] = json!(1e300)),
        ("alpha", |c| c["thresholds"]["conformal"][0]["alpha"] = json!(0)),
        ("threshold", |c| c["thresholds"]["conformal"][0]["threshold"] = json!(1.1)),
        ("order", |c| {
            c["thresholds"]["conformal"] = json!([{"alpha": 0.1, "threshold": 0.2}, {"alpha": 0.2, "threshold": 0.5}])
        }),
        ("risk", |c| c["verdict"]["answer_risk"] = json!(1)),
        ("fitted", |c| c["fitted"] = Value::Null),
    ];
    for (what, change) in changes {
        let mut broken = good.clone();
        change(&mut broken);
        assert!(Calibration::from_json(&broken).is_err(), "{what}");
    }
    // No threshold is high enough: that is no mistake.
    let mut never = good.clone();
    never["thresholds"]["conformal"][0]["threshold"] = Value::Null;
    assert_eq!(Calibration::from_json(&never).unwrap().thresholds.conformal[0].threshold, f64::INFINITY);
}

#[test]
fn what_cannot_be_calibrated_is_refused_or_noted() {
    let refused = |items: &[Item]| {
        let error = fit(items, &Options::default()).unwrap_err();
        assert_eq!(error.code, Code::BadInput);
        error.message
    };
    assert_eq!(refused(&items(49, 1)), "there are 49 judged questions, and calibration needs 50.");
    let mut right = items(80, 1);
    right.iter_mut().for_each(|item| item.right = true);
    assert_eq!(refused(&right), "only 0 of 80 answers are wrong, and calibration needs 10.");
    right.iter_mut().for_each(|item| item.right = false);
    assert_eq!(refused(&right), "only 0 of 80 answers are right, and calibration needs 10.");
    let mut infinite = items(80, 1);
    infinite[7].scores.insert("gnll".into(), f64::INFINITY);
    assert_eq!(refused(&infinite), "a score is no finite number.");

    // A set of right answers only, a constant score, a score that few have.
    let mut odd = items(300, 5);
    for (i, item) in odd.iter_mut().enumerate() {
        item.right |= item.set == "easy";
        item.scores.insert("fdbd".into(), -1.0);
        if i < 20 {
            item.scores.insert("sep".into(), i as f64);
        }
        if i == 44 {
            item.scores.remove("gnll");
        }
    }
    let (calibration, report) = fit(&odd, &Options::default()).unwrap();
    let noted =
        |what: &str| assert!(report.notes.iter().any(|note| note.starts_with(what)), "{what}: {:?}", report.notes);
    noted("easy: all 150 answers are right");
    noted("fdbd: too few");
    noted("sep: too few");
    noted("1 questions lack a score");
    assert!(calibration.map("fdbd").is_none() && calibration.map("gnll").is_some());
    assert_eq!(calibration.combined.unwrap().quality.questions, 299);

    // Scores of samples alone make no combined confidence, and the maps remain.
    let mut sampled = items(120, 6);
    sampled.iter_mut().for_each(|item| item.scores.retain(|id, _| id == entropy::METHOD));
    let (calibration, report) = fit(&sampled, &Options::default()).unwrap();
    assert!(calibration.combined.is_none() && calibration.maps.len() == 1 && report.combined.is_none());
    assert!(report.reliability.is_empty());
    assert!(calibration.thresholds.conformal.is_empty() && report.splits.is_empty());
    let said = calibration.apply(&|_| Some(0.1), Lengths { prompt: 30, answer: 5 }, None, &calibration.verdict);
    assert_eq!((said.reason, said.verdict), (Some(super::reasons::NOT_COMBINED), None));
    let text = serde_json::to_string(&calibration).unwrap();
    assert!(serde_json::from_str::<Calibration>(&text).unwrap().combined.is_none());

    // Chosen scores only.
    let chosen = Options { methods: Some(vec!["lsc".into()]), ..Options::default() };
    let (calibration, _) = fit(&items(200, 7), &chosen).unwrap();
    assert_eq!(calibration.methods().collect::<Vec<_>>(), ["lsc"]);
}

#[test]
fn questions_that_the_model_reads_otherwise_have_no_confidence() {
    let mut items = with_states(100, 1);
    let questions: Vec<Vec<f32>> = with_states(100, 9).iter().map(|item| item.state.clone().unwrap().values).collect();
    for (item, question) in items.iter_mut().zip(&questions) {
        item.state.as_mut().unwrap().question.clone_from(question);
    }
    // Without the state in the confidence, which takes long to fit.
    let options = Options { methods: Some(vec!["gnll".into()]), ..Options::default() };
    let (calibration, _) = fit(&items, &options).unwrap();
    assert_eq!((calibration.layer(), calibration.domain.as_ref().unwrap().standard.width()), (Some(5), 60));
    let written = Calibration::from_json(&calibration.to_json()).unwrap();
    let near = items[0].state.clone().unwrap();
    let far = State { question: near.question.iter().map(|value| 5.0 * value).collect(), ..near.clone() };
    for calibration in [&calibration, &written] {
        let reason = |state: &State| calibration.unlike(Some(state));
        assert_eq!((reason(&near), reason(&far)), (None, Some(super::reasons::UNLIKE)));
        assert_eq!(calibration.unlike(None), None);
    }
    // Where few questions have one, nothing is known.
    items.iter_mut().skip(50).for_each(|item| item.state.as_mut().unwrap().question.clear());
    assert!(fit(&items, &options).unwrap().0.domain.is_none());
    items[7].state.as_mut().unwrap().question.truncate(59);
    assert_eq!(fit(&items, &options).unwrap_err().code, Code::BadInput);
}
