//! `semgrad score`: every line of a JSONL file, answered or judged.

use crate::jsonl::{Output, finished, guarded, id, read};
use crate::load::{AdapterArguments, EngineArguments, ModelArguments, open};
use crate::progress::bar;
use crate::request::RequestArguments;
use crate::stop::Stop;
use clap::Args;
use semgrad::Error;
use semgrad::answer::record::{Failure, Request};
use semgrad::answer::{Model, Unobserved};
use semgrad::control::{Pacer, Uninterrupted};
use semgrad::input::Line;
use semgrad::line::request;
use std::path::PathBuf;

/// Arguments of `semgrad score`; a line's own fields win over them.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    model: ModelArguments,
    #[command(flatten)]
    adapter: AdapterArguments,
    #[command(flatten)]
    engines: EngineArguments,
    #[command(flatten)]
    request: RequestArguments,
    /// Questions, one JSON object a line.
    #[arg(long = "in", value_name = "FILE")]
    input: PathBuf,
    /// Results, one JSON object a line; lines already there are kept and not done again, unless they failed.
    #[arg(long = "out", value_name = "FILE")]
    output: PathBuf,
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<(), Stop> {
    let mut defaults = arguments.request.defaults()?;
    let lines = read(&arguments.input)?;
    let mut output = Output::open(&arguments.output, &arguments.input)?;
    let model = open(&arguments.model, &arguments.adapter, arguments.request.profile.as_deref())?;
    defaults.engines = Some(arguments.engines.attach(&model)?);
    let requests: Vec<_> = lines.iter().map(parse).collect();
    let id = |request: &Result<Request, Box<Failure>>| match request {
        Ok(request) => request.id.as_ref().map(ToString::to_string),
        Err(failure) => failure.id.as_ref().filter(|id| !id.is_null()).map(ToString::to_string),
    };
    let again = output.retry(&requests.iter().map(id).collect())?;
    if again > 0 {
        eprintln!("{}: {again} lines failed before; these are done again.", arguments.output.display());
    }
    let bar = bar("Scoring  {pos}/{len}  {bar:30}  {eta} left");
    bar.set_length(requests.len() as u64);
    let mut failed = 0;
    for (request, line) in requests.into_iter().zip(&lines) {
        match request {
            Ok(request) if output.take(request.id.as_ref()) => {}
            Ok(request) => match answer(&model, &request.clone().or(&defaults)) {
                Ok(record) => output.write(&record)?,
                Err(error) => {
                    failed += 1;
                    let message = format!("line {}: {}", line.number, error.message);
                    output.write(&Failure { id: request.id, error: Error { message, ..error } })?;
                }
            },
            Err(failure) => {
                failed += 1;
                output.write(&failure)?;
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    finished(failed)
}

fn answer(model: &Model, request: &Request) -> semgrad::Result<semgrad::answer::record::Record> {
    guarded(|| pollster::block_on(model.run(request, &Pacer::new(&Uninterrupted), &mut Unobserved)))
}

/// A line that is no request still has its id reported, where one can be found.
fn parse(line: &Line) -> Result<Request, Box<Failure>> {
    request(line).map_err(|error| {
        let message = format!("line {} is not a request: {}", line.number, error.message);
        Box::new(Failure { id: id(&line.text), error: Error { message, ..error } })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use semgrad::Code;
    use semgrad::line::LONGEST;

    #[test]
    fn lines_that_are_no_requests_keep_their_ids() {
        let parsed = |text: &str, fault| parse(&Line { number: 4, text: text.into(), fault });
        assert_eq!(parsed(r#"{"id": [1], "question": "Q"}"#, None).unwrap().question.unwrap(), "Q");
        for text in [
            r#"{"id": 3, "question": "half of an emoji \ud83d"}"#,
            r#"{"id": 3, "question": "Q", "temperature": NaN}"#,
            r#"{"id": 3, "question": "Q", "max_tokens": -Infinity}"#,
            r#"{"id": 3, "question": 5}"#,
            r#"{"id": 3, "question": "Q""#,
            r#"{"question": "Q", "id": 3,}"#,
        ] {
            let failure = parsed(text, None).unwrap_err();
            assert_eq!((failure.id, failure.error.code), (Some(3.into()), Code::BadInput), "{text}");
            assert!(failure.error.message.starts_with("line 4 is not a request: "), "{}", failure.error.message);
        }
        let wrong = parsed(r#"{"id": 3, "question": "Q", "max_tokens": "5"}"#, None).unwrap_err();
        assert_eq!(
            wrong.error.message,
            r#"line 4 is not a request: max_tokens must be a whole number from 0 on, and is "5"."#
        );
        let twice = parsed(r#"{"id": 3, "question": "Q", "seed": 1, "seed": 2}"#, None).unwrap_err();
        assert!(twice.error.message.contains("duplicate field `seed`"), "{}", twice.error.message);
        let unknown = parsed(r#"{"id": 3, "question": "Q", "sampels": 5}"#, None).unwrap_err();
        assert_eq!(
            (unknown.id, &*unknown.error.message),
            (Some(3.into()), r#"line 4 is not a request: unknown field "sampels"; did you mean "samples"?"#)
        );
        let damaged = parsed(r#"{"id": 3, "question": "caf�"}"#, Some("it is not text in UTF-8")).unwrap_err();
        assert!(damaged.id == Some(3.into()) && damaged.error.message.ends_with("it is not text in UTF-8."));
        for text in [r#"["x", "Q"]"#, "3", "null", "x"] {
            assert_eq!(parsed(text, None).unwrap_err().id, None, "{text}");
        }
        let long = format!(r#"{{"id": 3, "question": "{}"}}"#, "x".repeat(LONGEST));
        let failure = parsed(&long, None).unwrap_err();
        assert!(failure.id == Some(3.into()) && failure.error.message.contains("16 MB"), "{}", failure.error.message);
    }
}
