//! Prefill and token-by-token decoding, leaving behind what the gradient needs.

pub mod batch;
pub mod sample;
pub mod statistics;

use crate::control::Pacer;
use crate::error::{Error, Result};
use crate::kernels::cut_rows;
use crate::model::cache::Cache;
use crate::model::decoder::Decoder;
use crate::model::read;
use crate::model::tape::Tape;
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

/// Most floats of intermediate values kept for the backward pass while an answer is produced; beyond that the suffix runs
/// a second time, which is cheaper than half a gigabyte.
const KEEP: usize = 32 << 20;

/// The part of the sequence on which gradients are taken: from the first position of interest to the last input.
pub struct Suffix {
    /// Its first position.
    pub start: usize,
    /// The first layer whose input is of interest.
    pub first_layer: usize,
    /// Inputs of that layer at the suffix's positions, in runs `[positions, hidden]`.
    pub hidden: Vec<Tensor<2>>,
    /// Keys and values of the positions before it.
    pub cache: Cache,
    /// What its forward pass left behind, if that was not too much.
    pub kept: Option<Kept>,
}

/// The forward pass over the suffix, as far as it happened while the answer was produced.
#[derive(Default)]
pub struct Kept {
    /// By layer from the first one of interest, in runs of positions.
    pub tapes: Vec<Vec<Tape>>,
    /// Inputs of the final norm, in runs `[positions, hidden]`.
    pub tops: Vec<Tensor<2>>,
    /// Logits by token of the answer, `[1, vocab]` each.
    pub logits: Vec<Tensor<2>>,
    floats: usize,
}

/// Where a pass begins: positions that are cached already.
#[derive(Clone, Default)]
pub struct Session {
    /// Ids of the cached positions.
    pub ids: Vec<u32>,
    /// Their keys and values.
    pub cache: Cache,
}

