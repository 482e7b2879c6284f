//! `questions.jsonl`: every line is written the moment it is known, a later one replaces an earlier one of the same
//! question, and what an interruption cut off is dropped.

use super::dataset::{Question, id_text};
use crate::jsonl::unusable;
use crate::stop::Stop;
use semgrad::Error;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Set and id.
type Key = (String, String);

/// The lines of an evaluation.
pub struct Store {
    path: PathBuf,
    file: File,
    lines: HashMap<Key, Value>,
    /// In the order of their first appearance.
    order: Vec<Key>,
    /// Whether the file has lines that no longer count.
    stale: bool,
}

impl Store {
    /// Opens or continues the file.
    pub fn open(path: &Path) -> Result<Self, Stop> {
        let fail = |e: std::io::Error| Stop::Failed(unusable(path, &e));
        // A line that was cut off may end inside a letter.
        let before = if path.exists() { std::fs::read(path).map_err(fail)? } else { Vec::new() };
        let mut file = OpenOptions::new().create(true).append(true).open(path).map_err(fail)?;
        if before.last().is_some_and(|&last| last != b'\n') {
            file.write_all(b"\n").map_err(fail)?;
        }
        let (lines, order) = (HashMap::new(), Vec::new());
        let mut store = Self { path: path.to_owned(), file, lines, order, stale: false };
        let text = String::from_utf8_lossy(&before);
        let (mut broken, mut failed) = (0, 0);
        for line in semgrad::input::unmarked(&text).lines().filter(|line| !line.trim().is_empty()) {
            match serde_json::from_str::<Value>(line) {
                Ok(line) if line.get("error").is_some_and(|error| !error.is_null()) => failed += 1,
                Ok(line) if key(&line).is_some() => store.insert(line),
                _ => broken += 1,
            }
        }
        if broken + failed > 0 {
            store.stale = true;
            eprintln!(
                "{}: {broken} lines were cut off or unreadable and {failed} failed before; these are done again.",
                path.display()
            );
        }
        Ok(store)
    }

    fn insert(&mut self, line: Value) {
        let Some(key) = key(&line) else { return };
        match self.lines.insert(key.clone(), line) {
            None => self.order.push(key),
            Some(_) => self.stale = true,
        }
    }

    /// The line of a question, unless it was asked in other words.
    pub fn get(&self, set: &str, question: &Question) -> Option<&Value> {
        let line = self.lines.get(&(set.to_owned(), question.id.clone()))?;
        (line.get("question").and_then(Value::as_str) == Some(question.question.as_str())).then_some(line)
    }

    /// Writes a line.
    pub fn put(&mut self, line: Value) -> Result<(), Stop> {
        let mut text = serde_json::to_vec(&line).map_err(|e| Stop::Failed(Error::internal(e.to_string())))?;
        text.push(b'\n');
        self.file.write_all(&text).map_err(|e| Stop::Failed(unusable(&self.path, &e)))?;
        // What failed is said in the file and tried again next time.
        if line.get("error").is_none() {
            self.insert(line);
        }
        Ok(())
    }

    /// Leaves only the lines that count: in a new file first, so that nothing is lost on the way.
    pub fn tidy(&mut self) -> Result<(), Stop> {
        if !std::mem::take(&mut self.stale) {
            return Ok(());
        }
        let fail = |e: std::io::Error| Stop::Failed(unusable(&self.path, &e));
        let fresh = self.path.with_extension("jsonl.new");
        let mut file = std::io::BufWriter::new(File::create(&fresh).map_err(fail)?);
        for line in self.order.iter().filter_map(|key| self.lines.get(key)) {
            serde_json::to_writer(&mut file, line).map_err(|e| Stop::Failed(Error::internal(e.to_string())))?;
            file.write_all(b"\n").map_err(fail)?;
        }
        file.into_inner().map_err(|e| fail(e.into_error()))?.sync_all().map_err(fail)?;
        std::fs::rename(&fresh, &self.path).map_err(fail)?;
        self.file = OpenOptions::new().append(true).open(&self.path).map_err(fail)?;
        Ok(())
    }
}

fn key(line: &Value) -> Option<Key> {
    let id = line.get("id").filter(|id| !id.is_null()).map(id_text)?;
    Some((line.get("set")?.as_str()?.to_owned(), id))
}

/// A question with what is known of its answer.
pub fn line(set: &str, question: &Question, record: Value) -> Value {
    let mut line = Map::new();
    line.insert("set".into(), set.into());
    line.insert("id".into(), question.id.clone().into());
    line.insert("question".into(), question.question.clone().into());
    line.insert("references".into(), question.references.clone().into());
    line.insert("incorrect".into(), question.incorrect.clone().into());
    if let Value::Object(record) = record {
        record.into_iter().filter(|(name, _)| name != "id").for_each(|(name, value)| {
            line.entry(name).or_insert(value);
        });
    }
    Value::Object(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn question(id: &str) -> Question {
        Question { id: id.into(), question: format!("{id}?"), references: vec!["r".into()], ..Question::default() }
    }

    #[test]
    fn an_interruption_loses_only_the_line_it_cut() {
        let folder = std::env::temp_dir().join(format!("semgrad-store-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("questions.jsonl");
        let _ = std::fs::remove_file(&path);
        let open = || Store::open(&path).unwrap_or_else(|_| panic!("opens"));
        let put = |store: &mut Store, line| store.put(line).unwrap_or_else(|_| panic!("writes"));

        let mut store = open();
        put(&mut store, line("s", &question("a"), json!({"id": 1, "answer": "first"})));
        put(&mut store, line("s", &question("b"), json!({"answer": "é"})));
        put(&mut store, json!({"set": "s", "id": "c", "error": {"code": "internal"}}));
        drop(store);
        // Cut inside the last letter of the second line's answer.
        let whole = std::fs::read(&path).unwrap();
        let cut = whole.windows(2).position(|pair| pair == "é".as_bytes()).unwrap() + 1;
        std::fs::write(&path, &whole[..cut]).unwrap();

        let mut store = open();
        assert_eq!(store.get("s", &question("a")).unwrap()["answer"], "first");
        assert!(store.get("s", &question("b")).is_none() && store.get("t", &question("a")).is_none());
        put(&mut store, line("s", &question("b"), json!({"answer": "again"})));
        put(&mut store, line("s", &question("a"), json!({"answer": "second"})));
        store.tidy().unwrap_or_else(|_| panic!("tidies"));
        put(&mut store, line("s", &question("d"), json!({"answer": "after"})));
        drop(store);

        let lines: Vec<Value> =
            std::fs::read_to_string(&path).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect();
        let answers: Vec<_> = lines.iter().map(|line| line["answer"].as_str().unwrap()).collect();
        assert_eq!(answers, ["second", "again", "after"]);
        assert_eq!(lines[0]["id"], "a");
        // Another wording under the same id is another question.
        let other = Question { question: "else?".into(), ..question("a") };
        assert!(open().get("s", &other).is_none());
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
