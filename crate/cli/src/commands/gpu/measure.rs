//! The native half: makes each model, compares its kernels with the CPU's, asks, and times each kernel of what it asked.

use super::figures::Run;
use super::workload::{Asked, Shape, Workload};
use semgrad::answer::record::{Record, Request};
use semgrad::answer::{Model, Observer, Unobserved};
use semgrad::control::{Pacer, Uninterrupted};
use semgrad::device::{Choice, Device, Facts, facts, start_threads};
use semgrad::generate::batch::{Notes, sample};
use semgrad::generate::statistics::TokenStatistics;
use semgrad::generate::{Options, Session, prefill};
use semgrad::measure::Kind;
use semgrad::measure::agree::{self, Agreement};
use semgrad::measure::kernels::{self, Kernel, Recording};
use semgrad::measure::peaks::{self, Peaks};
use semgrad::ops::{cpu, token_statistics};
use semgrad::weights::checkpoint::Checkpoint;
use semgrad::weights::made::Made;
use semgrad::weights::source::open_path;
use semgrad::{Error, Result};
use serde::Serialize;
use serde_json::Value;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::time::Instant;

/// All that the native half found.
#[derive(Serialize)]
struct Report<'a> {
    workload: &'a Value,
    adapter: Option<&'a Facts>,
    /// The kernels that answered.
    kernels: &'static str,
    peaks: Peaks,
    agreements: Vec<Agreement>,
    models: Vec<Measured<'a>>,
    seconds: f64,
}

/// What was found of a model.
#[derive(Serialize)]
struct Measured<'a> {
    name: &'a str,
    like: &'a str,
    file: &'a str,
    /// Why the rest is missing.
    error: Option<String>,
    /// Seconds from the file to the device.
    load: f64,
    /// Bytes of weights that a token reads, as they are packed on the device.
    weights: u64,
    /// Bytes of keys and values of one position.
    position: u64,
    /// Multiplications and additions of a token's products in the layers.
    products: u64,
    runs: Vec<Run>,
    work: Vec<Work>,
}

/// The kernels of one piece of work.
#[derive(Serialize)]
struct Work {
    what: Asked,
    launches: usize,
    kernels: Vec<Kernel>,
}

/// Measures all models. `keep` is given the report, as JSON, after each of them: whatever happens to the next one, what was
/// measured is there.
pub fn run(folder: &Path, workload: &Workload, keep: &mut dyn FnMut(String) -> Result<()>) -> Result<()> {
    let began = Instant::now();
    // The CPU's loops are the reference, and slow on one thread.
    let _ = start_threads(num_cpus::get_physical().min(num_cpus::get()));
    let device = pollster::block_on(Device::open(Choice::Webgpu))?;
    let software = facts().is_none_or(|facts| facts.software);
    let (mut agreements, mut usable) = (Vec::new(), Vec::new());
    for kind in Kind::all() {
        let found = pollster::block_on(agree::odd(&device, kind))?;
        if found.iter().all(|one| one.agrees) {
            usable.push(kind);
        }
        agreements.extend(found);
    }
    // A software adapter is here to rehearse what a card does.
    let kinds: Vec<Kind> = Kind::all().into_iter().filter(|kind| software || *kind != Kind::Software).collect();
    let kind = usable.first().copied().unwrap_or(Kind::Shared);
    kind.choose();
    let mut report = Report {
        workload: &workload.text,
        adapter: facts(),
        kernels: kind.name(),
        peaks: peaks::measure(&device)?,
        agreements,
        models: Vec::new(),
        seconds: 0.0,
    };
    for shape in &workload.models {
        let mut measured = Measured {
            name: &shape.name,
            like: &shape.like,
            file: &shape.file,
            error: None,
            load: 0.0,
            weights: 0,
            position: 0,
            products: 0,
            runs: Vec::new(),
            work: Vec::new(),
        };
        let outcome = if began.elapsed().as_secs_f64() > workload.seconds {
            Err(Error::internal("left out: there was no time left"))
        } else {
            eprintln!("{} ({}) …", shape.name, shape.like);
            let path = folder.join(&shape.file);
            make(shape, &path).and_then(|()| {
                let checkpoint = pollster::block_on(Checkpoint::open(open_path(&path)?))?;
                for &kind in &kinds {
                    report.agreements.extend(pollster::block_on(agree::of_model(&device, kind, &checkpoint))?);
                }
                kind.choose();
                measure(&device, &checkpoint, workload, &report.peaks, &mut measured)
            })
        };
        measured.error = outcome.err().map(|error| error.message);
        report.models.push(measured);
        report.seconds = began.elapsed().as_secs_f64();
        keep(serde_json::to_string_pretty(&report).map_err(|error| Error::internal(error.to_string()))?)?;
    }
    Ok(())
}

