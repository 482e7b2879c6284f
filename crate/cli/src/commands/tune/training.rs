//! The stage that trains: `training.safetensors` has all that the next step depends on, written after each, so that an
//! interruption costs a step at most; `steps.jsonl` says what each did.

use crate::jsonl::{object, read, unusable};
use crate::progress::bar;
use crate::stop::Stop;
use semgrad::Error;
use semgrad::adapter::Adapter;
use semgrad::answer::Model;
use semgrad::control::{Pacer, Uninterrupted};
use semgrad::tune::Trainer;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Share of the questions that are still answered below which training stops: what is left says nothing any more.
const COLLAPSED: f64 = 0.05;

/// What training left.
pub struct Trained {
    /// What was learned.
    pub adapter: Adapter,
    /// What each step did that is a part of it, as `steps.jsonl` has it.
    pub steps: Vec<Value>,
    /// Steps that were planned.
    pub of: usize,
}

/// Takes all steps of `trainer`, or those that are left where `folder` says that it was interrupted. After each epoch `engagement` says which share of some
/// questions is still answered: where next to none is, the epoch is taken back, if it is not the first.
pub fn train(
    model: &Model,
    base: &str,
    mut trainer: Trainer,
    folder: &Path,
    engagement: &mut dyn FnMut(&Adapter) -> Result<f64, Stop>,
) -> Result<Trained, Stop> {
    let (decoder, pacer) = (&model.decoder, Pacer::new(&Uninterrupted));
    let [state, epoch, log] =
        ["training.safetensors", "epoch.safetensors", "steps.jsonl"].map(|name| folder.join(name));
    let mut steps = Vec::new();
    if state.is_file() {
        take_up(&mut trainer, &state)?;
        steps = logged(&log, trainer.taken())?;
        eprintln!("{} of {} steps are taken already", trainer.taken(), trainer.steps());
    }
    let megabytes = trainer.bytes(decoder) as f64 / 1e6;
    let epochs = trainer.steps() / trainer.batches().max(1);
    eprintln!("{} steps in {epochs} epochs, about {megabytes:.0} MB beside the model", trainer.steps());
    let bar = bar("Training  {pos}/{len}  {bar:30}  {eta} left  {msg}");
    bar.set_length(trainer.steps() as u64);
    bar.set_position(trainer.taken() as u64);
    bar.reset_eta();
    let mut stopped = false;
    while let Some(step) = pollster::block_on(trainer.step(decoder, &pacer)).map_err(Stop::Failed)? {
        bar.inc(1);
        bar.set_message(format!("loss {:.3}", step.loss));
        steps.push(serde_json::to_value(step).map_err(|e| Stop::Failed(Error::internal(e.to_string())))?);
        replace(&state, &trainer.save().map_err(Stop::Failed)?)?;
        write_log(&steps, &log)?;
        if step.step.is_multiple_of(trainer.batches()) && step.step < step.steps {
            let share = engagement(&trainer.adapter(None))?;
            bar.println(format!("after {} steps {:.0} % of the questions are answered", step.step, 100.0 * share));
            if share < COLLAPSED {
                if epoch.is_file() {
                    std::fs::rename(&epoch, &state).map_err(|e| Stop::Failed(unusable(&state, &e)))?;
                    take_up(&mut trainer, &state)?;
                    steps.truncate(trainer.taken());
                    write_log(&steps, &log)?;
                }
                stopped = true;
                break;
            }
            std::fs::copy(&state, &epoch).map_err(|e| Stop::Failed(unusable(&epoch, &e)))?;
        }
    }
    bar.finish_and_clear();
    if stopped {
        eprintln!("Training stopped early, with what {} steps had left.", trainer.taken());
    }
    Ok(Trained { adapter: trainer.adapter(Some(base.to_owned())), of: trainer.steps(), steps })
}

fn take_up(trainer: &mut Trainer, path: &Path) -> Result<(), Stop> {
    let bytes = std::fs::read(path).map_err(|e| Stop::Failed(unusable(path, &e)))?;
    trainer.resume(&bytes).map_err(|mut error| {
        error.message = format!("{}: {}", path.display(), error.message);
        Stop::Failed(error)
    })
}

/// Writes a file beside the one that it then replaces, so that an interruption leaves the one or the other.
fn replace(path: &Path, bytes: &[u8]) -> Result<(), Stop> {
    let fail = |e: std::io::Error| Stop::Failed(unusable(path, &e));
    let fresh: PathBuf = path.with_extension("new");
    std::fs::write(&fresh, bytes).map_err(fail)?;
    std::fs::rename(&fresh, path).map_err(fail)
}

/// The first `taken` steps of a log; fewer where an interruption came between.
fn logged(path: &Path, taken: usize) -> Result<Vec<Value>, Stop> {
    let lines = if path.is_file() { read(path)? } else { Vec::new() };
    let steps = lines.iter().filter_map(|line| object::<Value>(line).ok());
    let is_taken = |step: &Value| step.get("step").and_then(Value::as_u64).is_some_and(|step| step <= taken as u64);
    Ok(steps.filter(is_taken).collect())
}

fn write_log(steps: &[Value], path: &Path) -> Result<(), Stop> {
    let lines: String = steps.iter().map(|step| format!("{step}\n")).collect();
    replace(path, lines.as_bytes())
}
