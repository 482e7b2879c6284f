//! Lines that `semgrad score` wrote, on any runtime.

use super::store::{self, Store};
use crate::Stop;
use crate::jsonl::read;
use semgrad::evaluate::dataset::{Dataset, Question, id_text};
use serde_json::Value;
use std::collections::HashMap;
use std::path::PathBuf;

/// Takes over the lines whose ids the sets have and that are not there yet; what the reader should know.
pub fn import(paths: &[PathBuf], sets: &[Dataset], store: &mut Store) -> Result<Vec<String>, Stop> {
    let mut places: HashMap<&str, Vec<(&Dataset, &Question)>> = HashMap::new();
    for set in sets {
        set.questions.iter().for_each(|question| places.entry(&question.id).or_default().push((set, question)));
    }
    let mut notes = Vec::new();
    for path in paths {
        let (mut taken, mut foreign, mut bad) = (0, 0, 0);
        for line in read(path)? {
            let Some(record) = serde_json::from_str::<Value>(&line).ok().filter(usable) else {
                bad += 1;
                continue;
            };
            let id = record.get("id").map(id_text).unwrap_or_default();
            match places.get(id.as_str()).map(Vec::as_slice) {
                Some([(set, question)]) if store.get(&set.name, question).is_none() => {
                    store.put(store::line(&set.name, question, record))?;
                    taken += 1;
                }
                Some([_]) => {}
                // Nobody's id, or that of questions in several sets.
                _ => foreign += 1,
            }
        }
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        eprintln!(
            "{name}: {taken} lines taken over, {foreign} whose id is not that of one question, {bad} without answer"
        );
        if taken > 0 {
            notes.push(format!(
                "{taken} answers were scored before ({name}); prefix, limits and samples are those that this evaluation was told"
            ));
        }
    }
    Ok(notes)
}

/// An answer with scores.
fn usable(record: &Value) -> bool {
    let there = |name: &str| record.get(name).is_some_and(|value| !value.is_null());
    there("answer") && there("response_ids") && there("scores") && !there("error")
}
