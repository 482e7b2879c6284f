//! The GGUF files of a repository, those that are split as one each.

use super::label::{label, rank};
use super::listed::{Listed, base_name, ends};
use crate::weights::part::PartName;

/// A GGUF file that may be the one; of one that is split the first part.
pub(super) struct Candidate<'a> {
    /// Of it, or of its first part.
    pub path: &'a str,
    /// Of all parts.
    pub size: u64,
    /// It alone, or all parts that there are.
    pub parts: Vec<&'a Listed>,
    /// A part that is not there.
    pub missing: Option<String>,
    /// Its format in capitals, as its name says it; empty where the name says none.
    pub label: String,
    /// Its place among those that can be read.
    pub rank: Option<usize>,
}

impl Candidate<'_> {
    pub fn is_whole(&self) -> bool {
        self.missing.is_none()
    }

    /// What people may call it: its name or path, with the ending or without; a split one goes by the name of any of its
    /// parts, and by what they have in common.
    pub fn is_called(&self, name: &str) -> bool {
        let bare = |text: &str| text.len() - if ends(text, ".gguf") { 5 } else { 0 };
        let wanted = &name[..bare(name)];
        let is = |path: &str| path.eq_ignore_ascii_case(wanted) || base_name(path).eq_ignore_ascii_case(wanted);
        let stem = PartName::of(self.path).map(|part| part.stem);
        stem.into_iter().chain(self.parts.iter().map(|part| &part.path[..bare(&part.path)])).any(is)
    }
}

pub(super) fn is_gguf(path: &str) -> bool {
    ends(path, ".gguf")
}

/// Each file, but of the parts of one the first, if it is there.
pub(super) fn candidates<'a>(files: impl Iterator<Item = &'a Listed>) -> Vec<Candidate<'a>> {
    let files: Vec<_> = files.collect();
    let mut all = Vec::new();
    for &file in &files {
        let Some(part) = PartName::of(&file.path) else {
            all.push(candidate(&file.path[..file.path.len() - 5], vec![file], None)); // it ends with .gguf
            continue;
        };
        if part.number > 1 {
            continue;
        }
        let (mut parts, mut missing) = (Vec::new(), None);
        for name in (1..=part.count).map(|number| part.other(number)) {
            match files.iter().find(|other| other.path == name) {
                Some(&there) => parts.push(there),
                None => missing = missing.or(Some(name)),
            }
        }
        all.push(candidate(part.stem, parts, missing));
    }
    all
}

fn candidate<'a>(stem: &str, parts: Vec<&'a Listed>, missing: Option<String>) -> Candidate<'a> {
    let label = label(stem);
    Candidate {
        path: parts.first().map_or("", |first| &first.path),
        size: parts.iter().map(|part| part.size).sum(),
        rank: rank(&label),
        parts,
        missing,
        label,
    }
}
