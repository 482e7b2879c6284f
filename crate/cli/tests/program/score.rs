//! `semgrad score` over files as people have them: encodings, damaged lines, and a second run over what failed.

use crate::common::reference;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder of its own for each test.
fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("semgrad-score-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Scores `in.jsonl` with a model that reads ids and no text.
fn score(folder: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_semgrad"));
    command.current_dir(folder).args(["score", "--device", "cpu", "--in", "in.jsonl", "--out", "out.jsonl", "--model"]);
    command.arg(reference("tiny/llama_tied")).args(["--methods", "gnll", "--max-tokens", "1"]).output().unwrap()
}

/// By line of the output its id and error code.
fn lines(folder: &Path) -> Vec<(Value, Option<String>)> {
    let text = std::fs::read_to_string(folder.join("out.jsonl")).unwrap();
    let line = |line: &str| {
        let record: Value = serde_json::from_str(line).unwrap();
        let code = record.pointer("/error/code").map(|code| code.as_str().unwrap().to_owned());
        assert_eq!(code.is_none(), record["scores"]["gnll"]["score"].is_number(), "{record}");
        (record["id"].clone(), code)
    };
    text.lines().map(line).collect()
}

fn question(id: impl Into<Value>) -> String {
    json!({"id": id.into(), "prompt_ids": [1, 2, 3]}).to_string()
}

fn bad(id: impl Into<Value>) -> (Value, Option<String>) {
    (id.into(), Some("bad_input".into()))
}

fn good(id: impl Into<Value>) -> (Value, Option<String>) {
    (id.into(), None)
}

#[test]
fn encodings_and_line_ends_lose_no_line() {
    let folder = folder("encodings");
    let text = format!("\u{feff}{}\r\n\r\n{}", question("é"), question(2));
    let utf16 = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    for content in [text.clone().into_bytes(), utf16(u16::to_le_bytes), utf16(u16::to_be_bytes)] {
        let _ = std::fs::remove_file(folder.join("out.jsonl"));
        std::fs::write(folder.join("in.jsonl"), content).unwrap();
        let output = score(&folder);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(lines(&folder), [good("é"), good(2)]);
    }
    std::fs::write(folder.join("in.jsonl"), b"\xff\xfe\0\0{\0\0\0").unwrap();
    let output = score(&folder);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(1) && said.contains("in.jsonl") && said.contains("UTF-32"), "{said}");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_bad_line_costs_itself_and_keeps_its_id() {
    let folder = folder("bad");
    let mut content = Vec::new();
    for line in [
        question(1).as_bytes(),
        br#"{"id": "half", "question": "\ud83d"}"#,
        b"{\"id\": \"latin\", \"question\": \"caf\xe9\"}",
        br#"{"id": "nan", "prompt_ids": [1], "temperature": NaN}"#,
        br#"{"id": {"a": 1}, "prompt_ids": 3}"#,
        br#"{"id": "misspelled", "prompt_ids": [1], "sampels": 3}"#,
        br#"{"id": "cut", "prompt_ids": [1"#,
        br#"["list", "question"]"#,
        br#"{"id": "nothing"}"#,
        br#"{"id": "text without a tokenizer", "question": "Q"}"#,
        question(1).as_bytes(),
        question(Value::Null).as_bytes(),
        br#"{"prompt_ids": [1, 2, 3]}"#,
    ] {
        content.extend_from_slice(line);
        content.push(b'\n');
    }
    std::fs::write(folder.join("in.jsonl"), &content).unwrap();
    let output = score(&folder);
    assert_eq!(output.status.code(), Some(2));
    let mut want = vec![
        good(1),
        bad("half"),
        bad("latin"),
        bad("nan"),
        bad(json!({"a": 1})),
        bad("misspelled"),
        bad("cut"),
        bad(Value::Null),
        bad("nothing"),
        (json!("text without a tokenizer"), Some("missing_tokenizer".into())),
        good(1),
        good(Value::Null),
        good(Value::Null),
    ];
    assert_eq!(lines(&folder), want);
    let text = std::fs::read_to_string(folder.join("out.jsonl")).unwrap();
    assert!(text.contains("line 3 is not a request: it is not text in UTF-8"), "{text}");
    // Every error names its line, also that of a request which could be read.
    let records = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    for (index, record) in records.enumerate().filter(|(_, record)| !record["error"].is_null()) {
        let message = record["error"]["message"].as_str().unwrap();
        assert!(message.starts_with(&format!("line {}", index + 1)), "{message}");
    }
    assert!(
        text.contains(r#"line 6 is not a request: unknown field \"sampels\"; did you mean \"samples\"?"#),
        "{text}"
    );

    // Again: what failed is done again and stands there once; what has an id and was answered is not.
    let output = score(&folder);
    assert_eq!(output.status.code(), Some(2));
    let mut again = lines(&folder);
    let sorted = |lines: &mut Vec<(Value, Option<String>)>| lines.sort_by_key(|line| format!("{line:?}"));
    want.extend([good(Value::Null), good(Value::Null)]);
    sorted(&mut want);
    sorted(&mut again);
    assert_eq!(again, want);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn the_exit_status_says_who_has_to_do_something() {
    let folder = folder("status");
    let status = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_semgrad")).current_dir(&folder).args(arguments).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    std::fs::write(folder.join("in.jsonl"), question(1)).unwrap();
    std::fs::write(folder.join("no.gguf"), "no model").unwrap();
    let tiny = reference("tiny/llama_tied").display().to_string();
    // The same whatever it is that cannot be used.
    for arguments in [
        &["score", "--in", "missing.jsonl", "--out", "out.jsonl", "--model", &tiny][..],
        &["score", "--in", "in.jsonl", "--out", "no/folder/out.jsonl", "--model", &tiny],
        &["score", "--in", "in.jsonl", "--out", "out.jsonl", "--model", "missing.gguf"],
        &["score", "--in", "in.jsonl", "--out", "out.jsonl", "--model", "no.gguf"],
        &["score", "--in", "in.jsonl", "--out", "out.jsonl", "--model", &tiny, "--nli", "no/such/folder"],
        &["ask", "--model", &tiny, "--device", "cpu", "Why?"],
        &["methods", "eval", "--evidence", "missing.jsonl"],
        &["kinds", "--in", "missing.jsonl"],
    ] {
        let (code, said) = status(arguments);
        assert_eq!(code, Some(1), "{arguments:?}: {said}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn what_failed_is_tried_again_and_nothing_else() {
    let folder = folder("again");
    let too_long = json!({"id": "b", "prompt_ids": vec![1; 4000]}).to_string();
    std::fs::write(folder.join("in.jsonl"), [question("a"), too_long, question("c")].join("\n")).unwrap();
    assert_eq!(score(&folder).status.code(), Some(2));
    let before = std::fs::read_to_string(folder.join("out.jsonl")).unwrap();
    assert_eq!(lines(&folder).iter().map(|line| line.1.is_some()).collect::<Vec<_>>(), [false, true, false]);
    // Still too long: said again.
    assert_eq!(score(&folder).status.code(), Some(2));
    assert_eq!(lines(&folder).len(), 3);

    // Another output has it among lines of other files, and was cut off while it was written.
    let other = r#"{"id":"elsewhere","error":{"code":"internal"}}"#;
    let cut = format!("{other}\n{before}{{\"id\":\"c\",\"prom");
    std::fs::write(folder.join("out.jsonl"), &cut).unwrap();
    std::fs::write(folder.join("in.jsonl"), [question("a"), question("b"), question("c")].join("\n")).unwrap();
    let output = score(&folder);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(0) && said.contains("1 lines failed before"), "{said}");
    let text = std::fs::read_to_string(folder.join("out.jsonl")).unwrap();
    let kept: Vec<&str> = text.lines().collect();
    let first: Vec<&str> = before.lines().collect();
    assert_eq!(kept[..3], [other, first[0], first[2]], "as they were");
    assert!(kept.len() == 4 && kept[3].starts_with(r#"{"id":"b","#), "{text}");
    assert!(!folder.join("out.jsonl.new").exists());
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
#[cfg(unix)]
fn a_reader_that_has_gone_is_no_panic() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_semgrad"));
    command.arg("methods").stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let done = child.wait_with_output().unwrap();
    assert_ne!(done.status.code(), Some(101));
    assert_eq!(String::from_utf8_lossy(&done.stderr), "");
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_no_panic() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let done = Command::new(env!("CARGO_BIN_EXE_semgrad")).arg("methods").stdout(full).output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.code() == Some(3) && said.contains("standard output cannot be used"), "{said}");
}

#[test]
fn questions_are_not_written_over() {
    let folder = folder("same");
    let questions = question("a") + "\r" + &question("b") + "\r";
    std::fs::write(folder.join("out.jsonl"), &questions).unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("out.jsonl", folder.join("in.jsonl")).unwrap();
        assert_eq!(score(&folder).status.code(), Some(1));
        assert_eq!(std::fs::read_to_string(folder.join("out.jsonl")).unwrap(), questions);
        std::fs::remove_file(folder.join("in.jsonl")).unwrap();
    }
    std::fs::rename(folder.join("out.jsonl"), folder.join("in.jsonl")).unwrap();
    assert_eq!(score(&folder).status.code(), Some(0));
    assert_eq!(lines(&folder), [good("a"), good("b")]);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_first_record_that_was_cut_off_is_written_again() {
    let folder = folder("cut");
    std::fs::write(folder.join("in.jsonl"), question("a") + "\n").unwrap();
    for cut in [r#"{"id":"a","answ"#, r#"{"i"#, "{"] {
        std::fs::write(folder.join("out.jsonl"), cut).unwrap();
        assert_eq!(score(&folder).status.code(), Some(0), "{cut}");
        assert_eq!(lines(&folder), [(json!("a"), None)], "{cut}");
    }
    std::fs::write(folder.join("out.jsonl"), "{my notes").unwrap();
    assert_eq!(score(&folder).status.code(), Some(1));
    assert_eq!(std::fs::read_to_string(folder.join("out.jsonl")).unwrap(), "{my notes");
    std::fs::remove_dir_all(folder).unwrap();
}
