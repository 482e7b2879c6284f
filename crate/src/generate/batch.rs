//! Several answers to one prompt, decoded side by side: each step unpacks the weights once for all of them.

use super::sample::Sampler;
use super::statistics::Distribution;
use super::{Options, Run, Session};
use crate::control::Pacer;
use crate::error::Result;
use crate::model::decoder::Decoder;
use crate::model::read;

/// One sampled answer.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    /// Its ids, the stop id included.
    pub ids: Vec<u32>,
    /// Log-probability of each id under the model's distribution at temperature 1, whatever temperature drew it.
    pub logprob: Vec<f64>,
    /// True when it ended by itself.
    pub finished: bool,
}

/// Draws `count` answers to `prompt`, beginning with what `session` has cached of it. The same seed gives the same answers.
/// Each sequence keeps its own copy of the keys and values, the prompt's included.
///
/// # Errors
/// `aborted`, `device_lost`.
pub async fn sample(
    decoder: &Decoder,
    session: Session,
    prompt: &[u32],
    count: usize,
    options: &Options,
    pacer: &Pacer<'_>,
) -> Result<Vec<Sample>> {
    let last = prompt.len() - 1;
    let mut run = Run::new(decoder, session, prompt, last, pacer);
    let top = run.forward(&prompt[run.cached..], &mut |_, _, _| ()).await?;
    let rows = top.dims()[0];
    let top = top.narrow(0, rows - 1, 1);
    let first = read(decoder.head().forward(decoder.final_norm().forward(top))).await?;

    let mut sampler = Sampler::new(options.temperature, options.seed);
    let mut samples = vec![Sample::default(); count];
    let mut alive: Vec<usize> = (0..count).collect();
    let mut caches = vec![run.cache; count];
    let mut logits = first.repeat(count); // [alive, vocab]
    let vocab = decoder.head().rows();
    loop {
        for (row, &i) in logits.chunks_exact(vocab).zip(&alive) {
            let distribution = Distribution::new(row);
            let id = sampler.choose(row, &distribution);
            samples[i].ids.push(id);
            samples[i].logprob.push(distribution.statistics(row, id).logprob);
            samples[i].finished = options.stop_ids.contains(&id);
        }
        let goes_on = |sample: &Sample| !sample.finished && sample.ids.len() < options.max_tokens;
        let mut keep = alive.iter().map(|&i| goes_on(&samples[i]));
        // `alive` and `caches` are of one length, and each closure is asked once per element.
        caches.retain(|_| keep.next().unwrap_or(false));
        alive.retain(|&i| goes_on(&samples[i]));
        let Some(&any) = alive.first() else { return Ok(samples) };
        let ids: Vec<u32> = alive.iter().filter_map(|&i| samples[i].ids.last().copied()).collect();
        let position = last + samples[any].ids.len();
        let top = decoder.forward_batch(decoder.embed(&ids), position, &mut caches, pacer).await?;
        logits = read(decoder.head().forward(decoder.final_norm().forward(top))).await?;
    }
}