impl Session {
    /// What of it serves `prompt`, at most `limit` positions.
    fn reuse(self, prompt: &[u32], limit: usize, layers: usize) -> (usize, Cache) {
        let common = self.ids.iter().zip(prompt).take(limit).take_while(|(a, b)| a == b).count();
        if common == 0 { (0, Cache::new(layers)) } else { (common, self.cache.truncate(common)) }
    }
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
    /// For the next request.
    pub session: Session,
    /// Time to the first token, ms.
    pub prefill_ms: f64,
    /// Time from there to the last one, ms.
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

/// What of the sequence later gradients are about.
#[derive(Clone, Copy, Debug)]
pub struct Interest {
    /// First position.
    pub start: usize,
    /// First layer.
    pub first_layer: usize,
    /// False when no gradient is wanted: then nothing is kept.
    pub gradients: bool,
}

/// Answers `prompt`, beginning with what `session` has cached of it.
///
/// # Errors
/// `aborted`, `device_lost`.
pub async fn generate(
    decoder: &Decoder,
    session: Session,
    prompt: &[u32],
    interest: Interest,
    options: &Options,
    pacer: &Pacer<'_>,
    watch: &mut dyn Watch,
) -> Result<Generation> {
    let began = Instant::now();
    // The last token is always run: its logits are needed. Without gradients there is one pass, else one up to the
    // suffix and one from there on, whose values are kept.
    let limit = if interest.gradients { interest.start } else { prompt.len() - 1 };
    let mut run = Run::new(decoder, session, prompt, limit, pacer);
    let runs = 1 + usize::from(interest.gradients && run.cached < interest.start);
    if runs == 2 {
        run.advance(&prompt[run.cached..interest.start], &mut |layer| {
            watch.prefill(layer + 1, 2 * decoder.config.layers)
        })
        .await?;
    }
    let mut suffix = Suffix {
        start: interest.start,
        first_layer: interest.first_layer,
        hidden: Vec::new(),
        cache: run.cache.clone(),
        kept: interest.gradients.then(Kept::default),
    };
    let skipped = (runs - 1) * decoder.config.layers;
    let mut heard = |layer| watch.prefill(skipped + layer + 1, runs * decoder.config.layers);
    let mut logits = run.step(&prompt[run.cached..], &mut suffix, interest.gradients, &mut heard).await?;
    let mut prefill_ms = 0.0;
    let mut sampler = Sampler::new(options.temperature, options.seed);
    let (mut ids, mut statistics, mut stopped) = (Vec::new(), Vec::new(), false);
    loop {
        let (id, token) = if options.temperature > 0.0 {
            let logits = read(logits.clone()).await?;
            if logits.iter().any(|z| z.is_nan()) {
                return Err(Error::internal("the model produced NaN logits."));
            }
            let distribution = Distribution::new(&logits);
            let id = sampler.choose(&logits, &distribution);
            (id, distribution.statistics(&logits, id))
        } else {
            // The largest logit is found on the device.
            let row = summarize(logits.clone(), &[0]).await?[0];
            (row.best, row.best_statistics())
        };
        if ids.is_empty() {
            // A GPU has only been told to run the prompt until something is read back.
            prefill_ms = milliseconds(began);
        }
        watch.token(ids.len(), id, &token);
        ids.push(id);
        statistics.push(token);
        suffix.keep_logits(logits);
        stopped = stopped || options.stop_ids.contains(&id);
        if stopped || ids.len() >= options.max_tokens {
            break;
        }
        logits = run.step(&[id], &mut suffix, interest.gradients, &mut |_| ()).await?;
    }
    let fed = prompt.iter().chain(&ids[..ids.len() - 1]).copied().collect();
    let session = Session { ids: fed, cache: run.cache };
    let decode_ms = milliseconds(began) - prefill_ms;
    Ok(Generation { ids, statistics, stopped, suffix, session, prefill_ms, decode_ms })
}

/// Logits `[1, vocab]` after `prompt`, beginning with what `session` has cached of it, and a session of the whole prompt.
///
/// # Errors
/// `aborted`, `device_lost`.
pub async fn prefill(
    decoder: &Decoder,
    session: Session,
    prompt: &[u32],
    pacer: &Pacer<'_>,
    tap: &mut dyn FnMut(usize, &Tensor<2>),
) -> Result<(Tensor<2>, Session)> {
    let mut run = Run::new(decoder, session, prompt, prompt.len() - 1, pacer);
    let top = run.forward(&prompt[run.cached..], &mut |layer, x, _| tap(layer, x)).await?;
    let last = top.dims()[0] - 1;
    let logits = decoder.head().forward(decoder.final_norm().forward(cut_rows(top, last, 1)));
    Ok((logits, Session { ids: prompt.to_vec(), cache: run.cache }))
}

/// Logits `[response, vocab]` that predict a given answer, in one pass.
///
/// # Errors
/// `aborted`, `device_lost`.
pub async fn forced_logits(
    decoder: &Decoder,
    session: Session,
    prompt: &[u32],
    response: &[u32],
    pacer: &Pacer<'_>,
) -> Result<Tensor<2>> {
    let mut run = Run::new(decoder, session, prompt, prompt.len() - 1, pacer);
    let inputs: Vec<u32> = prompt[run.cached..].iter().chain(&response[..response.len() - 1]).copied().collect();
    let top = run.forward(&inputs, &mut |_, _, _| ()).await?;
    let first = top.dims()[0] - response.len();
    Ok(decoder.head().forward(decoder.final_norm().forward(cut_rows(top, first, response.len()))))
}

/// Feeds a given answer: the suffix of `prompt + response`, ready for the gradient pass, and a session of the prompt.
///
/// # Errors
/// `aborted`, `device_lost`.
pub async fn teacher_force(
    decoder: &Decoder,
    session: Session,
    prompt: &[u32],
    response: &[u32],
    interest: Interest,
    pacer: &Pacer<'_>,
    watch: &mut dyn Watch,
) -> Result<(Suffix, Session)> {
    let layers = decoder.config.layers;
    let Interest { start, first_layer, .. } = interest;
    let mut run = Run::new(decoder, session, prompt, start, pacer);
    if run.cached < start {
        run.advance(&prompt[run.cached..start], &mut |layer| watch.prefill(layer + 1, layers)).await?;
    }
    // The last token of the answer is predicted, never fed.
    let inputs: Vec<u32> = prompt[start..].iter().chain(&response[..response.len() - 1]).copied().collect();
    let span = decoder.span(start, inputs.len());
    let cache = run.cache.clone();
    let x = decoder.embed(&inputs);
    let hidden = decoder.forward(x, 0..first_layer, &span, &mut run.cache, pacer, &mut |_, _, _| ()).await?;
    let session = Session { ids: prompt[..start].to_vec(), cache: cache.clone() };
    Ok((Suffix { start, first_layer, hidden: vec![hidden], cache, kept: None }, session))
}

impl Suffix {
    /// Takes what one run left behind, unless that is too much in all.
    fn keep(&mut self, layer: usize, x: &Tensor<2>, tape: Tape) {
        if layer < self.first_layer {
            return;
        }
        if layer == self.first_layer {
            self.hidden.push(x.clone());
        }
        let index = layer - self.first_layer;
        if let Some(kept) = &mut self.kept {
            kept.floats += tape.floats();
            kept.tapes.resize_with(kept.tapes.len().max(index + 1), Vec::new);
            // Each token's keys and values are a longer copy: without this, all lengths would stay in memory.
            kept.tapes[index].iter_mut().for_each(|before| before.adopt_keys(&tape));
            kept.tapes[index].push(tape);
        }
        self.limit();
    }

