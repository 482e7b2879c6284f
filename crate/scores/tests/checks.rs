//! What the checks find in texts with planted faults, and that they are silent otherwise: `tests/reference/checks`.

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

/// Planted faults that were found, of how many, by kind. A text with the right value has to be left alone.
fn found(name: &str) -> BTreeMap<String, (usize, usize)> {
    let mut kinds = BTreeMap::new();
    for line in lines(name) {
        let faults = check(text(&line, "question"), text(&line, "answer"), "");
        if line["right"] == true {
            assert!(faults.is_empty(), "{} is right: {faults:?}", line["id"]);
            continue;
        }
        let (found, all) = kinds.entry(text(&line, "kind").to_string()).or_insert((0, 0));
        *found += usize::from(!faults.is_empty());
        *all += 1;
    }
    kinds
}

#[test]
fn planted_faults_are_found() {
    let kinds = found("planted.jsonl");
    let total: usize = kinds.values().map(|(found, _)| found).sum();
    println!("{total} of {}: {kinds:?}", kinds.values().map(|(_, all)| all).sum::<usize>());
    for (kind, (found, all)) in &kinds {
        // What is stated twice in other words is seldom found; everything else nearly always.
        let least = if kind == "contradiction" { 70 } else { 90 };
        assert!(100 * found >= least * all, "{found} of {all} faults of the kind {kind}");
    }
}

#[test]
fn ordinary_texts_are_left_alone() {
    for line in lines("ordinary.jsonl") {
        let faults = check(text(&line, "question"), text(&line, "answer"), "");
        assert!(faults.is_empty(), "{}: {faults:?}", line["id"]);
    }
}