/// Writes a model's file.
fn make(shape: &Shape, path: &Path) -> Result<()> {
    let made = Made::new(&shape.config, &shape.formats)?;
    let file = File::create(path).map_err(|error| crate::jsonl::unusable(path, &error))?;
    made.write(&mut BufWriter::with_capacity(1 << 20, file)).map_err(|error| crate::jsonl::unusable(path, &error))
}

fn measure(
    device: &Device,
    checkpoint: &Checkpoint,
    workload: &Workload,
    peaks: &Peaks,
    measured: &mut Measured<'_>,
) -> Result<()> {
    let config = &checkpoint.config;
    for tensor in checkpoint.tensors() {
        let [rows, cols] = tensor.shape[..] else { continue };
        let is_layer = tensor.name.starts_with("model.layers.");
        if is_layer || config.tied || tensor.name == "lm_head.weight" {
            measured.weights += cpu::pack::bytes(tensor.format, rows, cols);
        }
        if is_layer {
            measured.products += 2 * (rows * cols) as u64;
        }
    }
    measured.position = (8 * config.kv_heads * config.head_dim * config.layers) as u64;
    let began = Instant::now();
    let pacer = Pacer::new(&Uninterrupted);
    let model = pollster::block_on(Model::load(checkpoint, device, None, &pacer, &mut |_, _, _| ()))?;
    measured.load = began.elapsed().as_secs_f64();
    // The first time, pipelines are compiled.
    for repetition in 0..=workload.repetitions {
        for asked in Asked::ALL {
            ask(&model, &Workload::forget(), &mut Unobserved)?;
            let record = ask(&model, &workload.request(asked, config.vocab), &mut Unobserved)?;
            if repetition > 0 {
                measured.runs.push(Run::new(asked, &record));
            }
        }
    }
    for what in Asked::ALL {
        let recording = match what {
            Asked::Prefill => read(&model, workload)?,
            Asked::Decode => step(&model, workload)?,
            Asked::Scores => scores(&model, workload)?,
            Asked::Samples => samples(&model, workload)?,
        };
        let launches = recording.launches();
        measured.work.push(Work { what, launches, kernels: recording.measure(peaks)? });
    }
    Ok(())
}

fn ask(model: &Model, request: &Request, observer: &mut dyn Observer) -> Result<Record> {
    pollster::block_on(model.run(request, &Pacer::new(&Uninterrupted), observer))
}

/// Launches of a prompt.
fn read(model: &Model, workload: &Workload) -> Result<Recording> {
    let ids = workload.ids(workload.prompt, model.decoder.config.vocab);
    kernels::begin();
    behind(model, Session::default(), &ids)?;
    Ok(kernels::end())
}

/// Launches of one token behind it.
fn step(model: &Model, workload: &Workload) -> Result<Recording> {
    let ids = workload.ids(workload.prompt + 1, model.decoder.config.vocab);
    let session = behind(model, Session::default(), &ids[..workload.prompt])?;
    kernels::begin();
    behind(model, session, &ids)?;
    Ok(kernels::end())
}

/// Reads what `session` has not, and chooses a token.
fn behind(model: &Model, session: Session, ids: &[u32]) -> Result<Session> {
    let decoder = &model.decoder;
    pollster::block_on(async {
        let pacer = Pacer::new(&Uninterrupted);
        let (logits, session) = prefill(decoder, session, ids, &pacer, &mut |_, _| ()).await?;
        token_statistics(logits, decoder.device.ids(&[0]));
        Ok(session)
    })
}

/// Launches of the scores, which begin when the last token is known.
fn scores(model: &Model, workload: &Workload) -> Result<Recording> {
    struct Last(usize);
    impl Observer for Last {
        fn token(&mut self, index: usize, _: u32, _: Option<&str>, _: &TokenStatistics) {
            if index + 1 == self.0 {
                kernels::begin();
            }
        }
    }
    ask(model, &Workload::forget(), &mut Unobserved)?;
    ask(model, &workload.request(Asked::Scores, model.decoder.config.vocab), &mut Last(workload.answer))?;
    Ok(kernels::end())
}

/// Launches of one step of all samples.
fn samples(model: &Model, workload: &Workload) -> Result<Recording> {
    let ids = workload.ids(workload.question, model.decoder.config.vocab);
    let session = behind(model, Session::default(), &ids)?;
    let drawn = |max_tokens: usize| {
        let options = Options { max_tokens, temperature: 1.0, seed: 0, stop_ids: Vec::new() };
        kernels::begin();
        pollster::block_on(async {
            let pacer = Pacer::new(&Uninterrupted);
            let (session, notes) = (session.clone(), Notes::default());
            sample(&model.decoder, session, &ids, workload.samples, &options, notes, &pacer).await
        })?;
        Ok::<_, Error>(kernels::end())
    };
    // The first tokens are drawn from the prompt's own logits.
    let first = drawn(1)?.launches();
    Ok(drawn(2)?.after(first))
}
