//! `cargo xtask results`: what the documents say about measured quality, from the stored summaries of evaluations.
//!
//! `semgrad report` makes a page and a section of Markdown; this puts them in their places, and the last row of each model
//! into the README. Nothing of it is written by hand.

use crate::args::ResultsOptions;
use crate::process::run_quietly;
use crate::project::Project;
use crate::section::{ABSTAINING, GIVEN, RESULTS, RESULTS_IN_SHORT};
use crate::ui::{say, timed};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};

/// Where `semgrad eval`'s summaries are kept.
const STORED: &str = "tests/reference/results";

/// And what `semgrad eval --abstain` found.
const ABSTAINED: &str = "tests/reference/abstaining";

/// And what models are worth as judges of answers that others wrote.
const JUDGED: &str = "tests/reference/given";

/// The page, beside them; it needs nothing else, so that it can be served from anywhere.
const PAGE: &str = "tests/reference/results/report.html";

/// Regenerates, or compares; the exit status is 1 when something is out of date.
pub fn run(project: &Project, options: &ResultsOptions) -> Result<u8> {
    let [summaries, abstained, judged] = [STORED, ABSTAINED, JUDGED].map(|folder| stored(&project.path(folder)));
    fs::create_dir_all(project.notes()).context("cannot write in the output folder")?;
    let [page, section, tables, judges] =
        ["results.html", "results.md", "abstaining.md", "given.md"].map(|name| project.notes().join(name));
    let semgrad = || {
        let mut cargo = project.cargo();
        cargo.args(["run", "--quiet", "-p", "semgrad-cli", "--bin", "semgrad", "--", "report", "--markdown"]);
        cargo
    };
    let mut report = semgrad();
    report.arg(&section).arg("--html").arg(&page).arg("--summary").args(summaries?);
    let mut tabulate = semgrad();
    tabulate.arg(&tables).arg("--abstain").args(abstained?);
    let mut compare = semgrad();
    compare.arg(&judges).arg("--given").args(judged?);
    timed("Making the report (the first time the command line is built, about 5 minutes)", || {
        run_quietly(&mut report)?;
        run_quietly(&mut tabulate)?;
        run_quietly(&mut compare)
    })?;

    let section = read(&section)?;
    let made = [
        (RESULTS.path(project), RESULTS.with(project, &section)?),
        (ABSTAINING.path(project), ABSTAINING.with(project, &read(&tables)?)?),
        (GIVEN.path(project), GIVEN.with(project, &read(&judges)?)?),
        (RESULTS_IN_SHORT.path(project), RESULTS_IN_SHORT.with(project, &in_short(&section)?)?),
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

/// The section's table without its column of sets, and of each model only the last row, which is of all sets together.
fn in_short(section: &str) -> Result<String> {
    let cells = |line: &str| line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect();
    let mut rows: Vec<Vec<String>> = section.lines().filter(|line| line.starts_with('|')).map(cells).collect();
    if rows.len() < 3 || rows[0].get(1).is_none_or(|cell| cell != "set") || rows.iter().any(|row| row.len() < 3) {
        bail!("`semgrad report` wrote no table of models and sets");
    }
    // Of neighbors that are equal the first one stays.
    rows.reverse();
    rows.dedup_by(|row, kept| row[0] == kept[0]);
    rows.reverse();
    let line = |row: &Vec<String>| format!("| {} |", [&row[..1], &row[2..]].concat().join(" | "));
    Ok(rows.iter().map(line).collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_has_one_row_a_model() {
        let section = "A word.\n\n| model | set | right |\n| --- | --- | ---: |\n| a | x | 1 % |\n| a | all | 2 % |\n\
                       | b | all sets together | `s` 0.5, 1.0× |\n\n**a**\n\n* note\n";
        let short = "| model | right |\n| --- | ---: |\n| a | 2 % |\n| b | `s` 0.5, 1.0× |";
        assert_eq!(in_short(section).unwrap(), short);
        for other in ["No evaluation has been stored yet.", "| model | right |\n| --- | --- |\n| a | 1 % |"] {
            assert!(in_short(other).is_err(), "{other}");
        }
    }
}
