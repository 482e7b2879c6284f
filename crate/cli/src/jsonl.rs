//! Lines in, lines out; what is already there is not done again, what failed is.

use crate::stop::Stop;
use semgrad::input::{self, Line};
pub use semgrad::line::{id, object};
use semgrad::{Code, Error};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// The lines of a file that are not blank.
pub fn read(path: &Path) -> Result<Vec<Line>, Stop> {
    let bytes = std::fs::read(path).map_err(|e| Stop::Failed(unusable(path, &e)))?;
    input::lines(&bytes).map_err(|e| Stop::Failed(named(path, e)))
}

/// The whole text of a file.
pub fn text(path: &Path) -> Result<String, Error> {
    let bytes = std::fs::read(path).map_err(|e| unusable(path, &e))?;
    input::text(&bytes).map_err(|e| named(path, e))
}

/// An output file that is appended to.
pub struct Output {
    file: File,
    path: PathBuf,
    /// How many lines with this id are there and were not asked for yet.
    done: HashMap<String, usize>,
    /// Ids of lines that say why they failed; none for those without.
    failed: HashSet<Option<String>>,
}

/// What a line of the output is known by.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Head {
    id: Option<Value>,
    error: Option<IgnoredAny>,
    answer: Option<IgnoredAny>,
    scores: Option<IgnoredAny>,
    /// Of a question that a probe was measured on.
    entropy: Option<IgnoredAny>,
}

impl Head {
    fn read(line: &[u8]) -> Option<Self> {
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line).trim_ascii_start();
        // A list would do for the fields in their order.
        line.starts_with(b"{").then(|| serde_json::from_slice(line).ok()).flatten()
    }

    /// Whether something was found out: a question alone is a line of another file.
    fn done(&self) -> bool {
        self.error.is_none() && (self.answer.is_some() || self.scores.is_some() || self.entropy.is_some())
    }

    fn id(&self) -> Option<String> {
        self.id.as_ref().map(ToString::to_string)
    }
}

/// How our records begin.
const BEGIN: &[u8] = b"{\"id\":";

impl Output {
    /// Opens or continues `path`, which is not the file that is read. Of a last record that was cut off nothing stays.
    pub fn open(path: &Path, input: &Path) -> Result<Self, Stop> {
        let fail = |e: std::io::Error| Stop::Failed(unusable(path, &e));
        // Whatever else there is (a pipe, a terminal) cannot be read back.
        let is_file = path.is_file();
        // An input that is a pipe has no such path.
        if is_file && input.canonicalize().ok() == Some(path.canonicalize().map_err(fail)?) {
            let message = format!("{} is read, and cannot be written to as well.", path.display());
            return Err(Stop::bad_input(message, "Name another file for the results."));
        }
        let before = if is_file { std::fs::read(path).map_err(fail)? } else { Vec::new() };
        if before.starts_with(b"\xff\xfe") || before.starts_with(b"\xfe\xff") {
            let message = format!("{} is text in UTF-16, which nothing can be added to.", path.display());
            return Err(Stop::bad_input(message, "Save it as UTF-8, or name another file."));
        }
        let last = before.rsplit(|&byte| byte == b'\n').next().unwrap_or_default();
        let is_cut = last.starts_with(b"{") && Head::read(last).is_none();
        let (mut done, mut failed) = (HashMap::new(), HashSet::new());
        let mut records = 0;
        for head in before.split(|&byte| byte == b'\n').filter_map(Head::read) {
            records += usize::from(head.error.is_some() || head.done());
            match (head.id(), head.error.is_some()) {
                (id, true) => _ = failed.insert(id),
                (Some(id), false) if head.done() => *done.entry(id).or_default() += 1,
                _ => {}
            }
        }
        // The first record may have been cut off as well.
        let is_first = last.len() == before.len() && (last.starts_with(BEGIN) || BEGIN.starts_with(last));
        let is_ours = records > 0 || is_first;
        if is_cut && !is_ours {
            let message = format!("{} ends in a line that was cut off, and holds no results.", path.display());
            let advice = "Name another file, or delete this one if nothing in it is needed.";
            return Err(Stop::bad_input(message, advice));
        }
        let mut file = OpenOptions::new().create(true).append(true).open(path).map_err(fail)?;
        if is_cut {
            file.set_len((before.len() - last.len()) as u64).map_err(fail)?;
        } else if !last.is_empty() {
            file.write_all(b"\n").map_err(fail)?;
        }
        Ok(Self { file, path: path.to_owned(), done, failed })
    }

