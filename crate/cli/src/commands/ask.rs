//! `semgrad ask`: one question, the answer as it comes, then its scores.

use crate::load::{EngineArguments, ModelArguments, open};
use crate::request::RequestArguments;
use crate::stop::Stop;
use clap::Args;
use semgrad::Error;
use semgrad::answer::Observer;
use semgrad::answer::record::Request;
use semgrad::control::{Pacer, Uninterrupted};
use semgrad::generate::statistics::TokenStatistics;

/// Arguments of `semgrad ask`.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    model: ModelArguments,
    #[command(flatten)]
    engines: EngineArguments,
    #[command(flatten)]
    request: RequestArguments,
    /// The whole result as JSON instead of text.
    #[arg(long)]
    json: bool,
    /// The question.
    question: String,
}

struct Printer;

impl Observer for Printer {
    fn token(&mut self, _: usize, id: u32, text: Option<&str>, _: &TokenStatistics) {
        match text {
            Some(text) => say!("{text}"),
            None => say!("{id} "),
        }
    }
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<(), Stop> {
    let mut request =
        Request { question: Some(arguments.question), ..Request::default() }.or(&arguments.request.defaults()?);
    let model = open(&arguments.model, arguments.request.profile.as_deref())?;
    request.engines = Some(arguments.engines.attach(&model)?);
    let pacer = Pacer::new(&Uninterrupted);
    let mut silent = semgrad::answer::Unobserved;
    let observer: &mut dyn Observer = if arguments.json { &mut silent } else { &mut Printer };
    let record = pollster::block_on(model.run(&request, &pacer, observer)).map_err(Stop::Fatal)?;
    if arguments.json {
        say_line!("{}", serde_json::to_string(&record).map_err(|e| Stop::Fatal(Error::internal(e.to_string())))?);
        return Ok(());
    }
    say_line!("\n");
    for (id, score) in &record.scores {
        let meaning = score.confidence.map_or("not calibrated".into(), |p| format!("{:.0} % right", 100.0 * p));
        say_line!("{id:<26} {:<12.4e} {:>8.0} ms  {meaning}", score.score, score.ms);
    }
    match (record.confidence, record.confidence_reason) {
        (Some(confidence), _) => say_line!("confidence {confidence:.2}"),
        (None, reason) => say_line!("no confidence: {}", reason.unwrap_or_default()),
    }
    if let (Some(verdict), Some(reason)) = (record.verdict, &record.verdict_reason) {
        say_line!("verdict: {verdict}. {reason}");
    }
    let position = &record.semantic_position;
    let token = position.token.as_deref().unwrap_or("?");
    say_line!("semantic position {} {token:?} ({})", position.offset, position.rule);
    let (ms, tokens) = (record.ms, record.tokens.len());
    say_line!("prompt {:.0} ms, {tokens} tokens {:.0} ms, scores {:.0} ms", ms.prefill, ms.decode, ms.score);
    for warning in &record.warnings {
        say_line!("warning: {warning}");
    }
    Ok(())
}
