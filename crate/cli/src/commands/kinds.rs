//! `semgrad kinds`: what kind of question each line is by the rule that decides whether a confidence applies, and how
//! often that is right where lines are labeled.

use crate::evaluate::dataset::id_text;
use crate::jsonl::{finished, id, object, read, unusable};
use crate::stop::Stop;
use clap::Args;
use semgrad::{Code, Error, input};
use semgrad_scores::kinds::tally::{Judged, is_kept_back, table};
use semgrad_scores::kinds::{Kind, kind_of};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::path::PathBuf;

/// Arguments of `semgrad kinds`.
#[derive(Args)]
pub struct Arguments {
    /// Questions, one JSON object a line: `id`, `question` or `prompt`, and `kind` where it is labeled.
    #[arg(long = "in", value_name = "FILE", required = true, num_args = 1..)]
    input: Vec<PathBuf>,
    /// What lines without a kind are.
    #[arg(long, value_name = "KIND", value_parser = kind)]
    label: Option<Kind>,
    /// Only the half that the rule was not tuned on: lines whose id has an odd FNV-1a hash of 32 bits.
    #[arg(long, conflicts_with = "tuned")]
    kept_back: bool,
    /// Only the other half.
    #[arg(long)]
    tuned: bool,
    /// Answers of `semgrad score` to these questions: what has no confidence there is silent, whatever the rule says.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    scored: Vec<PathBuf>,
    /// Where the kind of each line goes: its id, and what it was taken for.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// What is read of a line.
#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    id: Value,
    #[serde(alias = "prompt")]
    question: String,
    kind: Option<String>,
}

/// What to do about a bad one.
const LINE: &str = "A line is { \"id\": …, \"question\": \"…\" }, with a \"kind\" where it is known.";

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<(), Stop> {
    let silent = silent(&arguments.scored)?;
    let (mut judged, mut kinds, mut failed) = (Vec::new(), String::new(), 0);
    for path in &arguments.input {
        for line in read(path)? {
            let (id, question, label) = match parse(&line) {
                Ok(parsed) => parsed,
                Err(what) => {
                    failed += 1;
                    let message = format!("line {} of {}: {what}.", line.number, path.display());
                    eprintln!("warning: {message}");
                    let error = Error::new(Code::BadInput, message, LINE);
                    kinds += &(json!({ "id": id(&line.text), "error": error }).to_string() + "\n");
                    continue;
                }
            };
            let name = id_text(&id);
            let is_kept_back = is_kept_back(&name);
            if arguments.kept_back && !is_kept_back || arguments.tuned && is_kept_back {
                continue;
            }
            let kind = match kind_of(&question) {
                Kind::Fact if silent.contains(&name) => Kind::Other,
                kind => kind,
            };
            judged.extend(label.or(arguments.label).map(|label| Judged { label, kind }));
            kinds += &(json!({ "id": id, "kind": kind }).to_string() + "\n");
        }
    }
    match &arguments.out {
        Some(path) => std::fs::write(path, kinds).map_err(|error| Stop::Failed(unusable(path, &error)))?,
        None if judged.is_empty() => say!("{kinds}"),
        None => {}
    }
    if !judged.is_empty() {
        say!("{}", table(&judged));
    }
    finished(failed)
}

/// Ids of the answers without a confidence.
fn silent(paths: &[PathBuf]) -> Result<HashSet<String>, Stop> {
    #[derive(Deserialize)]
    struct Answer {
        id: Value,
        confidence: Option<f64>,
    }
    let mut silent = HashSet::new();
    for path in paths {
        for line in read(path)? {
            let answer: Answer = object(&line).map_err(|what| {
                let message = format!("line {} of {}: {what}.", line.number, path.display());
                Stop::bad_input(message, "Name what `semgrad score` wrote for these questions.")
            })?;
            if answer.confidence.is_none() {
                silent.insert(id_text(&answer.id));
            }
        }
    }
    Ok(silent)
}

/// A line's id, question and label, or what is wrong with it.
fn parse(line: &input::Line) -> Result<(Value, String, Option<Kind>), String> {
    let Line { id, question, kind: named } = object(line)?;
    Ok((id, question, named.as_deref().map(kind).transpose()?))
}

/// A kind by its name.
pub fn kind(name: &str) -> Result<Kind, String> {
    let names = || Kind::ALL.map(Kind::as_str).join(", ");
    Kind::from_name(name).ok_or_else(|| format!("{name:?} is none of {}", names()))
}
