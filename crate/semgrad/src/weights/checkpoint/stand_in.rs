//! A model of the same kind as another and as small as can be, for what depends on the kind alone.

use super::Checkpoint;
use crate::error::Result;
use crate::text::source::TextSource;
use crate::weights::config::{ModelConfig, inconsistent};
use crate::weights::families::family::Layer;
use crate::weights::format::Format;
use crate::weights::layout;
use crate::weights::source::{LocalFuture, ReadAt};
use crate::weights::tensors::{Canonical, Stored, Tensors};
use std::rc::Rc;

/// Rows of its embedding and head, at most.
const VOCAB: usize = 128;
/// Its widths, unless those of the model are smaller; whole blocks of every format.
const WIDTH: usize = 256;

impl Checkpoint {
    /// A checkpoint of zeros with the architecture, heads, biases and norms of this one, and with each of its formats: one
    /// layer of each kind that there is, narrow, with few words. Nothing of this one's weights is read.
    ///
    /// # Errors
    /// Hardly: `corrupt_weights` where a format does not fit the narrower rows.
    pub fn stand_in(&self) -> Result<Self> {
        let layers = kinds(self);
        let whole = &self.config;
        let config = ModelConfig {
            vocab: whole.vocab.min(VOCAB),
            hidden: narrow(whole.hidden),
            intermediate: narrow(whole.intermediate),
            layers: layers.len(),
            kinds: layers.iter().map(|&layer| whole.layer(layer)).collect(),
            stop_ids: Vec::new(),
            ..whole.clone()
        };
        config.validate()?;
        let mut tensors = Tensors::default();
        for (name, shape) in layout::expected(&config) {
            let Some(like) = self.get(&counterpart(&name, &layers)) else {
                return Err(inconsistent(format!("the tensor `{name}` has no counterpart")));
            };
            let (source, format) = (Rc::new(Zeros), Ok(like.format));
            tensors.add(name, shape.clone(), Stored { source, offset: 0, shape, format }, Canonical::AsStored)?;
        }
        Ok(Self { config, text: TextSource::default(), tensors })
    }
}

/// The first layer of each combination of formats and kinds.
fn kinds(model: &Checkpoint) -> Vec<usize> {
    let mut seen: Vec<(Vec<Format>, Layer)> = Vec::new();
    let mut layers = Vec::new();
    for (layer, &kind) in model.config.kinds.iter().enumerate() {
        let prefix = format!("model.layers.{layer}.");
        let formats = model.tensors().filter(|tensor| tensor.name.starts_with(&prefix)).map(|tensor| tensor.format);
        let kind = (formats.collect(), kind);
        if !seen.contains(&kind) {
            seen.push(kind);
            layers.push(layer);
        }
    }
    layers
}

/// The tensor that one of the stand-in stands for.
fn counterpart(name: &str, layers: &[usize]) -> String {
    let layer = name.strip_prefix("model.layers.").and_then(|rest| rest.split_once('.'));
    match layer.and_then(|(layer, rest)| Some((layers.get(layer.parse::<usize>().ok()?)?, rest))) {
        Some((layer, rest)) => format!("model.layers.{layer}.{rest}"),
        None => name.to_owned(),
    }
}

/// A width of the same remainder, for which the launchers choose the same kernels.
fn narrow(width: usize) -> usize {
    width.min(WIDTH + width % 32)
}

/// As many zeros as anybody asks for.
struct Zeros;

impl ReadAt for Zeros {
    fn size(&self) -> u64 {
        u64::MAX
    }

    fn read_at<'a>(&'a self, _: u64, length: usize) -> LocalFuture<'a, Result<Vec<u8>>> {
        Box::pin(std::future::ready(Ok(vec![0; length])))
    }
}
