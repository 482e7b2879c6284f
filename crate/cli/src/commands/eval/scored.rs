//! Lines that `semgrad score` wrote, on any runtime.

use crate::evaluate::dataset::{Dataset, Question, id_text};
use crate::evaluate::store::{self, Store};
use crate::jsonl::{object, read};
use crate::stop::Stop;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

/// Where a line says which file it was taken from.
const SOURCE: &str = "scored";

/// Takes over the lines whose ids the sets have and that are not there yet. Their questions have to have been asked with
/// this `prefix`, as far as the lines say it.
pub fn import(paths: &[PathBuf], sets: &[Dataset], prefix: &str, store: &mut Store) -> Result<(), Stop> {
    let mut places: HashMap<&str, Vec<(&Dataset, &Question)>> = HashMap::new();
    for set in sets {
        set.questions.iter().for_each(|question| places.entry(&question.id).or_default().push((set, question)));
    }
    for path in paths {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let (mut taken, mut foreign, mut bad) = (0, 0, 0);
        for line in read(path)? {
            let Some(record) = object::<Value>(&line).ok().filter(usable) else {
                bad += 1;
                continue;
            };
            let id = record.get("id").map(id_text).unwrap_or_default();
            match places.get(id.as_str()).map(Vec::as_slice) {
                Some([(set, question)]) if store.get(&set.name, question).is_none() => {
                    same_prefix(&record, prefix, &name, line.number)?;
                    let mut line = store::line(&set.name, question, record);
                    line[SOURCE] = name.clone().into();
                    store.put(line)?;
                    taken += 1;
                }
                Some([_]) => {}
                // Nobody's id, or that of questions in several sets.
                _ => foreign += 1,
            }
        }
        eprintln!(
            "{name}: {taken} lines taken over, {foreign} whose id is not that of one question, {bad} without answer"
        );
    }
    Ok(())
}

/// Answers to differently asked questions do not mix.
fn same_prefix(record: &Value, prefix: &str, file: &str, number: usize) -> Result<(), Stop> {
    match record.get("prefix").and_then(Value::as_str) {
        Some(other) if other != prefix => Err(Stop::bad_input(
            format!("line {number} of {file} was asked with the prefix {other:?}, and this evaluation has {prefix:?}."),
            "Repeat the lines' own with --prefix, or score the questions again with that of the evaluation.",
        )),
        _ => Ok(()),
    }
}

/// What the reader should know of lines that were taken over.
pub fn notes<'a>(lines: impl Iterator<Item = &'a Value>) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    lines.filter_map(|line| line.get(SOURCE)?.as_str()).for_each(|name| *counts.entry(name).or_default() += 1);
    let say = |(name, count)| {
        format!(
            "{count} answers were scored before ({name}); prefix, limits and samples are those that this evaluation was told"
        )
    };
    counts.into_iter().map(say).collect()
}

/// An answer with scores.
fn usable(record: &Value) -> bool {
    let there = |name: &str| record.get(name).is_some_and(|value| !value.is_null());
    there("answer") && there("response_ids") && there("scores") && !there("error")
}
