//! `cargo xtask contract`: what is said in more places than one about lines, methods, errors and flags, from the Rust types
//! that define it.
//!
//! `semgrad_scores::schema` describes them in one JSON document, which is kept as `pkg/contract.json`; from it come the
//! package's types and lists ([`typescript`]) and what documents say about methods ([`tables`]). A test here compares those
//! with the document, and one of `semgrad-scores` compares the document with the types.

mod document;
mod tables;
mod typescript;

use crate::process::run;
use crate::project::Project;
use crate::section::{METHODS, METHODS_COUNTED};
use crate::ui::{say, timed};
use anyhow::{Context, Result};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;

/// The document, which `tests/runtimes/score.mjs` reads as well.
const DOCUMENT: &str = "pkg/contract.json";

/// Regenerates, or compares; the exit status is 1 when something is out of date.
pub fn make(project: &Project, check: bool) -> Result<u8> {
    fs::create_dir_all(project.notes()).context("cannot write in the output folder")?;
    let document = project.notes().join("contract.json");
    let mut cargo = project.cargo();
    cargo.args(["run", "--quiet", "-p", "semgrad-scores", "--example", "contract"]);
    timed("Describing the contract", || {
        run(cargo.stdout(fs::File::create(&document).context("cannot write in the output folder")?))
    })?;
    let document = fs::read_to_string(&document).context("the description is gone")?;
    let mut made = made_from(project, &document)?;
    made.push((project.path(DOCUMENT), document));
    let outdated = made.into_iter().filter(|(path, text)| !fs::read_to_string(path).is_ok_and(|there| there == *text));
    let mut count = 0;
    for (path, text) in outdated {
        count += 1;
        if check {
            say(format!("{} is out of date: run `cargo xtask contract`", path.display()));
        } else {
            fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
            say(path.display().to_string());
        }
    }
    Ok(u8::from(check && count > 0))
}

/// The files that are made from the document, as they should be.
fn made_from(project: &Project, document: &str) -> Result<Vec<(PathBuf, String)>> {
    let contract: Value = serde_json::from_str(document).context("the description is no JSON")?;
    let mut made = vec![
        (project.path("pkg/src/contract.ts"), typescript::module(&contract)?),
        (project.path("pkg/src/conversions.ts"), typescript::conversions(&contract)?),
        (project.path("pkg/src/tune/teachers.ts"), typescript::teachers(&contract)),
        (project.path("pkg/src/tune/lists.ts"), typescript::teaching(&contract)?),
        (METHODS.path(project), METHODS.with(project, &tables::methods(&contract))?),
    ];
    let count = tables::count(&contract);
    for section in METHODS_COUNTED {
        made.push((section.path(project), section.with(project, &count)?));
    }
    Ok(made)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_from_the_document_is_current() {
        let project = Project::find().unwrap();
        let document = fs::read_to_string(project.path(DOCUMENT)).unwrap();
        let made = made_from(&project, &document).unwrap();
        assert!(made.len() > 3);
        for (path, text) in made {
            let there = fs::read_to_string(&path).unwrap();
            assert!(there == text, "run `cargo xtask contract`: {} is out of date", path.display());
        }
    }
}
