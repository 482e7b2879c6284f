//! The question sets that were named.

use super::dataset::{Dataset, Problem, parse, parse_ungraded};
use crate::jsonl::unusable;
use crate::stop::Stop;
use std::path::{Path, PathBuf};

/// Problems of a file that are said one by one.
const SAID: usize = 10;

/// Reads the files, at most `n` questions of each; where they are `graded`, only questions with references. What was left
/// out is said on standard error and in the notes.
pub fn read(paths: &[PathBuf], n: Option<usize>, graded: bool) -> Result<(Vec<Dataset>, Vec<String>), Stop> {
    let (mut sets, mut notes): (Vec<Dataset>, Vec<String>) = (Vec::new(), Vec::new());
    for path in paths {
        let mut set = open(path, graded)?;
        if sets.iter().any(|other| other.name == set.name) {
            let message = format!("two question sets are called {:?}.", set.name);
            return Err(Stop::bad_input(message, "Rename one of the files."));
        }
        if !set.problems.is_empty() {
            let (found, usable) = (set.problems.len(), set.questions.len());
            eprintln!("{}: {found} questions were left out, {usable} can be asked:", path.display());
            set.problems.iter().take(SAID).for_each(|problem| eprintln!("  {problem}"));
            if found > SAID {
                eprintln!("  … and {} more", found - SAID);
            }
            let first = set.problems.first().map(Problem::to_string).unwrap_or_default();
            notes.push(format!("{}: {found} questions were left out, first {first}", set.name));
        }
        set.questions.truncate(n.unwrap_or(usize::MAX));
        sets.push(set);
    }
    Ok((sets, notes))
}

fn open(path: &Path, graded: bool) -> Result<Dataset, Stop> {
    let bytes = std::fs::read(path).map_err(|e| Stop::Failed(unusable(path, &e)))?;
    let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let set = if graded { parse(&file, &bytes) } else { parse_ungraded(&file, &bytes) };
    set.map_err(Stop::Failed)
}
