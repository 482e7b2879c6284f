//! What a step of training costs against the prompt's own speed, and what an adapter costs in decoding.

use crate::median::median;
use crate::stop::Stop;
use semgrad::answer::record::Request;
use semgrad::answer::{Model, Unobserved};
use semgrad::control::{Pacer, Uninterrupted};
use semgrad::generate::{Session, prefill};
use semgrad::tune::{Example, Kind, Options, Trainer, forward_products};
use semgrad::{Code, Error};
use serde::Serialize;
use std::time::Instant;

/// Tokens of a training example, and how many of them are the target.
const TOKENS: usize = 64;
const TARGET: usize = 14;
/// Examples of a step.
const BATCH: usize = 8;
/// Tokens that are decoded with an adapter and without.
const DECODED: usize = 64;

/// Medians; times in ms.
#[derive(Clone, Debug, Serialize)]
pub struct Trained {
    /// A prompt as long as an example.
    prefill: f64,
    /// Products of a number with a weight, a second, in the prompt.
    products_a_second: f64,
    /// A step of one batch of examples, the states at its lowest layer being there.
    step: f64,
    /// Its products.
    products: u64,
    /// Time of a step ÷ what its products take at the prompt's speed.
    step_ratio: f64,
    /// Time of a token with the adapter ÷ without, in turn.
    decode_ratio: f64,
}

/// Measures `reps` times.
pub fn measure(model: &Model, reps: u32) -> Result<Trained, Stop> {
    let (decoder, pacer) = (&model.decoder, Pacer::new(&Uninterrupted));
    let config = &decoder.config;
    let most = decoder.head().rows() as u32;
    // Any ids: nothing here depends on what they say.
    let ids = |first: u32, count: usize| (0..count as u32).map(|i| (first + 37 * i) % most).collect::<Vec<_>>();
    let example = |i: u32| Example {
        prompt: ids(100 * i, TOKENS - TARGET + 1),
        target: ids(100 * i + 51, TARGET),
        kind: Kind::Own,
    };
    let examples: Vec<_> = (0..BATCH as u32).map(example).collect();
    let options = Options { epochs: Some(reps as usize + 1), batch: Some(BATCH), ..Options::default() };
    let work = async {
        let mut trainer = Trainer::new(decoder, examples, options).await?;
        // The states at the lowest changed layer are computed in the first epoch.
        trainer.step(decoder, &pacer).await?;
        let (mut prompts, mut steps, mut tokens) = (Vec::new(), Vec::new(), [Vec::new(), Vec::new()]);
        for rep in 0..reps {
            let began = Instant::now();
            let prompt = ids(1000 * rep, TOKENS);
            let (logits, _) = prefill(decoder, Session::default(), &prompt, &pacer, &mut |_, _| ()).await?;
            semgrad::ops::read(logits).await?;
            prompts.push(milliseconds(began));
            let began = Instant::now();
            trainer.step(decoder, &pacer).await?;
            steps.push(milliseconds(began));
            for (adapter, tokens) in [None, Some(trainer.adapter(None))].iter().zip(&mut tokens) {
                model.use_adapter(adapter.as_ref(), None)?;
                tokens.push(decode(model, &pacer).await?);
            }
            model.use_adapter(None, None)?;
        }
        let products = trainer.products(decoder);
        Ok((products, median(prompts), median(steps), tokens.map(median)))
    };
    let (products, prefill, step, [without, with]) = pollster::block_on(work).map_err(Stop::Failed)?;
    let products_a_second = forward_products(config, 0..config.layers, TOKENS, 1) as f64 * 1e3 / prefill;
    let step_ratio = step / (products as f64 * 1e3 / products_a_second);
    Ok(Trained { prefill, products_a_second, step, products, step_ratio, decode_ratio: with / without })
}

/// Time of a token, ms.
async fn decode(model: &Model, pacer: &Pacer<'_>) -> semgrad::Result<f64> {
    let request = Request {
        prompt_ids: Some((5..25).collect()),
        max_tokens: Some(DECODED),
        methods: Some(Vec::new()),
        ..Request::default()
    };
    let record = model.run(&request, pacer, &mut Unobserved).await?;
    match record.response_ids.len() {
        0 | 1 => Err(Error::new(Code::BadInput, "the model ends at once", "Take another model.")),
        tokens => Ok(record.ms.decode / (tokens - 1) as f64),
    }
}

fn milliseconds(began: Instant) -> f64 {
    began.elapsed().as_secs_f64() * 1e3
}

impl Trained {
    /// For people.
    pub fn print(&self) {
        let Self { prefill, products_a_second, step, step_ratio, decode_ratio, .. } = self;
        say_line!("{TOKENS} tokens: {prefill:.0} ms, {:.1} G products/s", products_a_second / 1e9);
        say_line!("training step: {step:.0} ms, {step_ratio:.2} × its products at that speed");
        say_line!("decoding with an adapter: {decode_ratio:.2} × without");
    }
}
