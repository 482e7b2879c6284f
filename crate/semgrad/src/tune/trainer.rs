//! The loop: one batch, one step.

use super::adamw::Trained;
use super::boundary::{self, Boundaries, Boundary};
use super::cost;
use super::divergence::divergence;
use super::example::Example;
use super::initial::{derived, first_values};
use super::sink::{self, Sink};
use crate::adapter::{self, About, Adapter, Pair};
use crate::control::Pacer;
use crate::error::{Code, Error, Result};
use crate::evidence::loss::Loss;
use crate::evidence::pass::Pass;
use crate::generate::suffix::Suffix;
use crate::model::decoder::Decoder;
use crate::model::low_rank::{Changes, Dropout, LowRank};
use crate::model::overflow;
use crate::ops;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use semgrad_scores::abstain::training::{Options, Step};
use semgrad_scores::statistics::folds::shuffle;
use std::collections::BTreeMap;

/// The numbers of one layer's change.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Layer {
    /// a `[rank, inputs]`.
    pub a: Trained,
    /// b `[outputs, rank]`.
    pub b: Trained,
    pub inputs: usize,
    pub outputs: usize,
}

/// Trains one adapter.
pub struct Trainer {
    pub(super) options: Options,
    pub(super) examples: Vec<Example>,
    /// By the layer's name.
    pub(super) layers: BTreeMap<String, Layer>,
    /// Steps that were taken.
    pub(super) step: usize,
    /// The lowest layer that is changed.
    first: usize,
    boundaries: Boundaries,
}

/// What a batch says, before anything is learned from it.
#[derive(Clone, Debug, PartialEq)]
pub struct Gathered {
    /// Mean −ln p over its target tokens.
    pub loss: f64,
    /// Mean KL(before ‖ after) over its replayed tokens; `None` without any.
    pub divergence: Option<f64>,
    /// What is made smaller: the loss, and the weighted divergence per target token.
    pub objective: f64,
    /// Tokens that went through the model.
    pub tokens: usize,
    /// Gradient of the objective, by layer: of a `[rank, inputs]` and of b `[outputs, rank]`.
    pub gradients: BTreeMap<String, [Vec<f32>; 2]>,
}

impl Trainer {
    /// Nothing learned yet.
    ///
    /// # Errors
    /// `bad_input` for options that make no sense, no examples or one without a prompt or target, and for a part that no
    /// layer has; `context_exceeded`; those of [`Decoder::check_ids`]; `self_test_failed`.
    pub async fn new(decoder: &Decoder, examples: Vec<Example>, options: Options) -> Result<Self> {
        options.check(decoder.config.layers, decoder.config.hidden)?;
        check(&examples, decoder)?;
        let range = options.range(decoder.config.layers);
        let mut layers = BTreeMap::new();
        for part in &options.parts {
            let before = layers.len();
            for linear in range.clone().flat_map(|layer| decoder.linears(layer)) {
                if linear.name.rsplit('.').next() != Some(part) {
                    continue;
                }
                let (inputs, outputs) = (linear.weight.cols(), linear.weight.rows());
                let a = Trained::new(first_values(&linear.name, options.rank, inputs, options.seed));
                let b = Trained::new(vec![0.0; outputs * options.rank]);
                layers.insert(linear.name.clone(), Layer { a, b, inputs, outputs });
            }
            if layers.len() == before {
                let mut all = Vec::new();
                for linear in range.clone().flat_map(|layer| decoder.linears(layer)) {
                    let name = linear.name.rsplit('.').next().unwrap_or_default();
                    all.extend(Some(name).filter(|name| !all.contains(name)));
                }
                return Err(Error::new(
                    Code::BadInput,
                    format!("no linear layer is called {part:?}, or it is named twice"),
                    format!("Name some of {}.", all.join(", ")),
                ));
            }
        }
        decoder.device.test_training().await?;
        let boundaries = Boundaries::new(examples.len());
        Ok(Self { first: range.start, options, examples, layers, step: 0, boundaries })
    }

