//! `semgrad check` over lines of which some are bad, and of one answer.

use serde_json::Value;
use std::process::Command;

#[test]
fn faults_are_told_line_by_line_and_a_bad_line_costs_itself() {
    let folder = std::env::temp_dir().join(format!("semgrad-check-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let lines = [
        r#"{"id": 1, "question": "What is 17 × 23?", "answer": "It is 381."}"#,
        r#"{"id": 2, "answer": 5}"#,
        r#"{"id": "c", "answer": "July 20, 1969 was a Sunday."}"#,
    ];
    std::fs::write(folder.join("in.jsonl"), lines.join("\n")).unwrap();
    let program = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_semgrad"));
        command.current_dir(&folder).arg("check");
        command
    };
    let done = program().args(["--in", "in.jsonl", "--out", "out.jsonl"]).output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!(done.status.code(), Some(2), "{said}");
    assert!(said.contains("2 answers, 1 with faults") && said.contains("warning: line 2 of in.jsonl: "), "{said}");
    let out = std::fs::read_to_string(folder.join("out.jsonl")).unwrap();
    let out: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(out[0]["faults"][0]["meant"], "391");
    assert_eq!(out[1]["error"]["code"], "bad_input");
    assert_eq!((&out[2]["id"], out[2]["faults"].as_array().map(Vec::len)), (&Value::from("c"), Some(0)));

    let one = program().args(["--question", "What is 17 × 23?", "--answer", "It is 381."]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&one.stdout), "381: The result is 391.\n");
    // Neither answer nor file.
    assert_eq!(program().output().unwrap().status.code(), Some(1));
    std::fs::remove_dir_all(folder).unwrap();
}
