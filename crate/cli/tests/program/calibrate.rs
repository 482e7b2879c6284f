//! `semgrad calibrate` from judged lines to a profile, and a profile on a real model.

use crate::common::{json, load, reference, run};
use semgrad::answer::Model;
use semgrad::answer::record::Request;
use semgrad::confidence::reasons;
use semgrad::confidence::verdict::{Bounds, EVEN_ODDS, Risk};
use semgrad::device::Choice;
use semgrad::profile::Profile;
use semgrad::text::Text;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::rc::Rc;

/// A folder of this test's own.
fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("semgrad-calibrate-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Judged answers as `semgrad eval` writes them; `right` by number and by how likely it is.
fn lines(n: usize, right: fn(usize, f64) -> bool) -> String {
    // A multiplicative generator is enough.
    let mut state = 9u64;
    let mut draw = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    let mut line = |i: usize| {
        let (p, noise, u) = (draw(), draw(), draw());
        let right = right(i, u - p);
        json!({
            "id": format!("q{i}"), "set": "sums", "question": "?", "references": ["4"], "answer": "4",
            "response_ids": vec![1; 2 + i % 7], "finish_reason": "stop",
            "semantic_position": {"index": 5, "offset": -3, "rule": "header"},
            "scores": {"gnll": {"score": 4.0 - 3.0 * p + noise}, "lsc": {"score": 1.0 - p + 2.0 * noise}, "fdbd": {"score": null}},
            "judge": "f1", "judgements": {"f1": {"right": right, "value": 1}, "never": {"right": false, "value": 0}},
        })
        .to_string()
    };
    (0..n).map(&mut line).collect::<Vec<_>>().join("\n")
}

fn calibrate(questions: &Path, out: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_semgrad"));
    command.arg("calibrate").arg("--questions").arg(questions).arg("--model").arg(reference("tiny/llama_tied"));
    command.args(more).arg("--out").arg(out).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn judged_lines_become_a_profile() {
    let folder = folder("profile");
    let (questions, out) = (folder.join("questions.jsonl"), folder.join("profile.json"));
    let broken = "{\"id\": \"cut off\n";
    std::fs::write(&questions, lines(400, |_, excess| excess < 0.0) + "\n" + broken).unwrap();
    let report = folder.join("report.json");
    let confidences = folder.join("confidences.jsonl");
    let mut more = vec!["--prefix", "Q: ", "--max-tokens", "64", "--half", "--report", report.to_str().unwrap()];
    more.extend(["--confidences", confidences.to_str().unwrap()]);
    let done = calibrate(&questions, &out, &more);
    assert!(done.status.success(), "{}", text(&done.stderr));
    assert!(text(&done.stderr).contains("line 401: this is no result"), "{}", text(&done.stderr));
    let table = text(&done.stdout);
    for words in
        ["cross-fitted", "not fitted to", "confidence (combined)", "oracle", "answered wrong", "'answer' wrong"]
    {
        assert!(table.contains(words), "{words} is missing in\n{table}");
    }
    let profile = Profile::parse(&std::fs::read_to_string(&out).unwrap()).unwrap();
    assert_eq!((profile.key.prefix.as_str(), profile.key.weights.len()), ("Q: ", 64));
    let [calibration] = &profile.calibrations[..] else { panic!("one calibration") };
    let conditions = &calibration.conditions;
    assert_eq!((conditions.max_tokens, conditions.semantic_offset), (Some(64), Some(-3)));
    assert_eq!(conditions.semantic_rule, "header");
    assert_eq!((calibration.fitted.judge.as_str(), calibration.fitted.sets[0].name.as_str()), ("f1", "sums"));
    assert_eq!(calibration.methods().collect::<Vec<_>>(), ["gnll", "lsc"]);
    let reports = json(&report);
    let [fit, test] = ["fit", "test"].map(|part| reports[part]["questions"].as_u64().unwrap());
    assert_eq!((fit, fit + test), (calibration.fitted.questions as u64, 400));
    assert!((150..250).contains(&fit), "about half: {fit}");
    assert!(reports["test"]["combined"]["auroc"].as_f64().unwrap() > 0.7);
    let confidences = std::fs::read_to_string(confidences).unwrap();
    let confidences: Vec<serde_json::Value> = confidences.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let ids: std::collections::BTreeSet<&str> = confidences.iter().map(|line| line["id"].as_str().unwrap()).collect();
    assert_eq!((confidences.len(), ids.len()), (400, 400), "one of each half for every question");
    assert!(confidences.iter().all(|line| line["set"] == "sums" && line["confidence"].as_f64().unwrap() < 1.0));

    // Answers that were cut off are not fitted to, and counted.
    let mixed = folder.join("mixed.jsonl");
    std::fs::write(&mixed, lines(400, |_, excess| excess < 0.0).replacen("\"stop\"", "\"length\"", 30)).unwrap();
    let done = calibrate(&mixed, &folder.join("mixed.json"), &["--prefix", "Q: "]);
    let said = text(&done.stdout);
    assert!(said.contains("cross-fitted on the questions of fitting: 370 questions"), "{said}");
    assert!(said.contains("note: 30 answers were cut off and are left out"), "{said}");

    // Into an existing profile of the same key; not into one of another.
    let again = folder.join("again.json");
    let into = ["--prefix", "Q: ", "--profile", out.to_str().unwrap(), "--answer-risk", "0.05"];
    assert!(calibrate(&questions, &again, &into).status.success());
    let again = Profile::parse(&std::fs::read_to_string(&again).unwrap()).unwrap();
    assert_eq!((again.calibrations.len(), again.calibrations[0].verdict.answer_risk), (1, 0.05));
    let other = calibrate(&questions, &out, &["--prefix", "", "--profile", out.to_str().unwrap()]);
    assert_eq!(other.status.code(), Some(1));
    assert!(text(&other.stderr).contains("belongs to another prefix"), "{}", text(&other.stderr));
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn how_the_answers_came_about_is_read_from_their_folder() {
    let folder = folder("origin");
    let (questions, out) = (folder.join("questions.jsonl"), folder.join("profile.json"));
    std::fs::write(&questions, lines(90, |_, excess| excess < 0.0)).unwrap();
    let first = calibrate(&questions, &out, &[]);
    assert!(text(&first.stderr).contains("nothing says what was put before the questions"), "{}", text(&first.stderr));
    let Profile { key, .. } = Profile::parse(&std::fs::read_to_string(&out).unwrap()).unwrap();
    // An evaluation that was interrupted has no summary yet.
    let settings = json!({
        "model": "m", "weights": key.weights, "parameters": 1, "prefix": "P: ", "system": null, "max_tokens": 32,
        "samples": null, "temperature": null, "seed": null, "hardware": null, "embed": null, "nli": null,
    });
    std::fs::write(folder.join("settings.json"), settings.to_string()).unwrap();
    let done = calibrate(&questions, &out, &[]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let profile = Profile::parse(&std::fs::read_to_string(&out).unwrap()).unwrap();
    assert_eq!((profile.key.prefix.as_str(), profile.calibrations[0].conditions.max_tokens), ("P: ", Some(32)));
    let other = calibrate(&questions, &out, &["--prefix", "Q: "]);
    assert_eq!(other.status.code(), Some(1));
    assert!(text(&other.stderr).contains("and settings.json says \"P: \""), "{}", text(&other.stderr));
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn what_cannot_be_calibrated_is_said() {
    let folder = folder("refused");
    let (questions, out) = (folder.join("questions.jsonl"), folder.join("profile.json"));
    let refused = |lines: String, more: &[&str]| {
        std::fs::write(&questions, lines).unwrap();
        let done = calibrate(&questions, &out, more);
        assert_eq!(done.status.code(), Some(1), "{}", text(&done.stdout));
        text(&done.stderr)
    };
    let half: fn(usize, f64) -> bool = |_, excess| excess < 0.0;
    for (lines, more, words) in [
        (lines(30, half), &[][..], "there are 30 judged questions, and calibration needs 50"),
        (lines(90, |_, _| true), &[], "only 0 of 90 answers are wrong"),
        (lines(90, |_, _| false), &[], "only 0 of 90 answers are right"),
        (lines(90, half), &["--judge", "nobody"], "no answer was judged by \"nobody\""),
        (lines(90, half), &["--judge", "never"], "only 0 of 90 answers are right"),
        (
            lines(90, half).replace("judgements", "nothing"),
            &[],
            "no answer was judged. Make the file with `semgrad eval`",
        ),
        (lines(90, half), &["--answer-risk", "3"], "the tolerated risks are 3"),
        (lines(90, half), &["--methods", "magic"], "unknown method \"magic\""),
        (lines(90, half).replacen("stop", "given", 20), &[], "20 of 90 answers were given"),
        (lines(90, half), &["--test", "nowhere.jsonl"], "nowhere.jsonl cannot be used"),
    ] {
        let said = refused(lines, more);
        assert!(said.contains(words), "{words:?} is not in {said}");
    }
    assert!(!out.exists(), "nothing is written");
    let done = calibrate(&folder.join("missing.jsonl"), &out, &[]);
    assert_eq!(done.status.code(), Some(1));
    std::fs::remove_dir_all(folder).unwrap();
}

/// A profile whose confidence is σ(1 − gnll/10 − (ln semgrad + 11) − (ln tokens − 2)/2).
fn profile(model: &Model, prefix: &str) -> Profile {
    let feature = |name, transform, mean: f64, scale: f64, weight: f64| json!({"name": name, "transform": transform, "mean": mean, "scale": scale, "weight": weight});
    let features = [
        feature("gnll", "identity", 0.0, 10.0, -1.0),
        feature("semgrad", "log", -11.0, 1.0, -1.0),
        feature("answer_tokens", "log", 2.0, 2.0, -1.0),
    ];
    let calibration = json!({
        "answers": "own", "temperature": 0, "semantic_rule": "header", "max_tokens": 32,
        "fitted": {"sets": [], "judge": "f1", "date": "2026-11-21", "questions": 0, "right": 0},
        "maps": {"gnll": {"used": "platt", "platt": {"slope": -0.1, "intercept": 0.5},
                          "isotonic": {"scores": [1], "confidence": [0.5]}}},
        "combined": {"features": features, "intercept": 1, "penalty": 10},
        "thresholds": {"conformal": [{"alpha": 0.1, "threshold": 0.0001}, {"alpha": 0.2, "threshold": 0.00001}], "selective": []},
        "verdict": {"mode": "conformal", "answer_risk": 0.1, "abstain_risk": 0.2},
    });
    let template = model.text.as_ref().and_then(Text::template_hash);
    let whole = json!({"key": {"weights": "", "template": template, "prefix": prefix}, "calibrations": [calibration]});
    Profile::parse(&whole.to_string()).unwrap()
}

#[test]
fn a_real_answer_has_the_confidence_of_its_profile() {
    let Some(models) = std::env::var_os("SEMGRAD_MODELS") else {
        eprintln!("NOT TESTED: confidence of a real answer (set SEMGRAD_MODELS, or run `cargo xtask test`)");
        return;
    };
    let model = load(&PathBuf::from(models).join("SmolLM2-135M-Instruct.Q4_1.gguf"), Choice::Cpu);
    let ask = |methods: &[&str]| Request {
        question: Some("Is Paris in France?".into()),
        methods: Some(methods.iter().map(|&id| id.to_owned()).collect()),
        max_tokens: Some(32),
        prefix: Some("Q: ".into()),
        ..Request::default()
    };
    let plain = run(&model, ask(&["gnll", "semgrad"])).unwrap();
    assert_eq!((plain.confidence, plain.confidence_reason, plain.verdict), (None, Some(reasons::NONE), None));
    assert_eq!(plain.scores["gnll"].confidence_reason, Some(reasons::NONE));
    assert_eq!(plain.explanation.verdict, "No judgment");
    assert!(plain.explanation.none.unwrap().contains("never tested"));

    model.profile.replace(Some(Rc::new(profile(&model, "Q: "))));
    let known = run(&model, ask(&["gnll"])).unwrap();
    assert_eq!(
        known.scores.keys().collect::<Vec<_>>(),
        [&"gnll"],
        "what the confidence is made of besides is not reported"
    );
    assert_eq!(known.response_ids, plain.response_ids);
    let (gnll, semgrad) = (plain.scores["gnll"].score, plain.scores["semgrad"].score);
    let logit = 1.0 - gnll / 10.0 - (semgrad.ln() + 11.0) - ((known.response_ids.len() as f64).ln() - 2.0) / 2.0;
    let want = 1.0 / (1.0 + (-logit).exp());
    assert!((known.confidence.unwrap() - want).abs() < 1e-6, "{:?} is not {want}", known.confidence);
    // It keeps the risk, and is more likely wrong than right.
    assert_eq!((known.confidence_reason, known.verdict), (None, Some("flag")));
    let reason = known.verdict_reason.unwrap();
    assert!(reason.contains("it takes 50 to be as likely right as wrong, which also keeps wrong answers"), "{reason}");
    assert_eq!((known.explanation.verdict, known.explanation.none), ("Check this", None));
    assert_eq!(known.verdict_thresholds, Some(Bounds { answer: EVEN_ODDS, abstain: 0.00001 }));
    let single = known.scores["gnll"].confidence.unwrap();
    assert!((single - 1.0 / (1.0 + (0.1 * gnll - 0.5).exp())).abs() < 1e-9);

    // What is left out is as in calibration.
    let usual = run(&model, Request { prefix: None, max_tokens: None, ..ask(&["gnll"]) }).unwrap();
    assert_eq!((usual.prefix.as_str(), &usual.prompt_ids), ("Q: ", &known.prompt_ids));
    assert_eq!((usual.response_ids, usual.confidence), (known.response_ids, known.confidence));

    // Everything else has none, and says why.
    let refusal = |request: Request| {
        let record = run(&model, request).unwrap();
        assert_eq!((record.confidence, record.verdict), (None, None));
        record.confidence_reason.unwrap()
    };
    assert_eq!(refusal(Request { prefix: Some(String::new()), ..ask(&["gnll"]) }), reasons::OTHER_KEY);
    assert_eq!(refusal(Request { temperature: Some(0.8), ..ask(&["gnll"]) }), reasons::TEMPERATURE);
    assert_eq!(refusal(Request { answer: Some("Yes.".into()), ..ask(&["gnll"]) }), reasons::GIVEN);
    assert_eq!(refusal(Request { system: Some("Be brief.".into()), ..ask(&["gnll"]) }), reasons::SYSTEM);
    assert_eq!(refusal(Request { semantic_position: Some("-1".into()), ..ask(&["gnll"]) }), reasons::POSITION);
    assert_eq!(refusal(Request { max_tokens: Some(1), ..ask(&["gnll"]) }), reasons::CUT);
    assert_eq!(refusal(ask(&[])), reasons::NO_METHODS);
    let odd = Risk { answer: Some(1.5), ..Risk::default() };
    let refused = run(&model, Request { risk: Some(odd), ..ask(&["gnll"]) });
    assert_eq!(refused.unwrap_err().code, semgrad::Code::BadInput);
}
