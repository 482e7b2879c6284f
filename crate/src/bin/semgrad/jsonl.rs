//! Lines in, lines out; what is already there is not done again.

use crate::Stop;
use semgrad::{Code, Error};
use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;

/// The lines of a file that are not blank.
pub fn read(path: &Path) -> Result<Vec<String>, Stop> {
    let file = File::open(path).map_err(|e| Stop::Usage(unusable(path, &e)))?;
    let lines: Result<Vec<_>, _> = BufReader::new(file).lines().collect();
    let lines = lines.map_err(|e| Stop::Usage(unusable(path, &e)))?;
    Ok(lines.into_iter().filter(|line| !line.trim().is_empty()).collect())
}

/// An output file that is appended to.
pub struct Output {
    file: File,
    path: std::path::PathBuf,
    done: HashSet<String>,
}

impl Output {
    /// Opens or continues `path`. A last line that was cut off is ended first.
    pub fn open(path: &Path) -> Result<Self, Stop> {
        let fail = |e: std::io::Error| Stop::Fatal(unusable(path, &e));
        let before = if path.exists() { std::fs::read_to_string(path).map_err(fail)? } else { String::new() };
        let done = before
            .lines()
            .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
            .filter_map(|record| record.get("id").filter(|id| !id.is_null()).map(ToString::to_string))
            .collect();
        let mut file = OpenOptions::new().create(true).append(true).open(path).map_err(fail)?;
        if !before.is_empty() && !before.ends_with('\n') {
            file.write_all(b"\n").map_err(fail)?;
        }
        Ok(Self { file, path: path.to_owned(), done })
    }

    /// Whether a line with this id is there already.
    pub fn has(&self, id: Option<&serde_json::Value>) -> bool {
        id.is_some_and(|id| self.done.contains(&id.to_string()))
    }

    /// Appends one line.
    pub fn write(&mut self, record: &impl serde::Serialize) -> Result<(), Stop> {
        let mut line = serde_json::to_vec(record).map_err(|e| Stop::Fatal(Error::internal(e.to_string())))?;
        line.push(b'\n');
        self.file.write_all(&line).map_err(|e| Stop::Fatal(unusable(&self.path, &e)))
    }
}

/// Writes a whole file.
pub fn write_file(path: &Path, value: &impl serde::Serialize) -> Result<(), Stop> {
    let text = serde_json::to_string_pretty(value).map_err(|e| Stop::Fatal(Error::internal(e.to_string())))?;
    std::fs::write(path, text + "\n").map_err(|e| Stop::Fatal(unusable(path, &e)))
}

/// A file that cannot be read or written.
pub fn unusable(path: &Path, error: &std::io::Error) -> Error {
    let message = format!("{} cannot be used ({error}).", path.display());
    Error::new(Code::BadInput, message, "Check the path, the permissions and the free space.")
}
