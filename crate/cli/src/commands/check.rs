//! `semgrad check`: faults of answers that can be found without any model.

use crate::jsonl::{finished, id, object, read, unusable};
use crate::stop::Stop;
use clap::Args;
use semgrad::{Code, Error};
use semgrad_scores::check::check;
use serde::Deserialize;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Arguments of `semgrad check`.
#[derive(Args)]
pub struct Arguments {
    /// Answers, one JSON object a line: `answer`, and where they are known `id`, `question`, and `context` for whatever else
    /// was said or shown before.
    #[arg(long = "in", value_name = "FILE", required_unless_present = "answer", conflicts_with = "answer", num_args = 1..)]
    input: Vec<PathBuf>,
    /// One answer.
    #[arg(long)]
    answer: Option<String>,
    /// What it answers.
    #[arg(long, requires = "answer", default_value = "", hide_default_value = true)]
    question: String,
    /// Where a line for each answer goes: its id and its faults.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// What is read of a line.
#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    id: Value,
    #[serde(default)]
    question: String,
    answer: String,
    #[serde(default)]
    context: String,
}

/// Runs the command. The summary goes where people look, the lines where programs do.
pub fn run(arguments: Arguments) -> Result<(), Stop> {
    if let Some(answer) = &arguments.answer {
        let faults = check(&arguments.question, answer, "");
        for fault in &faults {
            say_line!("{}: {}", fault.said, fault.message);
        }
        if faults.is_empty() {
            say_line!("Nothing that can be checked is wrong. That says nothing about the rest.");
        }
        return Ok(());
    }
    let (mut lines, mut answers, mut faulty, mut failed) = (String::new(), 0, 0, 0);
    for path in &arguments.input {
        for line in read(path)? {
            match object::<Line>(&line) {
                Ok(Line { id, question, answer, context }) => {
                    let faults = check(&question, &answer, &context);
                    answers += 1;
                    faulty += usize::from(!faults.is_empty());
                    lines += &(json!({ "id": id, "faults": faults }).to_string() + "\n");
                }
                Err(what) => {
                    failed += 1;
                    let message = format!("line {} of {}: {what}.", line.number, path.display());
                    eprintln!("warning: {message}");
                    let advice = "A line is { \"answer\": \"…\" }, with \"id\", \"question\" and \"context\" where they are known.";
                    lines += &(json!({ "id": id(&line.text), "error": Error::new(Code::BadInput, message, advice) })
                        .to_string()
                        + "\n");
                }
            }
        }
    }
    match &arguments.out {
        Some(path) => std::fs::write(path, lines).map_err(|error| Stop::Failed(unusable(path, &error)))?,
        None => say!("{lines}"),
    }
    eprintln!("{answers} answers, {faulty} with faults");
    finished(failed)
}
