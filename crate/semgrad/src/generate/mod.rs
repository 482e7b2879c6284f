//! Prefill and token-by-token decoding, leaving behind what the gradient needs.

pub mod batch;
pub mod sample;
pub mod statistics;
pub mod suffix;

use crate::control::Pacer;
use crate::error::Result;
use crate::model::cache::Cache;
use crate::model::check_finite;
use crate::model::decoder::Decoder;
use crate::model::tape::Tape;
use crate::ops::{Reading, cut_rows, token_statistics};
use burn::tensor::{Int, Tensor};
use sample::Sampler;
use statistics::{Distribution, TokenStatistics, summaries};
use std::collections::VecDeque;
use suffix::{Interest, Suffix};
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

/// Where a pass begins: positions that are cached already.
#[derive(Clone, Default)]
pub struct Session {
    /// Ids of the cached positions.
    pub ids: Vec<u32>,
    /// What layers remember of them.
    pub cache: Cache,
}

impl Session {
    /// What of it serves `prompt`, at most `limit` positions.
    fn reuse(self, prompt: &[u32], limit: usize, layers: usize) -> (usize, Cache) {
        let common = self.ids.iter().zip(prompt).take(limit).take_while(|(a, b)| a == b).count();
        // Not every layer can go back to any position.
        match self.cache.reach(common) {
            0 => (0, Cache::new(layers)),
            reach => (reach, self.cache.truncate(reach)),
        }
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

/// Answers `prompt`, beginning with what `session` has cached of it.
///
/// Greedy decoding stays on the device: a step takes the token that the step before it chose there, so that the next
/// [`in_flight`](crate::device::Device::in_flight) steps are queued while a token's statistics, 24 bytes, are on their way
/// to the host. A GPU then has no pause between two tokens, where it would otherwise wait for a token to come to the host
/// and for a step to be put together for it. The steps behind the last token of an answer that ends by itself run for
/// nothing: what they leave is cut off, and nobody waits for them.
///
/// # Errors
/// Those of [`Decoder::check_ids`], `aborted`, `device_lost`; `corrupt_weights` for logits that are no finite
/// numbers.
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
    decoder.check_ids(prompt)?;
    let (device, layers) = (&decoder.device, decoder.config.layers);
    // The last token is always run: its logits are needed. Without gradients there is one pass, else one up to the
    // suffix and one from there on, whose values are kept.
    let limit = if interest.gradients { interest.start } else { prompt.len() - 1 };
    let mut run = Run::new(decoder, session, prompt, limit, pacer);
    let runs = 1 + usize::from(interest.gradients && run.cached < interest.start);
    if runs == 2 {
        let before = device.ids(&prompt[run.cached..interest.start]);
        run.forward(before, &mut |layer, _, _| watch.prefill(layer + 1, 2 * layers)).await?;
    }
    let mut suffix = Suffix::new(&interest, run.cache.clone(), interest.gradients);
    let greedy = options.temperature <= 0.0;
    let (most, ahead) = (options.max_tokens.max(1), if greedy { device.in_flight } else { 0 });
    let any = device.ids(&[0]); // for statistics of the largest logit, whichever it is
    let mut sampler = Sampler::new(options.temperature, options.seed);
    let mut next = device.ids(&prompt[run.cached..]); // of the step to come
    let (mut begun, mut flight) = (0, VecDeque::new());
    let mut prefill_ms = 0.0;
    let (mut ids, mut statistics, mut stopped) = (Vec::new(), Vec::new(), false);
    loop {
        while flight.len() <= ahead && begun < most {
            let mut heard = |layer| {
                if begun == 0 {
                    watch.prefill((runs - 1) * layers + layer + 1, runs * layers);
                }
            };
            let logits = run.step(next.clone(), &mut suffix, interest.gradients, &mut heard).await?;
            let reading = if greedy {
                let (row, best) = token_statistics(logits.clone(), any.clone());
                next = best;
                Reading::begin(row)
            } else {
                Reading::begin(logits.clone())
            };
            flight.push_back((logits, reading));
            begun += 1;
        }
        let Some((logits, reading)) = flight.pop_front() else { break };
        let values = reading.end().await?;
        // The last steps may all have begun before an abort, which is to be heard between any two tokens.
        pacer.tick().await?;
        let (id, token) = if greedy {
            let row = summaries(&values)?[0];
            (row.best, row.best_statistics())
        } else {
            check_finite(&values, "logits")?;
            let distribution = Distribution::new(&values);
            let (id, _) = sampler.choose(&values);
            next = device.ids(&[id]);
            (id, distribution.statistics(&values, id))
        };
        if ids.is_empty() {
            // A GPU has only been told to run the prompt until something is read back.
            prefill_ms = milliseconds(began);
        }
        watch.token(ids.len(), id, &token);
        ids.push(id);
        statistics.push(token);
        stopped = options.stop_ids.contains(&id);
        let last = stopped || ids.len() == most;
        suffix.keep_logits(logits, last);
        if last {
            break;
        }
    }
    let decode_ms = milliseconds(began) - prefill_ms;
    let mut fed: Vec<u32> = prompt.iter().chain(&ids[..ids.len() - 1]).copied().collect();
    suffix.end(fed.len(), &run.cache);
    if run.cached > fed.len() {
        fed.truncate(run.cache.reach(fed.len()));
        run.cache = run.cache.truncate(fed.len());
    }
    let session = Session { ids: fed, cache: run.cache };
    Ok(Generation { ids, statistics, stopped, suffix, session, prefill_ms, decode_ms })
}

/// Logits `[1, vocab]` after `prompt`, beginning with what `session` has cached of it, and a session of the whole prompt.
///
/// # Errors
/// Those of [`Decoder::check_ids`], `aborted`, `device_lost`.
pub async fn prefill(
    decoder: &Decoder,
    session: Session,
    prompt: &[u32],
    pacer: &Pacer<'_>,
    tap: &mut dyn FnMut(usize, &Tensor<2>),
) -> Result<(Tensor<2>, Session)> {
    decoder.check_ids(prompt)?;
    let mut run = Run::new(decoder, session, prompt, prompt.len() - 1, pacer);
    let ids = decoder.device.ids(&prompt[run.cached..]);
    let top = run.forward(ids, &mut |layer, x, _| tap(layer, x)).await?;
    let last = top.dims()[0] - 1;
    let logits = decoder.logits(decoder.final_norm().forward(cut_rows(top, last, 1)));
    Ok((logits, Session { ids: prompt.to_vec(), cache: run.cache }))
}

/// Logits `[response, vocab]` that predict a given answer, in one pass.
///
/// # Errors
/// Those of [`Decoder::check_ids`], `aborted`, `device_lost`.
pub async fn forced_logits(
    decoder: &Decoder,
    session: Session,
    prompt: &[u32],
    response: &[u32],
    pacer: &Pacer<'_>,
) -> Result<Tensor<2>> {
    decoder.check_ids(prompt)?;
    decoder.check_ids(response)?;
    let mut run = Run::new(decoder, session, prompt, prompt.len() - 1, pacer);
    let inputs: Vec<u32> = prompt[run.cached..].iter().chain(&response[..response.len() - 1]).copied().collect();
    let top = run.forward(decoder.device.ids(&inputs), &mut |_, _, _| ()).await?;
    let first = top.dims()[0] - response.len();
    Ok(decoder.logits(decoder.final_norm().forward(cut_rows(top, first, response.len()))))
}

/// Feeds a given answer: the suffix of `prompt + response`, ready for the gradient pass, and a session of the prompt.
///
/// # Errors
/// Those of [`Decoder::check_ids`], `aborted`, `device_lost`.
pub async fn teacher_force(
    decoder: &Decoder,
    session: Session,
    prompt: &[u32],
    response: &[u32],
    interest: Interest,
    pacer: &Pacer<'_>,
    watch: &mut dyn Watch,
) -> Result<(Suffix, Session)> {
    decoder.check_ids(prompt)?;
    decoder.check_ids(response)?;
    let layers = decoder.config.layers;
    let Interest { start, first_layer, .. } = interest;
    let mut run = Run::new(decoder, session, prompt, start, pacer);
    if run.cached < start {
        let before = decoder.device.ids(&prompt[run.cached..start]);
        run.forward(before, &mut |layer, _, _| watch.prefill(layer + 1, layers)).await?;
    }
    // The last token of the answer is predicted, never fed.
    let inputs: Vec<u32> = prompt[start..].iter().chain(&response[..response.len() - 1]).copied().collect();
    let span = decoder.span(start, inputs.len());
    let mut suffix = Suffix::new(&interest, run.cache.clone(), false);
    let session = Session { ids: prompt[..start].to_vec(), cache: run.cache.clone() };
    let x = decoder.embed(&inputs);
    let hidden = decoder.forward(x, 0..first_layer, &span, &mut run.cache, pacer, &mut |_, _, _| ()).await?;
    suffix.hidden.push(hidden);
    Ok((suffix, session))
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

    /// Positions whose values may be kept; logits `[1, vocab]` after the last of them.
    async fn step(
        &mut self,
        ids: Tensor<1, Int>,
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
        let last = cut_rows(top.clone(), top.dims()[0] - 1, 1);
        suffix.keep_top(top);
        let decoder = self.decoder;
        Ok(decoder.logits(decoder.final_norm().forward(last)))
    }

    /// The next positions.
    async fn forward(
        &mut self,
        ids: Tensor<1, Int>,
        tap: &mut dyn FnMut(usize, &Tensor<2>, Tape),
    ) -> Result<Tensor<2>> {
        let decoder = self.decoder;
        let [tokens] = ids.dims();
        let span = decoder.span(self.cached, tokens);
        let layers = 0..decoder.config.layers;
        self.cached += tokens;
        decoder.forward(decoder.embed_chosen(ids), layers, &span, &mut self.cache, self.pacer, tap).await
    }
}

/// Milliseconds since `began`.
pub fn milliseconds(began: Instant) -> f64 {
    began.elapsed().as_secs_f64() * 1e3
}
