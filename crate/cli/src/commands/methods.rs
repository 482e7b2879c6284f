//! `semgrad methods`: the list of scores. `semgrad methods eval`: scores of evidence that any program gathered.

use crate::jsonl::{finished, id, unusable};
use crate::stop::Stop;
use clap::{Args, Subcommand};
use semgrad::evidence::Evidence;
use semgrad::input::{self, Line};
use semgrad::methods::{Method, Outcome, REGISTRY, select};
use semgrad::{Code, Error};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Arguments of `semgrad methods`.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Arguments {
    /// As JSON, with what they read, where they were published, their settings and notes.
    #[arg(long)]
    json: bool,
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Subcommand)]
enum Action {
    /// Compute scores from evidence; no model is loaded.
    Eval {
        /// One record of evidence, or one per line; see the documentation of `Evidence` for its fields.
        #[arg(long, value_name = "FILE")]
        evidence: PathBuf,
        /// Scores to compute, separated by commas, or all.
        #[arg(long, value_delimiter = ',', default_value = "all")]
        methods: Vec<String>,
    },
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<(), Stop> {
    match arguments.action {
        Some(Action::Eval { evidence, methods }) => {
            let methods = select(&methods).map_err(Stop::Failed)?;
            let bytes = std::fs::read(&evidence).map_err(|error| Stop::Failed(unusable(&evidence, &error)))?;
            let records = records(&bytes).map_err(Stop::Failed)?;
            let results: Vec<Evaluated> = records.into_iter().map(|r| evaluate(&methods, r)).collect();
            for result in &results {
                say_line!("{}", json(result, serde_json::to_string)?);
            }
            finished(results.iter().filter(|result| result.error.is_some()).count())
        }
        None if arguments.json => {
            say_line!("{}", json(REGISTRY, serde_json::to_string_pretty)?);
            Ok(())
        }
        None => {
            for method in REGISTRY {
                say_line!("{:<26} {:<42} {}", method.id, method.name, cost(method));
            }
            Ok(())
        }
    }
}

/// What a method costs beside the answer, and who has to be named for it.
fn cost(method: &Method) -> String {
    let engines = method.engines().into_iter().map(|engine| format!("--{engine}"));
    let parts: Vec<String> = method.cost().into_iter().map(str::to_owned).chain(engines).collect();
    if parts.is_empty() { "nothing".into() } else { parts.join("; ") }
}

fn json<T: Serialize + ?Sized>(value: &T, write: fn(&T) -> serde_json::Result<String>) -> Result<String, Stop> {
    write(value).map_err(|error| Stop::Failed(Error::internal(error.to_string())))
}

/// Evidence with the id of its record.
type Record = (Option<Value>, semgrad::Result<Evidence>);

/// What is said about a record.
#[derive(Serialize)]
struct Evaluated {
    id: Option<Value>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    scores: BTreeMap<&'static str, Outcome>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Error>,
}

fn evaluate(methods: &[&'static Method], (id, evidence): Record) -> Evaluated {
    match evidence {
        Ok(evidence) => Evaluated { id, scores: semgrad::methods::evaluate(methods, &evidence), error: None },
        Err(error) => Evaluated { id, scores: BTreeMap::new(), error: Some(error) },
    }
}

/// The records of a file: one JSON value over any number of lines, or one per line when a line by itself is an object.
fn records(bytes: &[u8]) -> semgrad::Result<Vec<Record>> {
    let (lines, text) = (input::lines(bytes)?, input::text(bytes));
    let object = |line: &Line| serde_json::from_str::<Value>(&line.text).is_ok_and(|value| value.is_object());
    if text.as_ref().is_ok_and(|text| serde_json::from_str::<Value>(text).is_ok()) || !lines.iter().any(object) {
        return text.map(|text| vec![record(&text, 0)]);
    }
    let read = |line: &Line| match line.fault {
        None => record(&line.text, line.number - 1),
        Some(fault) => (id(&line.text), Err(no_evidence(line.number, 1, fault))),
    };
    Ok(lines.iter().map(read).collect())
}

fn no_evidence(line: usize, column: usize, what: &str) -> Error {
    let message = format!("line {line}, column {column} is no evidence ({what}).");
    Error::new(Code::BadInput, message, "A record is a JSON object with the fields of `Evidence`.")
}

/// A record that begins after `before` lines.
fn record(text: &str, before: usize) -> Record {
    let value = serde_json::from_str::<Value>(text).ok();
    let id = id(text);
    let bad = |line: usize, column: usize, what: &str| no_evidence(before + line, column, what);
    let evidence = match value.is_some_and(|value| !value.is_object()) {
        // A list would do for the fields in their order.
        true => Err(bad(1, 1, "not an object")),
        false => serde_json::from_str(text).map_err(|error| {
            let what = error.to_string();
            // serde_json counts lines from the record's beginning.
            bad(error.line(), error.column(), what.split(" at line ").next().unwrap_or_default())
        }),
    };
    (id, evidence)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"id": 7, "tokens": [{"logprob": -0.5, "entropy": 0.25}, {"logprob": -1.5, "entropy": 0.75}],
        "demonstrations": [[0.8, 0.3], [0.2, 0.7]], "paragrad": null}"#;

    fn lines(text: &str) -> Vec<Value> {
        let methods = select(&["all"]).unwrap();
        records(text.as_bytes())
            .unwrap()
            .into_iter()
            .map(|r| serde_json::to_value(evaluate(&methods, r)).unwrap())
            .collect()
    }

    #[test]
    fn costs_are_said() {
        let of = |id: &str| cost(select(&[id]).unwrap()[0]);
        assert_eq!(of("gnll"), "nothing");
        assert_eq!(of("semgrad"), "forward and backward pass through the upper half");
        assert_eq!(of("deg"), "K answers drawn; per ordered pair of different answers one judgment; --nli");
    }

    #[test]
    fn scores_and_reasons() {
        let [result] = lines(GOOD).try_into().unwrap();
        assert_eq!(result["id"], 7);
        assert_eq!(result["scores"]["gnll"], serde_json::json!({"score": 2.0}));
        assert_eq!(result["scores"]["mean_token_entropy"]["score"], 0.5);
        // methods.md §13.
        assert!((result["scores"]["icl_epistemic"]["score"].as_f64().unwrap() - 0.555633).abs() < 1e-6);
        let missing = &result["scores"]["paragrad"];
        assert!(missing["score"].is_null() && missing["error"]["code"] == "bad_input");
        assert!(missing["error"]["message"].as_str().unwrap().contains("head_gradient"));
        assert_eq!(result["scores"]["inv_entropy"]["error"]["code"], "engine_required");
        assert_eq!(result["scores"].as_object().unwrap().len(), REGISTRY.len());
        assert!(result.get("error").is_none());
    }

    #[test]
    fn numbers_that_are_none_give_null() {
        let [result] = lines(r#"{"tokens": [{"logprob": null, "entropy": 1e999}]}"#).try_into().unwrap();
        // JSON has no number so large: the line says so.
        assert_eq!(result["error"]["code"], "bad_input");
        let [result] = lines(r#"{"tokens": [{"logprob": null, "entropy": 0.5}]}"#).try_into().unwrap();
        assert!(result["scores"]["gnll"]["score"].is_null() && result["scores"]["max_token_entropy"]["score"] == 0.5);
    }

    #[test]
    fn bad_lines_are_named_and_the_rest_goes_on() {
        let one = GOOD.replace('\n', " ");
        let results = lines(&format!("{one}\n\n{{\"tokens\": 3}}\n{one}\n{{\"tok\n"));
        assert_eq!(results.len(), 4);
        let message = |i: usize| results[i]["error"]["message"].as_str().unwrap().to_owned();
        assert!(message(1).starts_with("line 3, column 12"), "{}", message(1));
        assert!(message(3).starts_with("line 5,"), "{}", message(3));
        assert!(results[1].get("scores").is_none() && results[0]["scores"] == results[2]["scores"]);
    }

    #[test]
    fn a_broken_record_over_several_lines_is_one_record() {
        let results = lines("{\n  \"tokens\": [\n    {\"logprob\": x}\n  ]\n}\n");
        assert_eq!(results.len(), 1);
        assert!(results[0]["error"]["message"].as_str().unwrap().starts_with("line 3, column 17"), "{}", results[0]);
        for text in ["", "[]", "3", "null"] {
            let results = lines(text);
            assert!(results.len() == 1 && results[0]["error"]["code"] == "bad_input", "{text:?}: {results:?}");
        }
    }
}