    /// Steps in all.
    pub fn steps(&self) -> usize {
        self.options.epochs(self.examples.len()) * self.batches()
    }

    /// Steps of an epoch.
    pub fn batches(&self) -> usize {
        self.examples.len().div_ceil(self.options.batch(self.examples.len()))
    }

    /// Steps that were taken.
    pub fn taken(&self) -> usize {
        self.step
    }

    /// Begins with what was learned before, for a further round: an adapter of the same layers and rank.
    ///
    /// # Errors
    /// `bad_input` for another one.
    pub fn begin_with(&mut self, adapter: &Adapter) -> Result<()> {
        let scale = scale(&self.options);
        let fits = |(name, layer): (&String, &Layer)| {
            let pair = adapter.pairs.get(name)?;
            let shape = (pair.rank, pair.inputs, pair.outputs) == (self.options.rank, layer.inputs, layer.outputs);
            (shape && (pair.scale - scale).abs() <= 1e-6 * scale).then_some(())
        };
        if adapter.pairs.len() != self.layers.len() || self.layers.iter().any(|layer| fits(layer).is_none()) {
            return Err(Error::new(
                Code::BadInput,
                "the adapter to begin with changes other layers, or has another rank or alpha",
                "Train with its options, or begin without it.",
            ));
        }
        for (name, layer) in &mut self.layers {
            let Some(pair) = adapter.pairs.get(name) else { continue };
            (layer.a, layer.b) = (Trained::new(pair.a.clone()), Trained::new(pair.b.clone()));
        }
        Ok(())
    }

    /// Most bytes that the training is going to hold besides the model, about.
    pub fn bytes(&self, decoder: &Decoder) -> u64 {
        let trained = self.layers.values().map(|layer| layer.a.values.len() + layer.b.values.len()).sum();
        cost::bytes(&decoder.config, &self.options, &self.examples, trained, boundary::KEEP)
    }

    /// Products of a number with a weight in one epoch, the states at the lowest changed layer being there.
    pub fn products(&self, decoder: &Decoder) -> u64 {
        let layers = self.options.range(decoder.config.layers);
        let of = |example| cost::products(&decoder.config, layers.clone(), example);
        self.examples.iter().map(of).sum()
    }

    /// One step; `None` after the last one. The adapter in use is left as it was, also where this fails or is dropped.
    ///
    /// # Errors
    /// `aborted`, and the step is not taken; `device_lost`; `corrupt_weights` where numbers overflow.
    pub async fn step(&mut self, decoder: &Decoder, pacer: &Pacer<'_>) -> Result<Option<Step>> {
        if self.step >= self.steps() {
            return Ok(None);
        }
        let Gathered { loss, divergence, tokens, gradients, .. } = self.gradients(decoder, pacer).await?;
        let gradient = self.apply(&gradients)?;
        self.step += 1;
        Ok(Some(Step { step: self.step, steps: self.steps(), loss, divergence, gradient, tokens }))
    }

    /// What the next step is made of.
    ///
    /// # Errors
    /// As [`Trainer::step`].
    pub async fn gradients(&mut self, decoder: &Decoder, pacer: &Pacer<'_>) -> Result<Gathered> {
        let batch = self.batch(self.step);
        let aside = Aside::new(decoder);
        let mut boundaries = Vec::new();
        for &index in &batch {
            let example = &self.examples[index];
            boundaries.push(self.boundaries.get(index, example, self.first, decoder, pacer).await?);
        }
        let changes = self.changes(decoder)?;
        let total: usize = batch.iter().map(|&index| self.examples[index].target.len()).sum();
        let mut sums = BTreeMap::new();
        let (mut loss, mut distance, mut replayed, mut tokens) = (0.0, 0.0, 0, 0);
        for (&index, boundary) in batch.iter().zip(boundaries) {
            let example = &self.examples[index];
            let changes = self.with_dropout(&changes, index);
            decoder.exchange(changes.clone());
            let share = example.target.len() as f64 / total as f64;
            let mut sink = Sink::new(&changes, &mut sums);
            let run = self.example(decoder, example, boundary, share, &mut sink, pacer).await?;
            loss += share * run.loss;
            tokens += run.tokens;
            if let Some(of) = run.divergence {
                distance += of * example.target.len() as f64;
                replayed += example.target.len();
            }
        }
        drop(aside);
        let gradients = sink::read(sums, scale(&self.options)).await?;
        let objective = loss + self.options.kl * distance / total as f64;
        let divergence = (replayed > 0).then(|| distance / replayed as f64);
        Ok(Gathered { loss, divergence, objective, tokens, gradients })
    }

