//! What the checks find in texts with planted faults, and that they are silent otherwise: `tests/reference/checks`.

#![allow(clippy::expect_used, reason = "a test may panic")]

use semgrad_scores::check::check;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

fn lines(name: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/reference/checks").join(name);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

fn text<'a>(line: &'a Value, key: &str) -> &'a str {
    line[key].as_str().unwrap_or_default()
}

/// Planted faults that were found, of how many, by kind, and of all. A text with the right value has to be left alone.
fn found(name: &str) -> (usize, usize) {
    let mut kinds: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for line in lines(name) {
        let faults = check(text(&line, "question"), text(&line, "answer"), "");
        if line["right"] == true {
            assert!(faults.is_empty(), "{} is right: {faults:?}", line["id"]);
            continue;
        }
        let (found, all) = kinds.entry(text(&line, "kind").to_string()).or_default();
        *found += usize::from(!faults.is_empty());
        *all += 1;
    }
    let sum = |of: fn(&(usize, usize)) -> usize| kinds.values().map(of).sum();
    let (found, all) = (sum(|kind| kind.0), sum(|kind| kind.1));
    println!("{name}: {found} of {all}: {kinds:?}");
    (found, all)
}

#[test]
fn planted_faults_are_found() {
    // The share that is found today; what is stated twice in other words is the greater part of the rest.
    for (name, least) in [("planted.jsonl", 95), ("kept.jsonl", 86), ("unseen.jsonl", 73)] {
        let (found, all) = found(name);
        assert!(100 * found >= least * all, "{name}: {found} of {all}");
    }
}

#[test]
fn ordinary_texts_are_left_alone() {
    for name in ["ordinary.jsonl", "kept-ordinary.jsonl", "unseen-ordinary.jsonl"] {
        for line in lines(name) {
            let faults = check(text(&line, "question"), text(&line, "answer"), "");
            assert!(faults.is_empty(), "{}: {faults:?}", line["id"]);
        }
    }
}

#[test]
fn no_beginning_of_a_text_makes_it_panic() {
    for line in lines("planted.jsonl").iter().chain(&lines("ordinary.jsonl")) {
        let (question, answer) = (text(line, "question"), text(line, "answer"));
        // Every fifth: each would take most of a minute.
        for (end, _) in answer.char_indices().step_by(5) {
            check(question, &answer[..end], "");
            check(&answer[..end], &answer[end..], question);
        }
    }
}

#[test]
fn long_texts_come_to_an_end() {
    for part in [
        "1 + ",
        "(",
        "a ",
        "5 miles (8 km), ",
        "- A: $1\n",
        "| 1 | 2 |\n",
        "The tower is 3 m tall. ",
        "“",
        "\\frac{",
        "May 3, 1999 ",
        "1",
        "one ",
    ] {
        let text = part.repeat(40_000 / part.len());
        check(&text, &text, &text);
    }
}
