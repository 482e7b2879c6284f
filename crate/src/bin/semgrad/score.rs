//! `semgrad score`: every line of a JSONL file, answered or judged.

use crate::Stop;
use crate::jsonl::{Output, finished, guarded, id, object, read};
use crate::load::{EngineArguments, ModelArguments, bar, open};
use clap::Args;
use semgrad::answer::record::{Failure, Request};
use semgrad::answer::{Model, Unobserved};
use semgrad::confidence::verdict::Risk;
use semgrad::control::{Pacer, Uninterrupted};
use semgrad::input::Line;
use semgrad::{Code, Error};
use std::path::PathBuf;

/// Bytes of a line: far more than any model reads, and little enough to be tokenized.
const LONGEST: usize = 16 << 20;

/// Arguments of `semgrad score`; a line's own fields win over them.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    model: ModelArguments,
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

/// What can be said about every request.
#[derive(Args)]
pub struct RequestArguments {
    /// Scores to compute, separated by commas, or all.
    #[arg(long, value_delimiter = ',')]
    pub methods: Option<Vec<String>>,
    /// Answers to draw beside the greedy one.
    #[arg(long)]
    pub samples: Option<usize>,
    /// Of the samples where some are asked for (default 1), else of the answer (default 0, greedy).
    #[arg(long)]
    pub temperature: Option<f64>,
    /// Most tokens to generate.
    #[arg(long)]
    pub max_tokens: Option<usize>,
    /// Seed of the draws.
    #[arg(long)]
    pub seed: Option<u64>,
    /// Put before every question.
    #[arg(long)]
    pub prefix: Option<String>,
    /// System message.
    #[arg(long)]
    pub system: Option<String>,
    /// header, profile or -N.
    #[arg(long, allow_hyphen_values = true)]
    semantic_position: Option<String>,
    /// Profile file, or none; without it the one beside the weights is used.
    #[arg(long)]
    pub profile: Option<PathBuf>,
    /// Who finds other wordings of the question: the model, or a search in the list of --synonyms; by default that of a
    /// list that is named.
    #[arg(long, value_parser = ["model", "search"])]
    wordings: Option<String>,
    /// Tolerated share of wrong answers for the verdict "answer", instead of the profile's.
    #[arg(long)]
    answer_risk: Option<f64>,
    /// The same for an answer with a flag; below, the verdict is "abstain".
    #[arg(long)]
    abstain_risk: Option<f64>,
    /// Also report gradient norms at this many last prompt positions.
    #[arg(long)]
    tail: Option<usize>,
    /// Also report gradient norms below the upper half of the layers.
    #[arg(long)]
    all_layers: bool,
    /// Also report the prompt's tokens, and gradient norms at every one of them.
    #[arg(long)]
    explain: bool,
    /// Also split the answer into claims and score each.
    #[arg(long)]
    spans: bool,
    /// Also report what the methods read, for `semgrad methods eval`.
    #[arg(long)]
    evidence: bool,
    /// Also report the hidden state that `semgrad calibrate` can learn from.
    #[arg(long)]
    pub state: bool,
}

impl RequestArguments {
    /// The defaults of every request.
    pub fn defaults(&self) -> Result<Request, Stop> {
        if let Some(methods) = &self.methods {
            semgrad::methods::select(methods).map_err(Stop::Usage)?;
        }
        let risk = Risk { answer: self.answer_risk, abstain: self.abstain_risk, mode: None };
        Ok(Request {
            risk: (risk != Risk::default()).then_some(risk),
            methods: self.methods.clone(),
            samples: self.samples,
            temperature: self.temperature,
            max_tokens: self.max_tokens,
            seed: self.seed,
            prefix: self.prefix.clone(),
            system: self.system.clone(),
            semantic_position: self.semantic_position.clone(),
            wordings: self.wordings.clone(),
            tail: self.tail,
            all_layers: self.all_layers.then_some(true),
            explain: self.explain.then_some(true),
            spans: self.spans.then_some(true),
            evidence: self.evidence.then_some(true),
            state: self.state.then_some(true),
            ..Request::default()
        })
    }
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<(), Stop> {
    let mut defaults = arguments.request.defaults()?;
    let lines = read(&arguments.input)?;
    let mut output = Output::open(&arguments.output, &arguments.input)?;
    let model = open(&arguments.model, arguments.request.profile.as_deref())?;
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
    for request in requests {
        match request {
            Ok(request) if output.take(request.id.as_ref()) => {}
            Ok(request) => match answer(&model, &request.clone().or(&defaults)) {
                Ok(record) => output.write(&record)?,
                Err(error) => {
                    failed += 1;
                    output.write(&Failure { id: request.id, error })?;
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
    let parsed = match line.text.len() {
        ..=LONGEST => object(line),
        length => Err(format!("it has {} MB, and {} are the most", length >> 20, LONGEST >> 20)),
    };
    parsed.map_err(|what| {
        let message = format!("line {} is not a request: {what}.", line.number);
        let error = Error::new(Code::BadInput, message, "See `semgrad score --help` for the fields.");
        Box::new(Failure { id: id(&line.text), error })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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
