//! `semgrad calibrate --given`: from answers that others wrote and people judged to what a profile says of such answers, with a
//! tiny model that knows nothing; every stage is the real one.

use crate::tune::{folder, lines, write};
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Output};

fn answers() -> Vec<Value> {
    let one = |i: usize| {
        let (question, writer) = (i / 2, ["ada", "bob"][i % 2]);
        json!({
            "id": format!("q{question}-{writer}"), "question": format!("Who wrote book {question}?"), "writer": writer,
            "answer": format!("Book {question} was written by {}.", ["Jane Austen", "Ovid", "Homer"][i % 3]), "right": i % 4 < 2,
        })
    };
    let poem = json!({"question": "Write a poem.", "answer": "No.", "writer": "ada", "right": true});
    (0..24).map(one).chain([poem]).collect()
}

fn calibrate(folder: &Path, more: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_semgrad"));
    program.current_dir(folder).args(["calibrate", "--model", "model", "--device", "cpu", "--given", "given.jsonl"]);
    program
        .args(["--out", "profile.json", "--report", "report.json", "--own-answers", "2"])
        .args(more)
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn judged_answers_of_others_become_a_part_of_the_profile() {
    let folder = folder("given");
    write(&folder.join("given.jsonl"), &answers());
    let done = calibrate(&folder, &[]);
    let told = said(&done);
    assert_eq!(done.status.code(), Some(0), "{told}");
    assert!(told.contains("1 answers are left out") && told.contains("12 questions"), "{told}");
    let seen = folder.join("profile.seen.jsonl");
    assert_eq!(lines(&seen).len(), 24);
    let given = &read(&folder.join("profile.json"))["given"];
    assert_eq!((&given["writers"]["ada"][0], &given["own_answers"]), (&json!(12), &json!(2)));
    // Nobody could tell anything of these.
    assert!(told.contains("hardly better than chance"), "{told}");

    // What was seen is not looked at again; what was cut off is.
    let text = std::fs::read_to_string(&seen).unwrap();
    std::fs::write(&seen, &text[..text.len() / 2]).unwrap();
    let ranked = || -> Vec<String> {
        let report = read(&folder.join("report.json"));
        let rankings = report["report"]["rankings"].as_array().unwrap().iter();
        rankings.map(|ranking| format!("{} {:.6}", ranking["name"], ranking["auroc"].as_f64().unwrap())).collect()
    };
    let before = ranked();
    let told = said(&calibrate(&folder, &[]));
    assert!(told.contains("answers were seen before"), "{told}");
    assert_eq!(lines(&seen).len(), 24);
    assert_eq!(ranked(), before, "the same answers give the same numbers");

    // Some of the questions, of one writer; and a table of it.
    let few = calibrate(&folder, &["--at-most", "5", "--writers", "bob", "--seen", "few.jsonl"]);
    assert_eq!((few.status.code(), lines(&folder.join("few.jsonl")).len()), (Some(0), 5), "{}", said(&few));
    let mut report = Command::new(env!("CARGO_BIN_EXE_semgrad"));
    report.current_dir(&folder).args(["report", "--given", "report.json", "--markdown", "table.md"]);
    assert!(report.status().unwrap().success());
    let table = std::fs::read_to_string(folder.join("table.md")).unwrap();
    assert!(
        table.contains("| `combined` |") && table.contains("| looks alone |") && table.contains("bob: 5"),
        "{table}"
    );
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn encoders_that_come_later_need_no_second_look() {
    let folder = folder("given-encoders");
    write(&folder.join("given.jsonl"), &answers());
    let encoder = |name: &str| format!("{}/../../tests/reference/encoders/{name}", env!("CARGO_MANIFEST_DIR"));
    let (embed, nli) = (encoder("bert_embedding"), encoder("bert_nli"));
    let encoders = ["--embed", embed.as_str(), "--nli", nli.as_str()];
    let of_encoders = |file: &str| -> Vec<String> {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        let all = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let value = |line: &Value, id: &str| {
            line["encoders"][id].as_f64().or_else(|| line["scores"]["signals"][id].as_f64()).map(|v| format!("{v:.5}"))
        };
        let one = |line: Value| {
            let (distance, contradiction) = (value(&line, "own_distance")?, value(&line, "own_contradiction")?);
            Some(format!("{} {distance} {contradiction}", line["id"]))
        };
        let mut found: Vec<String> = all.filter_map(one).collect();
        found.sort();
        found
    };
    let told = said(&calibrate(&folder, &[]));
    assert!(of_encoders("profile.seen.jsonl").is_empty(), "{told}");
    let told = said(&calibrate(&folder, &encoders));
    assert!(told.contains("24 answers were seen before") && told.contains("combined_encoders"), "{told}");
    assert!(told.contains("own_distance") && told.contains("own_contradiction"), "{told}");
    // Each with a line of its own, and only once.
    assert_eq!(lines(&folder.join("profile.seen.jsonl")).len(), 48);
    calibrate(&folder, &encoders);
    assert_eq!(lines(&folder.join("profile.seen.jsonl")).len(), 48);
    // As good as if they had been there from the start, and what ships needs none.
    let told = said(&calibrate(&folder, &[&encoders[..], &["--seen", "at-once.jsonl"]].concat()));
    assert_eq!(of_encoders("profile.seen.jsonl"), of_encoders("at-once.jsonl"), "{told}");
    assert_eq!(of_encoders("at-once.jsonl").len(), 24);
    let profile = read(&folder.join("profile.json"));
    let terms = profile["given"]["fit"]["terms"].as_array().unwrap();
    assert!(terms.iter().all(|term| !["own_distance", "own_contradiction"].contains(&term["name"].as_str().unwrap())));
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn what_cannot_be_read_is_named() {
    let folder = folder("given-bad");
    let mut all = answers();
    all[3].as_object_mut().unwrap().remove("right");
    write(&folder.join("given.jsonl"), &all);
    let bad = calibrate(&folder, &[]);
    assert_eq!(bad.status.code(), Some(1));
    assert!(
        said(&bad).contains("line 4 of given.jsonl") && said(&bad).contains("\"right\": true or false"),
        "{}",
        said(&bad)
    );
    write(&folder.join("given.jsonl"), &answers());
    let nobody = calibrate(&folder, &["--writers", "eve"]);
    assert!(nobody.status.code() == Some(1) && said(&nobody).contains("the writer \"eve\""), "{}", said(&nobody));
    std::fs::remove_dir_all(folder).unwrap();
}
