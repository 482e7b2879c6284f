//! What the reference tests share: fixtures, devices, comparisons.

use semgrad::answer::record::{Record, Request};
use semgrad::answer::{Model, Unobserved};
use semgrad::control::{Control, Pacer, Uninterrupted};
use semgrad::device::{Choice, Device};
use semgrad::weights::checkpoint::Checkpoint;
use semgrad::weights::source::{LocalFuture, open_path};
use serde_json::Value;
use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// The tiny models with PyTorch numbers: every folder in `tests/reference/tiny`, at least one for each family.
pub fn tiny() -> Vec<String> {
    let entries = std::fs::read_dir(reference("tiny")).unwrap().map(|entry| entry.unwrap());
    let folders = entries.filter(|entry| entry.path().join("config.json").is_file());
    let mut names: Vec<_> = folders.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort();
    assert!(names.len() >= semgrad::weights::families::ALL.len());
    names
}

/// Aborts when told.
#[derive(Clone, Default)]
pub struct Switch(pub Rc<Cell<bool>>);

impl Control for Switch {
    fn aborted(&self) -> bool {
        self.0.get()
    }

    fn pause(&self) -> LocalFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

/// Aborts after so many looks at it.
pub struct After(Cell<u32>);

impl After {
    /// At the look of this number.
    pub fn looks(count: u32) -> Self {
        Self(Cell::new(count))
    }
}

impl Control for After {
    fn aborted(&self) -> bool {
        self.0.set(self.0.get().saturating_sub(1));
        self.0.get() == 0
    }

    fn pause(&self) -> LocalFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

/// `tests/reference` at the top of the repository.
pub fn reference(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/reference").join(path)
}

/// A golden of a tiny model: `golden.json`.
pub fn golden(name: &str) -> Value {
    json(&reference(&format!("tiny/{name}/golden.json")))
}

/// A JSON file.
pub fn json(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The CPU, and WebGPU where there is an adapter: its absence is said, and is a failure where `SEMGRAD_REQUIRE_WEBGPU`
/// is set.
pub fn choices() -> Vec<Choice> {
    match pollster::block_on(Device::open(Choice::Webgpu)) {
        Ok(_) => vec![Choice::Cpu, Choice::Webgpu],
        Err(error) if std::env::var_os("SEMGRAD_REQUIRE_WEBGPU").is_none() => {
            eprintln!("NOT TESTED on WebGPU: {error}");
            vec![Choice::Cpu]
        }
        Err(error) => panic!("{error}"),
    }
}

/// Loads a model.
pub fn load(path: &Path, choice: Choice) -> Model {
    pollster::block_on(async {
        let device = Device::open(choice).await?;
        let checkpoint = Checkpoint::open(open_path(path)?).await?;
        Model::load(&checkpoint, &device, None, &Pacer::new(&Uninterrupted), &mut |_, _, _| ()).await
    })
    .unwrap()
}

/// Runs one request.
pub fn run(model: &Model, request: Request) -> semgrad::Result<Record> {
    pollster::block_on(model.run(&request, &Pacer::new(&Uninterrupted), &mut Unobserved))
}

/// A JSON array of numbers.
pub fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

/// A JSON array of ids.
pub fn ids(value: &Value) -> Vec<u32> {
    value.as_array().unwrap().iter().map(|v| v.as_u64().unwrap() as u32).collect()
}

/// Relative comparison; a reference of exactly 0 asks for a value of at most `tolerance`.
pub fn close(what: &str, got: &[f64], want: &[f64], tolerance: f64) {
    assert_eq!(got.len(), want.len(), "{what}");
    for (i, (g, w)) in got.iter().zip(want).enumerate() {
        let scale = if *w == 0.0 { 1.0 } else { w.abs() };
        // A NaN is never within a tolerance.
        assert!((g - w).abs() <= tolerance * scale, "{what}[{i}] is {g:e}, the reference {w:e}");
    }
}

/// A score of a record.
pub fn score(record: &Record, id: &str) -> f64 {
    record.scores[id].score
}
