//! Adapters and files for tests.

use super::{About, Adapter, Pair, scale};
use crate::error::{Error, Result};
use crate::weights::checkpoint::Checkpoint;
use crate::weights::config::ModelConfig;
use crate::weights::fixtures::reference;
use crate::weights::layout;
use crate::weights::source::{ModelFile, open_path};
use rand::{RngExt, SeedableRng};
use std::rc::Rc;

pub fn file(name: &str, bytes: impl Into<Vec<u8>>) -> ModelFile {
    ModelFile { name: name.to_owned(), source: Rc::new(bytes.into()) }
}

/// The files that a writer made.
pub fn files(written: &[(&'static str, Vec<u8>)]) -> Vec<ModelFile> {
    written.iter().map(|(name, bytes)| file(name, bytes.clone())).collect()
}

pub fn open(files: Vec<ModelFile>, config: &ModelConfig) -> Result<Adapter> {
    pollster::block_on(Adapter::open(files, config))
}

pub fn error(files: Vec<ModelFile>, config: &ModelConfig) -> Error {
    open(files, config).err().unwrap()
}

/// The configuration of a tiny model.
pub fn config(name: &str) -> ModelConfig {
    let files = open_path(&reference(&format!("tiny/{name}"))).unwrap();
    pollster::block_on(Checkpoint::open(files)).unwrap().config
}

/// Numbers from a seed for those linear layers that `chosen` names, all of one rank and α.
pub fn drawn(config: &ModelConfig, rank: usize, alpha: f64, chosen: impl Fn(&str) -> bool) -> Adapter {
    let mut layers: Vec<_> = layout::linears(config).into_iter().filter(|(name, _)| chosen(name)).collect();
    layers.sort();
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(7);
    let mut draw = |count: usize| -> Vec<f32> { (0..count).map(|_| rng.random_range(-1.0..1.0)).collect() };
    let mut pair = |(name, (outputs, inputs)): (String, (usize, usize))| {
        let (a, b) = (draw(rank * inputs), draw(outputs * rank));
        (name, Pair { rank, inputs, outputs, scale: scale(alpha, rank), a, b })
    };
    let pairs = layers.into_iter().map(&mut pair).collect();
    let (base, base_name) = (Some("0123456789abcdef".repeat(4)), Some("org/base-135M".to_owned()));
    Adapter { pairs, about: About { base, base_name, alpha, rank, dropout: 0.0 } }
}
