//! `semgrad probe`: trains semantic entropy probes of a model's own states from a question file.

use crate::jsonl::{Output, finished, guarded, object, read, write_file};
use crate::load::{EngineArguments, ModelArguments, start};
use crate::progress::bar;
use crate::stop::Stop;
use clap::Args;
use semgrad::asking::Asking;
use semgrad::control::{Pacer, Uninterrupted};
use semgrad::probe::Fitted;
use semgrad::probing::{Measured, fit, measure};
use semgrad::profile::Key;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Arguments of `semgrad probe`.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    model: ModelArguments,
    #[command(flatten)]
    engines: EngineArguments,
    /// Questions, one JSON object with "question" a line.
    #[arg(long)]
    data: PathBuf,
    /// Questions to use; all if not said.
    #[arg(long)]
    n: Option<usize>,
    /// Samples per question.
    #[arg(long, default_value_t = 10)]
    samples: usize,
    /// Their temperature.
    #[arg(long, default_value_t = 1.0)]
    temperature: f64,
    /// Most tokens of an answer.
    #[arg(long, default_value_t = 48)]
    max_tokens: usize,
    /// Seed of the draws.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Put before every question.
    #[arg(long, default_value = "")]
    prefix: String,
    /// System message.
    #[arg(long)]
    system: Option<String>,
    /// Where states and entropies go, one line a question; questions already there are not asked again.
    #[arg(long, value_name = "FILE")]
    measured: PathBuf,
    /// Where the probes go.
    #[arg(long)]
    out: PathBuf,
}

#[derive(Deserialize)]
struct Question {
    id: Option<serde_json::Value>,
    question: String,
}

#[derive(Serialize)]
struct Kept<'a> {
    id: &'a serde_json::Value,
    #[serde(flatten)]
    measured: &'a Measured,
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<(), Stop> {
    let lines = read(&arguments.data)?;
    let count = arguments.n.unwrap_or(lines.len()).min(lines.len());
    let located = arguments.model.locate()?;
    let model = start(&located, &arguments.model, None)?;
    let asking = Asking {
        samples: arguments.samples,
        temperature: Some(arguments.temperature),
        max_tokens: Some(arguments.max_tokens),
        seed: arguments.seed,
        prefix: Some(arguments.prefix.clone()),
        system: arguments.system.clone(),
        nli: arguments.engines.attach(&model)?.nli,
    };
    let mut output = Output::open(&arguments.measured, &arguments.data)?;
    let mut failed = 0;
    let progress = bar("Asking  {pos}/{len}  {bar:30}  {eta} left");
    progress.set_length(count as u64);
    for (number, line) in lines.iter().take(count).enumerate() {
        let measured = object::<Question>(line).and_then(|question| {
            let id = question.id.unwrap_or_else(|| number.into());
            if output.take(Some(&id)) {
                return Ok(None);
            }
            let pacer = Pacer::new(&Uninterrupted);
            let run = || pollster::block_on(measure(&model, &question.question, &asking, &pacer));
            guarded(run).map(|measured| Some((id, measured))).map_err(|error| error.to_string())
        });
        match measured {
            Ok(Some((id, measured))) => output.write(&Kept { id: &id, measured: &measured })?,
            Ok(None) => {}
            Err(what) => {
                failed += 1;
                eprintln!("line {} of {} is left out: {what}", line.number, arguments.data.display());
            }
        }
        progress.inc(1);
    }
    progress.finish_and_clear();

    let measured: Vec<Measured> =
        read(&arguments.measured)?.iter().map(object).collect::<Result<_, _>>().map_err(|what| {
            let message = format!("{} has a line of another kind ({what}).", arguments.measured.display());
            Stop::bad_input(message, "Name another file, or delete this one.")
        })?;
    let weights = located.hash()?.to_owned();
    let template = model.text.as_ref().and_then(|text| text.template_hash());
    let key = Key { weights, template, prefix: arguments.prefix, adapter: model.adapter() };
    let data = arguments.data.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let fitted = Fitted {
        data,
        samples: arguments.samples,
        temperature: arguments.temperature,
        date: crate::load::today(),
        ..Fitted::default()
    };
    let progress = bar("Training  {pos}/{len} layers  {bar:30}");
    let mut heard = |done: usize, total: usize| {
        progress.set_length(total as u64);
        progress.set_position(done as u64);
    };
    let probes = fit(&measured, key, fitted, &mut heard).map_err(Stop::Failed)?;
    progress.finish_and_clear();
    write_file(&arguments.out, &probes)?;
    let Fitted { questions, high, .. } = probes.fitted;
    say_line!("{questions} questions, {high} with semantic entropy of at least {:.3}", probes.threshold);
    for (id, probe) in &probes.probes {
        let [first, last] = probe.layers;
        say_line!("{id:<8} hidden states {first} to {last}, cross-validated AUROC {:.3}", probe.auroc);
    }
    finished(failed)
}
