//! `semgrad kinds` over lines of which some are bad.

use serde_json::Value;
use std::process::Command;

#[test]
fn a_bad_line_costs_itself_and_is_counted() {
    let folder = std::env::temp_dir().join(format!("semgrad-kinds-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let lines = [
        r#"{"id": 1, "question": "Who wrote Hamlet?", "kind": "fact"}"#,
        r#"{"id": 2, "question": 5}"#,
        r#"{"id": 3, "question": "Why?", "kind": "riddle"}"#,
        r#"{"id": 4, "question": "cut o"#,
        r#"{"id": 5, "question": "Write a poem about autumn.", "kind": "creative"}"#,
    ];
    std::fs::write(folder.join("in.jsonl"), lines.join("\n")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_semgrad"));
    let done = command.current_dir(&folder).args(["kinds", "--in", "in.jsonl", "--out", "out.jsonl"]).output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!(done.status.code(), Some(2), "{said}");
    assert!(said.contains("3 lines failed"), "{said}");
    for number in [2, 3, 4] {
        assert!(said.contains(&format!("warning: line {number} of in.jsonl: ")), "{said}");
    }
    // The others are judged all the same.
    let table = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(table.contains("fact") && table.contains("creative"), "{table}");
    let out = std::fs::read_to_string(folder.join("out.jsonl")).unwrap();
    let out: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kinds: Vec<(u64, Option<&str>)> =
        out.iter().map(|line| (line["id"].as_u64().unwrap(), line["kind"].as_str())).collect();
    assert_eq!(kinds, [(1, Some("fact")), (2, None), (3, None), (4, None), (5, Some("creative"))]);
    assert!(out[1..4].iter().all(|line| line["error"]["code"] == "bad_input"), "{out:?}");
    std::fs::remove_dir_all(folder).unwrap();
}