    /// Mean −ln p of the targets' tokens of `examples`, with what was learned so far.
    ///
    /// # Errors
    /// As [`Trainer::step`]; those of [`Trainer::new`] about examples.
    pub async fn loss(&self, decoder: &Decoder, examples: &[Example], pacer: &Pacer<'_>) -> Result<f64> {
        check(examples, decoder)?;
        let _aside = Aside::new(decoder);
        decoder.exchange(self.changes(decoder)?);
        let (mut sum, mut tokens) = (0.0, 0);
        for Example { prompt, target, .. } in examples {
            let ids: Vec<u32> = prompt.iter().chain(&target[..target.len() - 1]).copied().collect();
            let suffix = Suffix::whole(decoder.embed(&ids), 0, decoder.config.layers);
            let pass = Pass::run(decoder, suffix, prompt.len(), target, pacer).await?;
            sum -= pass.statistics().iter().map(|token| token.logprob).sum::<f64>();
            tokens += target.len();
        }
        Ok(sum / tokens as f64)
    }

    /// What was learned so far.
    pub fn adapter(&self, base: Option<String>) -> Adapter {
        let Options { rank, alpha, dropout, .. } = self.options;
        let mut pairs = BTreeMap::new();
        for (name, Layer { a, b, inputs, outputs }) in &self.layers {
            let (a, b) = (a.values.clone(), b.values.clone());
            let pair = Pair { rank, inputs: *inputs, outputs: *outputs, scale: scale(&self.options), a, b };
            pairs.insert(name.clone(), pair);
        }
        Adapter { pairs, about: About { base, alpha, rank, dropout, ..About::default() } }
    }

    /// Examples of a step: every epoch has all of them once, in an order of its own.
    fn batch(&self, step: usize) -> Vec<usize> {
        let (epoch, batch) = (step / self.batches(), step % self.batches());
        let mut order: Vec<usize> = (0..self.examples.len()).collect();
        let seed = derived(self.options.seed, &format!("order {epoch}"));
        shuffle(&mut order, &mut ChaCha8Rng::seed_from_u64(seed));
        order.chunks(self.options.batch(order.len())).nth(batch).unwrap_or_default().to_vec()
    }

    /// What was learned so far, on the device.
    fn changes(&self, decoder: &Decoder) -> Result<Changes> {
        let (rank, scale) = (self.options.rank, scale(&self.options));
        let mut changes = Changes::new();
        for (name, Layer { a, b, .. }) in &self.layers {
            changes.insert(name.clone(), LowRank::new(&a.values, &b.values, rank, scale, &decoder.device)?);
        }
        Ok(changes)
    }

    /// The same where each layer leaves some inputs of this example out, in this step.
    fn with_dropout(&self, changes: &Changes, index: usize) -> Changes {
        let rate = self.options.dropout as f32;
        let mut seeded = changes.clone();
        for (name, change) in &mut seeded {
            let purpose = format!("dropout {} {index} {name}", self.step);
            let seed = derived(self.options.seed, &purpose) as u32; // its lower half
            *change = change.clone().with_dropout(Dropout { seed, rate });
        }
        seeded
    }