    /// Takes away the lines that failed before and have one of these ids (none for lines without), which are done again
    /// now: in a new file first, so that nothing is lost on the way. Says how many.
    pub fn retry(&mut self, ids: &HashSet<Option<String>>) -> Result<usize, Stop> {
        if self.failed.is_disjoint(ids) {
            return Ok(0);
        }
        let fail = |e: std::io::Error| Stop::Failed(unusable(&self.path, &e));
        // Of a link the file that it names.
        let path = self.path.canonicalize().map_err(fail)?;
        let before = std::fs::read(&path).map_err(fail)?;
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".new");
        let fresh = path.with_file_name(name);
        let mut file = std::io::BufWriter::new(File::create(&fresh).map_err(fail)?);
        let mut count = 0;
        for line in before.split_inclusive(|&byte| byte == b'\n') {
            if Head::read(line).is_some_and(|head| head.error.is_some() && ids.contains(&head.id())) {
                count += 1;
            } else {
                file.write_all(line).map_err(fail)?;
            }
        }
        file.into_inner().map_err(|e| fail(e.into_error()))?.sync_all().map_err(fail)?;
        std::fs::rename(&fresh, &path).map_err(fail)?;
        self.file = OpenOptions::new().append(true).open(&path).map_err(fail)?;
        Ok(count)
    }

    /// Whether a line with this id is there already. Of lines with the same id each is asked for once.
    pub fn take(&mut self, id: Option<&Value>) -> bool {
        match id.and_then(|id| self.done.get_mut(&id.to_string())) {
            Some(count) if *count > 0 => {
                *count -= 1;
                true
            }
            _ => false,
        }
    }

    /// Appends one line.
    pub fn write(&mut self, record: &impl serde::Serialize) -> Result<(), Stop> {
        let mut line = serde_json::to_vec(record).map_err(|e| Stop::Failed(Error::internal(e.to_string())))?;
        line.push(b'\n');
        self.file.write_all(&line).map_err(|e| Stop::Failed(unusable(&self.path, &e)))
    }
}

/// Writes a whole file.
pub fn write_file(path: &Path, value: &impl serde::Serialize) -> Result<(), Stop> {
    let text = serde_json::to_string_pretty(value).map_err(|e| Stop::Failed(Error::internal(e.to_string())))?;
    std::fs::write(path, text + "\n").map_err(|e| Stop::Failed(unusable(path, &e)))
}

/// A file that cannot be read or written.
pub fn unusable(path: &Path, error: &std::io::Error) -> Error {
    let message = format!("{} cannot be used ({error}).", path.display());
    let code = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Code::QuotaExceeded,
        _ => Code::BadInput,
    };
    Error::new(code, message, "Check the path, the permissions and the free space.")
}

/// What is wrong with a file's text, with its name.
fn named(path: &Path, mut error: Error) -> Error {
    error.message = error.message.replacen("the file", &path.display().to_string(), 1);
    error
}

/// How a command ends in which so many lines failed.
pub fn finished(failed: usize) -> Result<(), Stop> {
    if failed > 0 { Err(Stop::Lines(failed)) } else { Ok(()) }
}

