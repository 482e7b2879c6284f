//! In how many files one idea stands: whoever adds another one of its kind has to visit as many.

use super::sources;
use crate::project::Project;
use std::fs;
use std::path::{Path, PathBuf};

/// A kind of thing, and one of it that is as plain as others to be added will be.
struct Kind {
    what: &'static str,
    specimen: &'static str,
    /// Where it is made known; who only uses it is elsewhere.
    folders: &'static [&'static str],
    /// Most hand-written files that may name it. It may be lowered, not raised.
    limit: usize,
}

const KINDS: &[Kind] = &[
    // The method itself, and the registry.
    Kind { what: "method", specimen: "luq", folders: &["crate", "pkg/src"], limit: 2 },
    // The family itself, and the list of families.
    Kind { what: "model family", specimen: "qwen3", folders: &["crate", "pkg/src"], limit: 2 },
    // The format, and the list of formats; its part of a shader has another name where formats share it.
    Kind { what: "packed format", specimen: "q6_k", folders: &["crate", "shaders"], limit: 2 },
    // Its CPU side, its launcher, its shader.
    Kind {
        what: "operation",
        specimen: "rms_norm_residual",
        folders: &["crate/kernels", "crate/semgrad/src/ops", "shaders"],
        limit: 3,
    },
];

/// Made by a command.
const GENERATED: &[&str] = &["pkg/src/contract.ts"];

/// Whether code names the specimen, whatever the case of its letters: not in comments, nor in the tests at a file's end.
fn names(text: &str, specimen: &str) -> bool {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_lowercase();
    let lines = code.lines().filter(|line| !["//", "*", "/*"].iter().any(|mark| line.trim_start().starts_with(mark)));
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    lines.flat_map(|line| line.split(|c| !is_part(c))).any(|word| word == specimen || word == specimen.replace('_', ""))
}

fn is_test(path: &Path) -> bool {
    path.iter().any(|part| part.to_string_lossy().starts_with("tests")) || path.starts_with("crate/xtask")
}

#[test]
fn an_idea_stands_in_few_places() {
    let root = Project::find().unwrap().root;
    let mut faults = Vec::new();
    for Kind { what, specimen, folders, limit } in KINDS {
        let files = folders.iter().flat_map(|folder| sources(folder, &["rs", "ts", "wgsl"]));
        let is_place = |path: &PathBuf| {
            let is_named = path.file_stem().is_some_and(|stem| stem == *specimen);
            is_named || names(&fs::read_to_string(root.join(path)).unwrap(), specimen)
        };
        let hand_written = files.filter(|path| !is_test(path) && !GENERATED.iter().any(|made| path == Path::new(made)));
        let places: Vec<_> = hand_written.filter(is_place).map(|path| path.display().to_string()).collect();
        assert!(!places.is_empty(), "{specimen} is nowhere: name another {what}");
        if places.len() > *limit {
            let list = places.join("\n  ");
            faults
                .push(format!("{what}: {specimen} stands in {} files, the limit is {limit}:\n  {list}", places.len()));
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn names_are_found() {
    for (text, found) in [
        ("Format::Q6K => 1", true),
        ("\"q6_k\"", true),
        ("// Q6_K", false),
        ("q6_k_m", false),
        ("#[cfg(test)]\nmod tests;\nQ6_K", true),
        ("#[cfg(test)]\nmod tests { Q6_K }", false),
    ] {
        assert_eq!(names(text, "q6_k"), found, "{text}");
    }
}