    /// Forward and backward through one example, whose tokens are `share` of the batch's.
    async fn example(
        &self,
        decoder: &Decoder,
        example: &Example,
        boundary: Boundary,
        share: f64,
        sink: &mut Sink<'_>,
        pacer: &Pacer<'_>,
    ) -> Result<Run> {
        let Example { prompt, target, .. } = example;
        let suffix = Suffix::whole(boundary.hidden, self.first, decoder.config.layers);
        let pass = Pass::run(decoder, suffix, prompt.len(), target, pacer).await?;
        let all = 0..target.len();
        let mut d = pass.d_logits(&Loss::nll(all.clone()));
        let mut moved = None;
        if let Some(top) = boundary.top.filter(|_| self.options.kl > 0.0) {
            let before = ops::read(decoder.logits(top)).await?;
            let (value, mut gradient) = divergence(&before, &ops::read(pass.logits()).await?, decoder.head().rows());
            gradient.iter_mut().for_each(|g| *g *= self.options.kl as f32);
            d = ops::add(d.clone(), ops::upload(gradient, d.dims(), &decoder.device.burn));
            moved = Some(value);
        }
        let d = ops::scale(d, share as f32);
        pass.descend(d, &all, self.first, pacer, sink, &mut |_| ()).await?;
        let loss = -pass.statistics().iter().map(|token| token.logprob).sum::<f64>() / target.len() as f64;
        Ok(Run { loss, divergence: moved, tokens: prompt.len() + target.len() - 1 })
    }

    /// Takes the step, and gives the gradient's length.
    fn apply(&mut self, gradients: &BTreeMap<String, [Vec<f32>; 2]>) -> Result<f64> {
        let all = gradients.values().flatten().flatten();
        let length = all.map(|&g| f64::from(g).powi(2)).sum::<f64>().sqrt();
        if !length.is_finite() {
            return Err(overflow("gradients"));
        }
        let Options { clip, weight_decay, .. } = self.options;
        let factor = if clip > 0.0 && length > clip { (clip / length) as f32 } else { 1.0 };
        let (number, rate) = (self.step + 1, self.options.rate(self.step, self.steps()));
        for (name, [a, b]) in gradients {
            let Some(layer) = self.layers.get_mut(name) else { continue };
            for (trained, gradient) in [(&mut layer.a, a), (&mut layer.b, b)] {
                let gradient: Vec<f32> = gradient.iter().map(|g| g * factor).collect();
                trained.step(&gradient, number, rate, weight_decay);
            }
        }
        Ok(length)
    }
}

/// What one example gave.
struct Run {
    loss: f64,
    divergence: Option<f64>,
    tokens: usize,
}

/// The adapter in use, put aside; it comes back when this is dropped.
struct Aside<'a> {
    decoder: &'a Decoder,
    before: Changes,
}

impl<'a> Aside<'a> {
    fn new(decoder: &'a Decoder) -> Self {
        Self { decoder, before: decoder.exchange(Changes::new()) }
    }
}

impl Drop for Aside<'_> {
    fn drop(&mut self) {
        self.decoder.exchange(std::mem::take(&mut self.before));
    }
}

/// What changes are multiplied by.
fn scale(options: &Options) -> f32 {
    adapter::scale(options.alpha, options.rank)
}

fn check(examples: &[Example], decoder: &Decoder) -> Result<()> {
    if examples.is_empty() {
        return Err(Error::new(Code::BadInput, "there are no examples to learn from", "Give some questions."));
    }
    for Example { prompt, target, .. } in examples {
        decoder.check_ids(prompt)?;
        decoder.check_ids(target)?;
        let (tokens, most) = (prompt.len() + target.len(), decoder.config.context);
        if tokens > most {
            return Err(Error::new(
                Code::ContextExceeded,
                format!("an example has {tokens} tokens, and the model takes {most}"),
                "Leave long questions out.",
            ));
        }
    }
    Ok(())
}
