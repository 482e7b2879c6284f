//! `cargo xtask results`: the README's results and the report page, from the stored summaries of evaluations.
//!
//! `semgrad report` writes both; this puts the section between its marks in the README. Nothing of it is written by hand.

use crate::args::Command;
use crate::process::run_quietly;
use crate::project::Project;
use crate::ui::{say, timed};
use anyhow::{Context, Result, bail};
use lexopt::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};

/// Where `semgrad eval`'s summaries are kept.
const STORED: &str = "tests/reference/results";

/// The page, beside them; it needs nothing else, so that it can be served from anywhere.
const PAGE: &str = "tests/reference/results/report.html";

/// What surrounds the section in the README.
const BEGIN: &str = "<!-- results: made by `cargo xtask results` -->";
const END: &str = "<!-- /results -->";

/// Flags of `results`.
#[derive(Debug, Default, PartialEq)]
pub struct ResultsOptions {
    check: bool,
    out: Option<PathBuf>,
}

/// Reads the flags.
pub fn parse(mut parser: lexopt::Parser) -> Result<Command> {
    let mut options = ResultsOptions::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("check") => options.check = true,
            Long("out") => options.out = Some(parser.value()?.into()),
            Long("help") | Short('h') => return Ok(Command::Help),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Command::Results(options))
}

/// Regenerates, or compares; the exit status is 1 when something is out of date.
pub fn run(project: &Project, options: &ResultsOptions) -> Result<u8> {
    let summaries = stored(&project.path(STORED))?;
    fs::create_dir_all(project.notes()).context("cannot write in the output folder")?;
    let (page, section) = (project.notes().join("results.html"), project.notes().join("results.md"));
    let mut cargo = project.cargo();
    cargo.args(["run", "--quiet", "-p", "semgrad", "--features", "cli", "--bin", "semgrad", "--", "report", "--html"]);
    cargo.arg(&page).arg("--markdown").arg(&section).arg("--summary").args(&summaries);
    timed("Making the report (the first time the command line is built, about 5 minutes)", || run_quietly(&mut cargo))?;

    let readme = project.path("README.md");
    let old = read(&readme)?;
    let made = [
        (readme, splice(&old, &read(&section)?)?),
        (options.out.clone().unwrap_or_else(|| project.path(PAGE)), read(&page)?),
    ];
    let mut outdated = 0;
    for (path, text) in made {
        if fs::read_to_string(&path).is_ok_and(|there| there == text) {
            continue;
        }
        outdated += 1;
        if options.check {
            say(format!("{} is out of date: run `cargo xtask results`", path.display()));
        } else {
            fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
            say(path.display().to_string());
        }
    }
    Ok(u8::from(options.check && outdated > 0))
}

/// The summaries, in the order of their names.
fn stored(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("there are no results in {}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "json"));
    files.sort();
    if files.is_empty() {
        bail!("there is no summary in {}; put there what `semgrad eval` writes", folder.display());
    }
    Ok(files)
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// The README with `section` between the marks.
fn splice(readme: &str, section: &str) -> Result<String> {
    let [before, rest] = once(readme, BEGIN)?;
    let [_, after] = once(rest, END)?;
    Ok(format!("{before}{BEGIN}\n\n{}\n\n{END}{after}", section.trim()))
}

/// What is before and after a mark that occurs exactly once.
fn once<'a>(text: &'a str, mark: &str) -> Result<[&'a str; 2]> {
    let parts: Vec<&str> = text.split(mark).collect();
    parts.try_into().ok().with_context(|| format!("README.md must have the line {mark} exactly once"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_section_changes() {
        let readme = format!("# A\n\n{BEGIN}\nold\n{END}\n\n## B\n");
        let once = splice(&readme, "| new |\n").unwrap();
        assert_eq!(once, format!("# A\n\n{BEGIN}\n\n| new |\n\n{END}\n\n## B\n"));
        assert_eq!(splice(&once, "| new |").unwrap(), once);
    }

    #[test]
    fn marks_that_are_missing_or_doubled_are_refused() {
        for readme in ["", BEGIN, END, &format!("{END}{BEGIN}"), &format!("{BEGIN}{END}{BEGIN}{END}")] {
            assert!(splice(readme, "x").unwrap_err().to_string().contains("exactly once"), "{readme}");
        }
    }

    #[test]
    fn the_readme_has_its_marks() {
        let readme = read(&Project::find().unwrap().path("README.md")).unwrap();
        assert!(splice(&readme, "x").is_ok());
    }

    #[test]
    fn flags() {
        let parsed = |line: &str| parse(lexopt::Parser::from_args(line.split_whitespace()));
        assert_eq!(parsed("--check").unwrap(), Command::Results(ResultsOptions { check: true, out: None }));
        assert!(parsed("--out").is_err() && parsed("x").is_err());
    }
}
