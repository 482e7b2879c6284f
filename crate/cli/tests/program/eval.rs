//! `semgrad eval` from lines that were scored before: nothing here loads a model, and nothing may.

use crate::common::{json, reference};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder of its own for each test.
fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("semgrad-eval-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn write(path: &Path, lines: &[Value]) {
    let text: Vec<String> = lines.iter().map(Value::to_string).collect();
    std::fs::write(path, text.join("\n") + "\n").unwrap();
}

fn eval(folder: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_semgrad"));
    command.current_dir(folder).arg("eval").args(["--device", "cpu", "--out", "out", "--resamples", "100", "--model"]);
    command.arg(reference("tiny/llama_tied")).args(more).output().unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// `n` questions of a set, and their scored lines: every third answer is right and has a lower score `a`.
fn questions(set: &str, n: usize) -> (Vec<Value>, Vec<Value>) {
    let question = |i: usize| json!({"id": format!("{set}{i}"), "question": format!("Q{i}?"), "answers": ["Paris"]});
    let scored = |i: usize| {
        let noise = (i * 7919 % 101) as f64;
        let score = |score: f64| json!({"score": score, "confidence": null, "ms": 3, "passes": 1});
        json!({
            "id": format!("{set}{i}"), "prompt_ids": [1], "response_ids": vec![7; 2 + i % 9], "finish_reason": "stop",
            "answer": if i.is_multiple_of(3) { "It is Paris." } else { "It is Rome." },
            "scores": {"a": score(noise + if i.is_multiple_of(3) { 0.0 } else { 60.0 }), "perplexity": score(noise)},
            "ms": {"load": 0, "prefill": 10, "decode": 20, "score": 5}, "device": "cpu",
        })
    };
    ((0..n).map(question).collect(), (0..n).map(scored).collect())
}

#[test]
fn scored_lines_are_judged_and_measured_once() {
    let folder = folder("scored");
    let (mut data, scored) = questions("s", 90);
    // What cannot be used is said and does not lose the rest.
    data.push(json!({"id": "none", "question": "No references?"}));
    data.push(data[0].clone());
    write(&folder.join("set.jsonl"), &data);
    write(&folder.join("scored.jsonl"), &scored);
    let arguments = ["--data", "set.jsonl", "--scored", "scored.jsonl", "--prefix", "Q: "];
    let output = eval(&folder, &arguments);
    let text = said(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("line 91: there are no references") && text.contains("line 92: the id \"s0\""), "{text}");
    assert!(text.contains("set: 30 of 90 right"), "{text}");

    let summary = json(&folder.join("out/summary.json"));
    assert_eq!((&summary["prefix"], &summary["device"]), (&json!("Q: "), &json!("cpu")));
    let set = &summary["sets"][0];
    assert_eq!((&set["judge"], &set["questions"], &set["right"]), (&json!("containment"), &json!(90), &json!(30)));
    assert_eq!(set["generation_ms"], 30.0);
    let a = &set["methods"]["a"];
    assert!(a["auroc"]["low"].as_f64().unwrap() > 0.6 && a["cost"] == 1.1);
    assert!(a["versus"]["perplexity"]["p"].as_f64().unwrap() < 0.05);
    let page = std::fs::read_to_string(folder.join("out/report.html")).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("perplexity"));

    // Confidences from elsewhere are measured like scores, where there are some.
    let confidence = |i: usize| json!({"set": "set", "id": format!("s{i}"), "confidence": if i.is_multiple_of(3) { 0.8 } else { 0.3 }});
    write(&folder.join("confidences.jsonl"), &(0..80).map(confidence).collect::<Vec<_>>());
    let with = eval(&folder, &[&arguments[..], &["--confidences", "confidences.jsonl"]].concat());
    assert_eq!(with.status.code(), Some(0), "{}", said(&with));
    let found = json(&folder.join("out/summary.json"));
    let measured = &found["sets"][0]["methods"]["confidence"];
    assert_eq!((&measured["questions"], &measured["auroc"]["value"]), (&json!(80), &json!(1.0)));
    write(&folder.join("confidences.jsonl"), &[json!({"set": "set", "id": "s1", "confidence": 1.5})]);
    let refused = eval(&folder, &[&arguments[..], &["--confidences", "confidences.jsonl"]].concat());
    assert!(
        refused.status.code() == Some(1) && said(&refused).contains("line 1 of confidences.jsonl"),
        "{}",
        said(&refused)
    );

    // Interrupted within a line, and one question missing: only the lines that are there count as done.
    let path = folder.join("out/questions.jsonl");
    let lines = std::fs::read_to_string(&path).unwrap();
    assert_eq!(lines.lines().count(), 90);
    std::fs::write(&path, &lines[..lines.len() - 40]).unwrap();
    let output = eval(&folder, &arguments);
    let text = said(&output);
    assert!(text.contains("1 lines were cut off") && text.contains("1 lines taken over"), "{text}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), lines);
    assert_eq!(json(&folder.join("out/summary.json"))["sets"], summary["sets"]);

    // Another judge beside the first, and the other way around.
    let output = eval(&folder, &["--data", "set.jsonl", "--judge", "f1@0.4,containment"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let set = &json(&folder.join("out/summary.json"))["sets"][0];
    assert_eq!((&set["judge"], &set["others"][0]["judge"]), (&json!("f1@0.4"), &json!("containment")));
    assert_eq!((&set["right"], &set["others"][0]["agreement"]), (&json!(30), &json!(1.0)));
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn answers_that_were_asked_for_differently_do_not_mix() {
    let folder = folder("mixed");
    let (data, scored) = questions("s", 3);
    write(&folder.join("set.jsonl"), &data);
    write(&folder.join("scored.jsonl"), &scored);
    let output = eval(&folder, &["--data", "set.jsonl", "--scored", "scored.jsonl", "--prefix", "Q: "]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let text = said(&output);
    assert!(text.contains("1 right and 2 wrong answers say little"), "{text}");
    let set = &json(&folder.join("out/summary.json"))["sets"][0]["methods"]["a"];
    assert_eq!(set["ece"]["reason"], "3 answers are too few to cross-fit probabilities: 10 are needed");
    assert_eq!(set["ece"]["value"], Value::Null);
    let output = eval(&folder, &["--data", "set.jsonl", "--prefix", "Other: "]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("the prefix differs"), "{}", said(&output));
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn sets_of_one_kind_and_files_without_questions() {
    let folder = folder("kinds");
    let (data, scored) = questions("s", 60);
    let wrong = |line: &&Value| line["answer"] == "It is Rome.";
    let scored: Vec<Value> = scored.iter().filter(wrong).cloned().collect();
    let ids: Vec<&Value> = scored.iter().map(|line| &line["id"]).collect();
    let data: Vec<Value> = data.into_iter().filter(|line| ids.contains(&&line["id"])).collect();
    write(&folder.join("set.jsonl"), &data);
    write(&folder.join("scored.jsonl"), &scored);
    let output = eval(&folder, &["--data", "set.jsonl", "--scored", "scored.jsonl"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(said(&output).contains("all 40 answers are wrong"), "{}", said(&output));
    let auroc = &json(&folder.join("out/summary.json"))["sets"][0]["methods"]["a"]["auroc"];
    assert_eq!((&auroc["value"], &auroc["reason"]), (&Value::Null, &json!("every answer is wrong")));

    std::fs::write(folder.join("empty.jsonl"), "\n").unwrap();
    let output = eval(&folder, &["--data", "empty.jsonl"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("empty.jsonl has no questions"), "{}", said(&output));
    for (wrong, message) in [
        (["--judge", "rouge"], "there is no judge \"rouge\""),
        (["--judge", "nli"], "asks an encoder, and none was named"),
        (["--temperature", "0.7"], "the answers of an evaluation are greedy"),
        (["--tsu", "0.7"], "--tsu compares two temperatures"),
        (["--data", "absent.jsonl"], "absent.jsonl cannot be used"),
    ] {
        let output = eval(&folder, &[&["--data", "set.jsonl"][..], &wrong].concat());
        assert!(output.status.code() == Some(1) && said(&output).contains(message), "{message}: {}", said(&output));
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