    fn keep_top(&mut self, top: Tensor<2>) {
        if let Some(kept) = &mut self.kept {
            kept.tops.push(top);
        }
    }

    fn keep_logits(&mut self, logits: Tensor<2>) {
        if let Some(kept) = &mut self.kept {
            kept.floats += logits.shape().num_elements();
            kept.logits.push(logits);
        }
        self.limit();
    }

    fn limit(&mut self) {
        if self.kept.as_ref().is_some_and(|kept| kept.floats > KEEP) {
            self.kept = None;
        }
    }
}

/// A sequence on its way through the decoder.
struct Run<'a> {
    decoder: &'a Decoder,
    pacer: &'a Pacer<'a>,
    cached: usize,
    cache: Cache,
}

impl<'a> Run<'a> {
    fn new(decoder: &'a Decoder, session: Session, prompt: &[u32], limit: usize, pacer: &'a Pacer<'a>) -> Self {
        let (cached, cache) = session.reuse(prompt, limit, decoder.config.layers);
        Self { decoder, pacer, cached, cache }
    }

    /// Positions that only later ones look at.
    async fn advance(&mut self, ids: &[u32], heard: &mut dyn FnMut(usize)) -> Result<()> {
        self.forward(ids, &mut |layer, _, _| heard(layer)).await.map(|_| ())
    }

    /// Positions whose values may be kept; logits `[1, vocab]` after the last of them.
    async fn step(
        &mut self,
        ids: &[u32],
        suffix: &mut Suffix,
        keep: bool,
        heard: &mut dyn FnMut(usize),
    ) -> Result<Tensor<2>> {
        let top = self
            .forward(ids, &mut |layer, x, tape| {
                heard(layer);
                if keep {
                    suffix.keep(layer, x, tape);
                }
            })
            .await?;
        let last = cut_rows(top.clone(), ids.len() - 1, 1);
        suffix.keep_top(top);
        let decoder = self.decoder;
        Ok(decoder.head().forward(decoder.final_norm().forward(last)))
    }

    async fn forward(&mut self, ids: &[u32], tap: &mut dyn FnMut(usize, &Tensor<2>, Tape)) -> Result<Tensor<2>> {
        let decoder = self.decoder;
        let span = decoder.span(self.cached, ids.len());
        let layers = 0..decoder.config.layers;
        self.cached += ids.len();
        decoder.forward(decoder.embed(ids), layers, &span, &mut self.cache, self.pacer, tap).await
    }
}

/// Milliseconds since `began`.
pub fn milliseconds(began: Instant) -> f64 {
    began.elapsed().as_secs_f64() * 1e3
}
