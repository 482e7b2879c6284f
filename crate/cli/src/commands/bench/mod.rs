//! `semgrad bench`: how long loading, prompts, tokens and scores take here, repeated in turn.
//!
//! The questions lie in `bench.json`, which the comparison with other runtimes in the browser reads as well.

mod training;

use crate::load::{ModelArguments, start};
use crate::median::median;
use crate::stop::Stop;
use clap::Args;
use semgrad::answer::record::Request;
use semgrad::answer::{Model, Unobserved};
use semgrad::control::{Pacer, Uninterrupted};
use semgrad::{Error, methods};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Instant;

/// What is asked, in this order. The first request also warms caches and pipelines up and is asked once more before.
const REQUESTS: [&str; 6] = ["first_token", "speed", "scores", "cheap_scores", "long_prompt", "samples"];

/// Arguments of `semgrad bench`.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    model: ModelArguments,
    /// Repetitions; medians are shown.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    reps: u32,
    /// Only these requests, separated by commas.
    #[arg(long, value_delimiter = ',')]
    only: Option<Vec<String>>,
    /// Also train an adapter for some steps, and decode with it.
    #[arg(long)]
    training: bool,
    /// Every repetition as JSON instead of a table.
    #[arg(long)]
    json: bool,
}

/// One request, answered once; times in ms. The names are those of the browser's benchmark.
#[derive(Clone, Debug, Serialize)]
struct Run {
    request: &'static str,
    repetition: u32,
    prompt: usize,
    tokens: usize,
    wall: f64,
    prefill: f64,
    decode: f64,
    score: f64,
    /// Positions on which gradients are taken.
    suffix: usize,
    methods: Vec<String>,
    samples: usize,
    /// Time of the samples alone, where it is known.
    sampling: Option<f64>,
}

#[derive(Serialize)]
struct Report<'a> {
    device: &'static str,
    adapter: Option<&'a str>,
    load: f64,
    /// Most memory that the process had, bytes; null where the system does not say.
    peak_memory: Option<u64>,
    runs: Vec<Run>,
    #[serde(skip_serializing_if = "Option::is_none")]
    training: Option<training::Trained>,
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<(), Stop> {
    let requests = requests(arguments.only.as_deref())?;
    let model = start(&arguments.model.locate()?, &arguments.model, None)?;
    let mut runs = Vec::new();
    if let Some((name, request)) = requests.first() {
        measure(&model, name, request, 0)?;
    }
    for repetition in 0..arguments.reps {
        for (name, request) in &requests {
            let run = measure(&model, name, request, repetition)?;
            // A build without samples answers the question as usual; that is no measurement of samples.
            if *name != "samples" || run.samples > 0 {
                runs.push(run);
            }
        }
    }
    let training = arguments.training.then(|| training::measure(&model, arguments.reps)).transpose()?;
    let device = &model.decoder.device;
    let report = Report {
        device: device.name(),
        adapter: device.adapter.as_deref(),
        load: model.load_ms,
        peak_memory: peak_memory(),
        runs,
        training,
    };
    if arguments.json {
        say_line!("{}", serde_json::to_string(&report).map_err(|e| Stop::Failed(Error::internal(e.to_string())))?);
    } else {
        print(&report);
    }
    Ok(())
}

/// The requests asked for, with the methods that this build has.
fn requests(only: Option<&[String]>) -> Result<Vec<(&'static str, Request)>, Stop> {
    let mut all: BTreeMap<String, Request> =
        serde_json::from_str(include_str!("../../../../../tests/bench/workload.json"))
            .map_err(|e| Stop::Failed(Error::internal(format!("bench.json is no list of requests: {e}"))))?;
    if let Some(unknown) = only.into_iter().flatten().find(|name| !REQUESTS.contains(&name.as_str())) {
        let message = format!("there is no request {unknown:?}.");
        let advice = format!("Use some of {}.", REQUESTS.join(", "));
        return Err(Stop::bad_input(message, advice));
    }
    let wanted = REQUESTS.into_iter().filter(|name| only.is_none_or(|only| only.iter().any(|other| other == name)));
    let mut requests = Vec::new();
    for name in wanted {
        let Some(mut request) = all.remove(name) else { continue };
        if let Some(methods) = &mut request.methods {
            methods.retain(|method| methods::select(&[method]).is_ok());
        }
        requests.push((name, request));
    }
    Ok(requests)
}

fn measure(model: &Model, name: &'static str, request: &Request, repetition: u32) -> Result<Run, Stop> {
    let ask = |request: &Request| {
        let pacer = Pacer::new(&Uninterrupted);
        pollster::block_on(model.run(request, &pacer, &mut Unobserved)).map_err(Stop::Failed)
    };
    // The model remembers its last prompt. One that begins with another token makes it forget.
    let other = vec![0];
    ask(&Request { prompt_ids: Some(other), max_tokens: Some(1), methods: Some(Vec::new()), ..Request::default() })?;
    // As in the browser, where others must not answer from their caches: another question each time.
    let question = request.question.as_ref().map(|question| format!("{question} ({})", repetition + 1));
    let request = Request { question, ..request.clone() };
    let began = Instant::now();
    let record = ask(&request)?;
    let wall = began.elapsed().as_secs_f64() * 1e3;
    // Samples are read from the line format: builds without them have no such field.
    let line = serde_json::to_value(&record).map_err(|e| Stop::Failed(Error::internal(e.to_string())))?;
    Ok(Run {
        request: name,
        repetition,
        prompt: record.prompt_ids.len(),
        tokens: record.response_ids.len(),
        wall,
        prefill: record.ms.prefill,
        decode: record.ms.decode,
        score: record.ms.score,
        suffix: record.prompt_ids.len() - record.semantic_index + record.response_ids.len() - 1,
        methods: record.scores.keys().map(|id| (*id).to_owned()).collect(),
        samples: line.get("samples").and_then(Value::as_array).map_or(0, Vec::len),
        sampling: line.pointer("/ms/samples").and_then(Value::as_f64),
    })
}

/// Linux keeps count of the most memory that a process had.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kibibytes| kibibytes * 1024)
}

/// Medians by request.
fn print(report: &Report<'_>) {
    say_line!("{} ({}), loaded in {:.0} ms", report.device, report.adapter.unwrap_or("no adapter"), report.load);
    say_line!(
        "{:<14} {:>6} {:>6} {:>12} {:>12} {:>10} {:>8}",
        "",
        "prompt",
        "answer",
        "prefill/s",
        "decode/s",
        "score ms",
        "share"
    );
    for name in REQUESTS {
        let runs: Vec<&Run> = report.runs.iter().filter(|run| run.request == name).collect();
        let Some(first) = runs.first() else { continue };
        let of = |value: fn(&Run) -> f64| median(runs.iter().map(|run| value(run)).collect());
        say_line!(
            "{name:<14} {:>6} {:>6} {:>12.1} {:>12.1} {:>10.0} {:>8.2}",
            first.prompt,
            first.tokens,
            of(|run| run.prompt as f64 * 1e3 / run.prefill),
            of(|run| (run.tokens - 1) as f64 * 1e3 / run.decode),
            of(|run| run.score),
            of(|run| run.score / (run.prefill + run.decode)),
        );
    }
    if let Some(training) = &report.training {
        training.print();
    }
    if let Some(bytes) = report.peak_memory {
        say_line!("most memory: {} MB", bytes / 1_000_000);
    }
}
