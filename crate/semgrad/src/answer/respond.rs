//! The second step: the answer, which the model writes or which was given, and the suffix behind it.

use super::model::Model;
use super::observer::Observer;
use super::plan::Plan;
use crate::control::Pacer;
use crate::error::Result;
use crate::generate::statistics::TokenStatistics;
use crate::generate::suffix::Suffix;
use crate::generate::{Options, Watch, generate, milliseconds, teacher_force};
use crate::text::{Stream, Text};
use web_time::Instant;

/// An answer.
pub struct Response {
    /// Its ids, the end-of-turn token included where there is one.
    pub ids: Vec<u32>,
    /// Its text; `None` without a tokenizer.
    pub text: Option<String>,
    /// By token, from the distributions that it was drawn from; `None` for one that was given.
    pub statistics: Option<Vec<TokenStatistics>>,
    /// `stop`, `length` or `given`.
    pub finish_reason: &'static str,
    /// Time to the first token, ms.
    pub prefill_ms: f64,
    /// Time from there to the last one, ms.
    pub decode_ms: f64,
}

/// Generates the answer, or feeds the one that was given. The plan learns how it ended.
///
/// # Errors
/// `aborted`, `device_lost`, `corrupt_weights`.
pub async fn respond(
    model: &Model,
    plan: &mut Plan<'_>,
    pacer: &Pacer<'_>,
    observer: &mut dyn Observer,
) -> Result<(Response, Suffix)> {
    let (decoder, text, request) = (&model.decoder, model.text.as_ref(), plan.request);
    let (prompt, interest) = (&plan.prompt.ids, plan.interest);
    // A second request at the same time begins without a cache.
    let cached = model.session.take();
    let (mut response, suffix) = match &plan.given {
        Some(given) => {
            let began = Instant::now();
            let mut watch = ObserverWatch { observer, stream: None };
            let (suffix, session) = teacher_force(decoder, cached, prompt, given, interest, pacer, &mut watch).await?;
            model.session.replace(session);
            let response = Response {
                ids: given.clone(),
                text: None,
                statistics: None,
                finish_reason: "given",
                prefill_ms: milliseconds(began),
                decode_ms: 0.0,
            };
            (response, suffix)
        }
        None => {
            let options = Options {
                max_tokens: plan.max_tokens,
                temperature: if request.samples.is_some() { 0.0 } else { request.temperature.unwrap_or(0.0) },
                seed: request.seed.unwrap_or(0),
                stop_ids: plan.stop_ids.clone(),
            };
            let mut watch = ObserverWatch { observer, stream: text.map(Text::stream) };
            let run = generate(decoder, cached, prompt, interest, &options, pacer, &mut watch).await?;
            model.session.replace(run.session);
            let response = Response {
                ids: run.ids,
                text: None,
                statistics: Some(run.statistics),
                finish_reason: if run.stopped { "stop" } else { "length" },
                prefill_ms: run.prefill_ms,
                decode_ms: run.decode_ms,
            };
            (response, run.suffix)
        }
    };
    response.text = text.map(|text| text.decode(&response.ids, true)).transpose()?;
    plan.ended(model, response.ids.len(), response.finish_reason);
    Ok((response, suffix))
}

/// Turns ids into text on their way to the observer.
struct ObserverWatch<'a> {
    observer: &'a mut dyn Observer,
    stream: Option<Stream>,
}

impl Watch for ObserverWatch<'_> {
    fn prefill(&mut self, done: usize, total: usize) {
        self.observer.prefill(done, total);
    }

    fn token(&mut self, index: usize, id: u32, statistics: &TokenStatistics) {
        // A token that cannot be shown is no reason to lose the answer: it is in the record by id.
        let text = self.stream.as_mut().and_then(|stream| stream.push(id).ok());
        self.observer.token(index, id, text.as_deref(), statistics);
    }
}
