//! The third step: samples, other answers to the same prompt.

use super::model::Model;
use super::plan::Plan;
use crate::control::Pacer;
use crate::error::Result;
use crate::generate::batch::{Notes, Sample, sample};
use crate::generate::{Options, milliseconds};
use crate::methods::{Need, eigenscore};
use semgrad_scores::evidence::observed::{Matrix, SampleEvidence};
use web_time::Instant;

/// Drawn answers.
#[derive(Default)]
pub struct Drawn {
    /// As they were drawn.
    pub samples: Vec<Sample>,
    /// Their texts; `None` without a tokenizer.
    pub texts: Vec<Option<String>>,
    /// Time it took, ms; `None` where there was nothing to draw.
    pub ms: Option<f64>,
}

/// Draws as many as are planned.
///
/// # Errors
/// `aborted`, `device_lost`, `corrupt_weights`.
pub async fn draw(model: &Model, plan: &Plan<'_>, pacer: &Pacer<'_>) -> Result<Drawn> {
    if plan.samples == 0 {
        return Ok(Drawn::default());
    }
    let (decoder, request) = (&model.decoder, plan.request);
    let began = Instant::now();
    let options = Options {
        max_tokens: plan.max_tokens,
        temperature: request.temperature.unwrap_or(1.0),
        seed: request.seed.unwrap_or(0),
        stop_ids: plan.stop_ids.clone(),
    };
    let notes = Notes {
        sharp: plan.needs(Need::SharpLogprobs),
        layer: plan.needs(Need::Covariance).then_some(decoder.config.layers.div_ceil(2)),
    };
    let session = model.session.borrow().clone();
    let samples = sample(decoder, session, &plan.prompt.ids, plan.samples, &options, notes, pacer).await?;
    let ms = Some(milliseconds(began));
    let text = |s: &Sample| model.text.as_ref().map(|text| text.decode(&s.ids, true)).transpose();
    let texts = samples.iter().map(text).collect::<Result<_>>()?;
    Ok(Drawn { samples, texts, ms })
}

impl Drawn {
    /// The samples as methods see them.
    pub fn evidence(&self) -> Vec<SampleEvidence> {
        let one = |(sample, text): (&Sample, &Option<String>)| SampleEvidence {
            text: text.clone(),
            logprob: sample.logprob.clone(),
            sharp_logprob: sample.sharp_logprob,
            relevance: None,
        };
        self.samples.iter().zip(&self.texts).map(one).collect()
    }

    /// How their hidden states vary, where these were noted.
    pub fn covariance(&self) -> Option<Matrix> {
        let states: Option<Vec<_>> = self.samples.iter().map(|sample| sample.state.clone()).collect();
        states.filter(|states| !states.is_empty()).map(|states| eigenscore::covariance(&states))
    }
}