/// Does one line's work. A panic is a mistake of this program, and costs that line alone.
pub fn guarded<T>(work: impl FnOnce() -> semgrad::Result<T>) -> semgrad::Result<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(Error::internal("the work on this line broke off.")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn ids_of_lines_that_are_no_json() {
        for (line, want) in [
            (r#"{"id": 7, "question": "a \ud83d"}"#, Some(json!(7))),
            (r#"{"question": "\udc00 {\"id\": 1}", "id": "x"}"#, Some(json!("x"))),
            (r#"{"a": {"id": 1}, "b": [{"id": 2}], "id": {"n": [3]}, "temperature": NaN}"#, Some(json!({"n": [3]}))),
            (r#"{"id": "cut off", "question": "wh"#, Some(json!("cut off"))),
            (r#"{"id": "half \ud83d", "question": "Q"}"#, Some(json!("half \\ud83d"))),
            (r#"{"id": null, "question": Infinity}"#, Some(json!(null))),
            (r#"{"question": "id", "x": "\"id\": 4"#, None),
            (r#"{"question": "Q", "id": "#, None),
            (r#"[{"id": 1}"#, None),
            ("id", None),
            ("", None),
            (r#"{"id": 1.50}"#, Some(json!(1.5))),
        ] {
            assert_eq!(id(line), want, "{line}");
        }
    }

    #[test]
    fn a_panic_costs_one_line() {
        let broken: semgrad::Result<()> = guarded(|| panic!("as a mistake would"));
        assert_eq!(broken.unwrap_err().code, Code::Internal);
        assert_eq!(guarded(|| Ok(3)).unwrap(), 3);
    }

    const INPUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");

    /// A folder of its own for each test.
    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("semgrad-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    fn usage(path: &Path, input: &Path) -> bool {
        matches!(Output::open(path, input), Err(Stop::Failed(error)) if error.code == Code::BadInput)
    }

    fn open(path: &Path) -> Output {
        Output::open(path, INPUT.as_ref()).unwrap_or_else(|_| panic!("opens"))
    }

    #[test]
    fn what_failed_is_taken_away_when_it_is_done_again() {
        let folder = folder("retried");
        let path = folder.join("out.jsonl");
        let lines = [
            r#"{"id":"a","answer":"é"}"#,
            r#"{"id":"b","error":{}}"#,
            r#"{"id":"c","error":{}}"#,
            r#"{"id":null,"error":{}}"#,
            r#"{"id":"a","error":null,"scores":{}}"#,
        ];
        // Cut inside a letter.
        let mut bytes = format!("{}\n{{\"id\":\"d\",\"answer\":\"é", lines.join("\n")).into_bytes();
        bytes.pop();
        std::fs::write(&path, bytes).unwrap();
        let mut output = open(&path);
        let there = |id: &str, output: &mut Output| output.take(Some(&id.into()));
        assert!(there("a", &mut output) && there("a", &mut output) && !there("a", &mut output), "twice each");
        assert!(!there("b", &mut output) && !there("d", &mut output) && !output.take(None));
        let ids = |ids: &[&str]| ids.iter().map(|id| Some(json!(id).to_string())).collect::<HashSet<_>>();
        let retry = |output: &mut Output, ids| output.retry(&ids).unwrap_or_else(|_| panic!("retries"));
        // What this run does not do again stays as it is.
        assert_eq!(retry(&mut output, ids(&["a", "x"])), 0);
        assert_eq!(retry(&mut output, ids(&["a", "b"])), 1);
        output.write(&json!({"id": "b", "answer": 1})).unwrap_or_else(|_| panic!("writes"));
        let want = [lines[0], lines[2], lines[3], lines[4], r#"{"id":"b","answer":1}"#].join("\n") + "\n";
        assert_eq!(std::fs::read_to_string(&path).unwrap(), want);
        assert_eq!(retry(&mut open(&path), [None].into()), 1);
        // A whole last line without its end, and a file of another kind.
        for (before, after) in [("{\"id\":1}", "{\"id\":1}\n"), ("my notes", "my notes\n"), ("", "")] {
            std::fs::write(&path, before).unwrap();
            open(&path);
            assert_eq!(std::fs::read_to_string(&path).unwrap(), after);
        }
        std::fs::write(&path, b"\xff\xfe{\0").unwrap();
        assert!(usage(&path, INPUT.as_ref()));
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn only_results_are_done() {
        let folder = folder("done");
        let path = folder.join("out.jsonl");
        let lines = [
            "[1]",
            r#"[2,null,"x",{},3]"#,
            r#"{"id":3,"question":"Q"}"#,
            r#"{"id":4,"answer":null,"scores":null}"#,
            r#"{"id":5,"error":{}}"#,
            r#"{"id":6,"answer":""}"#,
            r#" {"id":7,"scores":{}}"#,
            r#"{"id":8,"question":"Q","entropy":0.0}"#,
        ];
        std::fs::write(&path, lines.join("\n")).unwrap();
        let mut output = open(&path);
        let done: Vec<_> = (1..=8).filter(|&id| output.take(Some(&id.into()))).collect();
        assert_eq!(done, [6, 7, 8]);
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn nothing_of_another_file_is_lost() {
        let folder = folder("foreign");
        let (path, input) = (folder.join("out.jsonl"), folder.join("in.jsonl"));
        let kept = |text: &str, path: &Path, input: &Path| {
            std::fs::write(path, text).unwrap();
            assert!(usage(path, input), "{text}");
            assert_eq!(std::fs::read_to_string(path).unwrap(), text);
        };
        // The beginning of something else.
        for text in ["{ my notes", "a\n{b", "{\"id\":1,\"question\":\"Q\"}\n{\"id\":2,\"que"] {
            kept(text, &path, INPUT.as_ref());
        }
        // The questions themselves, by any name.
        kept("{\"id\":1,\"question\":\"Q\"}", &input, &input);
        kept("{\"id\":1,\"question\":\"Q\"}", &input, &folder.join(".").join("in.jsonl"));
        #[cfg(unix)]
        {
            let link = folder.join("link.jsonl");
            std::os::unix::fs::symlink(&input, &link).unwrap();
            assert!(usage(&link, &input) && usage(&input, &link));
        }
        std::fs::remove_dir_all(&folder).unwrap();
    }

    /// A device never ends: reading it back would.
    #[cfg(target_os = "linux")]
    #[test]
    fn only_files_are_read_back() {
        open("/dev/zero".as_ref());
        let full = open("/dev/full".as_ref()).write(&json!({"id": 1}));
        assert!(matches!(full, Err(Stop::Failed(error)) if error.code == Code::QuotaExceeded));
    }
}
