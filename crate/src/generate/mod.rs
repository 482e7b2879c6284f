//! Prefill and token-by-token decoding, leaving behind what the gradient needs.

pub mod sample;
pub mod statistics;

use crate::control::Pacer;
use crate::error::{Error, Result};
use crate::model::cache::Cache;
use crate::model::decoder::Decoder;
use crate::model::read;
use burn::tensor::Tensor;
use sample::Sampler;
use statistics::{Distribution, TokenStatistics, summarize};
use web_time::Instant;

/// How to decode.
#[derive(Clone, Debug)]
pub struct Options {
    /// Most tokens to produce, at least 1.
    pub max_tokens: usize,
    /// 0 is greedy.
    pub temperature: f64,
    /// Seed of the draws.
    pub seed: u64,
    /// Ids that end the answer; they count as its last token.
    pub stop_ids: Vec<u32>,
}

/// The part of the sequence on which gradients are taken: from the first position of interest to the last input.
pub struct Suffix {
    /// Its first position.
    pub start: usize,
    /// Input of layer `first_layer` at its positions, `[suffix, hidden]`.
    pub hidden: Tensor<2>,
    /// The layer that `hidden` enters.
    pub first_layer: usize,
    /// Keys and values of the positions before it, in layers from `first_layer` on.
    pub cache: Cache,
}

/// An answer as it was produced.
pub struct Generation {
    /// Its ids, the stop id included.
    pub ids: Vec<u32>,
    /// Statistics by token.
    pub statistics: Vec<TokenStatistics>,
    /// True when it ended by itself.
    pub stopped: bool,
    /// For the gradient pass.
    pub suffix: Suffix,
    /// Time of the prompt, ms.
    pub prefill_ms: f64,
    /// Time of the tokens, ms.
    pub decode_ms: f64,
}

/// What a caller may watch.
pub trait Watch {
    /// Layers of the prompt pass done, of how many.
    fn prefill(&mut self, _done: usize, _total: usize) {}
    /// A token was chosen.
    fn token(&mut self, _index: usize, _id: u32, _statistics: &TokenStatistics) {}
}

/// Watches nothing.
pub struct Silent;

impl Watch for Silent {}

/// Answers `prompt`; keeps the inputs of `first_layer` from position `start` on.
///
/// # Errors
/// `aborted`, `device_lost`.
pub async fn generate(
    decoder: &Decoder,
    prompt: &[u32],
    start: usize,
    first_layer: usize,
    options: &Options,
    pacer: &Pacer<'_>,
    watch: &mut dyn Watch,
) -> Result<Generation> {
    let began = Instant::now();
    let mut pieces = Vec::new();
    let mut cache = Cache::new(decoder.config.layers);
    let mut logits = step(decoder, prompt, 0, &mut cache, pacer, &mut |layer, x| {
        watch.prefill(layer + 1, decoder.config.layers);
        if layer == first_layer {
            pieces.push(x.clone().narrow(0, start, prompt.len() - start));
        }
    })
    .await?;
    let prefill_ms = milliseconds(began);

    let began = Instant::now();
    let mut sampler = Sampler::new(options.temperature, options.seed);
    let (mut ids, mut statistics, mut stopped) = (Vec::new(), Vec::new(), false);
    loop {
        let (id, token) = if options.temperature > 0.0 {
            let logits = read(logits).await?;
            if logits.iter().any(|z| z.is_nan()) {
                return Err(Error::internal("the model produced NaN logits."));
            }
            let distribution = Distribution::new(&logits);
            let id = sampler.choose(&logits, &distribution);
            (id, distribution.statistics(&logits, id))
        } else {
            // The largest logit is found on the device.
            let row = summarize(logits, &[0]).await?[0];
            (row.best, row.best_statistics())
        };
        watch.token(ids.len(), id, &token);
        ids.push(id);
        statistics.push(token);
        stopped = stopped || options.stop_ids.contains(&id);
        if stopped || ids.len() >= options.max_tokens {
            break;
        }
        let position = prompt.len() + ids.len() - 1;
        logits = step(decoder, &[id], position, &mut cache, pacer, &mut |layer, x| {
            if layer == first_layer {
                pieces.push(x.clone());
            }
        })
        .await?;
    }
    let suffix = Suffix { start, hidden: Tensor::cat(pieces, 0), first_layer, cache: cache.truncate(start) };
    Ok(Generation { ids, statistics, stopped, suffix, prefill_ms, decode_ms: milliseconds(began) })
}

/// Feeds a given answer: the suffix of `prompt + response`, ready for the gradient pass.
///
/// # Errors
/// `aborted`, `device_lost`.
pub async fn teacher_force(
    decoder: &Decoder,
    prompt: &[u32],
    response: &[u32],
    start: usize,
    first_layer: usize,
    pacer: &Pacer<'_>,
    watch: &mut dyn Watch,
) -> Result<Suffix> {
    let layers = decoder.config.layers;
    let mut cache = Cache::new(layers);
    if start > 0 {
        let span = decoder.span(0, start);
        let x = decoder.embed(&prompt[..start]);
        let mut tap = |layer: usize, _: &Tensor<2>, _| watch.prefill(layer + 1, layers);
        decoder.forward(x, 0..layers, &span, &mut cache, pacer, &mut tap).await?;
    }
    // The last token of the answer is predicted, never fed.
    let inputs: Vec<u32> = prompt[start..].iter().chain(&response[..response.len() - 1]).copied().collect();
    let span = decoder.span(start, inputs.len());
    let before = cache.clone();
    let x = decoder.embed(&inputs);
    let hidden = decoder.forward(x, 0..first_layer, &span, &mut cache, pacer, &mut |_, _, _| ()).await?;
    Ok(Suffix { start, hidden, first_layer, cache: before })
}

/// Logits `[1, vocab]` after the last of `ids`, which stand at `start..`.
async fn step(
    decoder: &Decoder,
    ids: &[u32],
    start: usize,
    cache: &mut Cache,
    pacer: &Pacer<'_>,
    tap: &mut dyn FnMut(usize, &Tensor<2>),
) -> Result<Tensor<2>> {
    let span = decoder.span(start, ids.len());
    let x = decoder.embed(ids);
    let layers = 0..decoder.config.layers;
    let x = decoder.forward(x, layers, &span, cache, pacer, &mut |layer, x, _| tap(layer, x)).await?;
    let last = x.narrow(0, ids.len() - 1, 1);
    Ok(decoder.head().forward(decoder.final_norm().forward(last)))
}

/// Milliseconds since `began`.
pub fn milliseconds(began: Instant) -> f64 {
    began.elapsed().as_secs_f64() * 1e3
}
