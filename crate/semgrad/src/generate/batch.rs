//! Several answers to one prompt, decoded side by side: each step unpacks the weights once for all of them.

use super::sample::Sampler;
use super::statistics::sharp_logprob;
use super::{Options, Session, prefill};
use crate::control::Pacer;
use crate::error::Result;
use crate::model::check_finite;
use crate::model::decoder::Decoder;
use crate::ops::{cut_rows, read};
use burn::tensor::Tensor;

/// What is noted about samples besides their tokens.
#[derive(Clone, Copy, Debug, Default)]
pub struct Notes {
    /// Log-probabilities at a low temperature.
    pub sharp: bool,
    /// A layer whose input is kept of the last token but one (EigenScore's sentence vector).
    pub layer: Option<usize>,
}

/// One sampled answer.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    /// Its ids, the stop id included.
    pub ids: Vec<u32>,
    /// Log-probability of each id under the model's distribution at temperature 1, whatever temperature drew it.
    pub logprob: Vec<f64>,
    /// True when it ended by itself.
    pub finished: bool,
    /// Mean log-probability of its ids at temperature 0.1, if noted.
    pub sharp_logprob: Option<f64>,
    /// Hidden state where the last token but one is predicted, `[hidden]`, if noted; of one token, where that is.
    pub state: Option<Vec<f32>>,
}

/// Draws `count` answers to `prompt`, beginning with what `session` has cached of it. The same seed gives the same answers.
/// Each sequence keeps its own copy of the keys and values, the prompt's included.
///
/// # Errors
/// `aborted`, `device_lost`, `corrupt_weights` for logits that are no finite numbers.
pub async fn sample(
    decoder: &Decoder,
    session: Session,
    prompt: &[u32],
    count: usize,
    options: &Options,
    notes: Notes,
    pacer: &Pacer<'_>,
) -> Result<Vec<Sample>> {
    let mut states = States { layer: notes.layer, step: None, kept: vec![[None, None]; count] };
    let (first, session) = prefill(decoder, session, prompt, pacer, &mut |layer, x| states.tap(layer, x)).await?;
    let first = read(first).await?;
    // All begin at the prompt's last position.
    states.keep(&(0..count).map(|sample| (sample, usize::MAX)).collect::<Vec<_>>());

    let mut sampler = Sampler::new(options.temperature, options.seed);
    let mut samples = vec![Sample::default(); count];
    let mut alive: Vec<usize> = (0..count).collect();
    let mut caches = vec![session.cache; count];
    let mut logits = first.repeat(count); // [alive, vocab]
    let vocab = decoder.head().rows();
    loop {
        check_finite(&logits, "logits")?;
        for (row, &i) in logits.chunks_exact(vocab).zip(&alive) {
            let (id, logprob) = sampler.choose(row);
            let sample = &mut samples[i];
            sample.ids.push(id);
            sample.logprob.push(logprob);
            sample.finished = options.stop_ids.contains(&id);
            if notes.sharp {
                *sample.sharp_logprob.get_or_insert_default() += sharp_logprob(row, id);
            }
        }
        let goes_on = |sample: &Sample| !sample.finished && sample.ids.len() < options.max_tokens;
        let mut keep = alive.iter().map(|&i| goes_on(&samples[i]));
        // `alive` and `caches` are of one length, and each closure is asked once per element.
        caches.retain(|_| keep.next().unwrap_or(false));
        alive.retain(|&i| goes_on(&samples[i]));
        let Some(&any) = alive.first() else { break };
        let ids: Vec<u32> = alive.iter().filter_map(|&i| samples[i].ids.last().copied()).collect();
        let position = prompt.len() - 1 + samples[any].ids.len();
        let mut tap = |layer: usize, x: &Tensor<2>| states.tap(layer, x);
        let top = decoder.forward_batch(decoder.embed(&ids), position, &mut caches, pacer, &mut tap).await?;
        logits = read(decoder.logits(decoder.final_norm().forward(top))).await?;
        states.keep(&alive.iter().copied().zip(0..).collect::<Vec<_>>());
    }
    for (sample, [before, last]) in samples.iter_mut().zip(states.kept) {
        let tokens = sample.ids.len() as f64;
        sample.sharp_logprob = sample.sharp_logprob.map(|sum| sum / tokens);
        if let Some((step, row)) = before.or(last) {
            let row = row.min(step.dims()[0] - 1);
            sample.state = Some(read(cut_rows(step, row, 1)).await?);
        }
    }
    Ok(samples)
}

/// A step's hidden states and the row of a sequence in them.
type Place = (Tensor<2>, usize);

/// Hidden states of each sequence's last two steps.
struct States {
    layer: Option<usize>,
    step: Option<Tensor<2>>,
    kept: Vec<[Option<Place>; 2]>,
}

impl States {
    fn tap(&mut self, layer: usize, x: &Tensor<2>) {
        if self.layer == Some(layer) {
            self.step = Some(x.clone());
        }
    }

    /// The step that was tapped belongs to these sequences, in these rows; a row beyond the last stands for the last.
    fn keep(&mut self, rows: &[(usize, usize)]) {
        let Some(step) = self.step.take() else { return };
        for &(sequence, row) in rows {
            let [before, last] = &mut self.kept[sequence];
            *before = last.take();
            *last = Some((step.clone(), row));
        }
    }
}
