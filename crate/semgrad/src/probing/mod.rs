//! Trains the probes of a model ([`crate::probe`]): for each question, [`measure`] gathers the model's own states, and
//! whether its sampled answers differ in meaning; [`split`] turns these entropies into labels, [`train`](mod@train) fits
//! and chooses the layers.

pub mod split;
pub mod train;

use crate::answer::{Model, Unobserved};
use crate::asking::Asking;
use crate::control::Pacer;
use crate::error::{Code, Error, Result};
use crate::evidence::pass::Pass;
use crate::generate::suffix::Interest;
use crate::generate::{Session, Silent, teacher_force};
use crate::probe::{Fitted, Position, Probes};
use crate::profile::Key;
use serde::{Deserialize, Serialize};
use train::train;

/// The label: entropy of the clusters, without probabilities (arXiv 2406.15927 §3).
const ENTROPY: &str = "discrete_semantic_entropy";

/// One question, measured: a line of the file that training can be resumed from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Measured {
    /// The question.
    pub question: String,
    /// Semantic entropy of the samples, nats.
    pub entropy: f64,
    /// Hidden states 0..L−1 at the prompt's end, `[layers][hidden]`.
    pub prompt_end: Vec<Vec<f32>>,
    /// The same at the answer's end.
    pub answer_end: Vec<Vec<f32>>,
}

/// Asks one question and looks at the states of its greedy answer.
///
/// # Errors
/// As [`Model::run`]; `engine_required` when nobody judges entailment.
pub async fn measure(model: &Model, question: &str, asking: &Asking, pacer: &Pacer<'_>) -> Result<Measured> {
    let record = model.run(&asking.request(question, &[ENTROPY]), pacer, &mut Unobserved).await?;
    let score = record.scores.get(ENTROPY);
    if let Some(error) = score.and_then(|score| score.error.clone()) {
        return Err(error);
    }
    let entropy = score.map_or(f64::NAN, |score| score.score);

    let (decoder, prompt) = (&model.decoder, record.prompt_ids.len());
    let interest = Interest { start: prompt - 1, first_layer: 0, gradients: true };
    let session = Session::default();
    let mut watch = Silent;
    let forced = teacher_force(decoder, session, &record.prompt_ids, &record.response_ids, interest, pacer, &mut watch);
    let (suffix, _) = forced.await?;
    let pass = Pass::run(decoder, suffix, prompt, &record.response_ids, pacer).await?;
    let mut states = [Vec::new(), Vec::new()];
    for (states, position) in states.iter_mut().zip([Position::PromptEnd, Position::AnswerEnd]) {
        let at = position.index(prompt, record.response_ids.len());
        for layer in 0..decoder.config.layers {
            states.push(pass.state(layer, at).await?);
        }
    }
    let [prompt_end, answer_end] = states;
    Ok(Measured { question: question.to_owned(), entropy, prompt_end, answer_end })
}

/// Trains the probes of both positions. `progress` gets layers done, of how many.
///
/// # Errors
/// `bad_input` when no entropy is above the others, or too few are.
pub fn fit(measured: &[Measured], key: Key, fitted: Fitted, progress: &mut dyn FnMut(usize, usize)) -> Result<Probes> {
    let entropies: Vec<f64> = measured.iter().map(|m| m.entropy).collect();
    let threshold = split::threshold(&entropies).ok_or_else(|| {
        Error::new(
            Code::BadInput,
            "all questions have the same semantic entropy: there is nothing to learn.",
            "Use more questions, more samples, or another entailment engine.",
        )
    })?;
    let high: Vec<bool> = entropies.iter().map(|&entropy| entropy >= threshold).collect();
    let mut probes = Probes {
        key,
        threshold,
        fitted: Fitted { questions: measured.len(), high: high.iter().filter(|&&h| h).count(), ..fitted },
        probes: Default::default(),
    };
    for position in [Position::PromptEnd, Position::AnswerEnd] {
        let states: Vec<Vec<Vec<f32>>> = measured
            .iter()
            .map(|m| if position == Position::PromptEnd { m.prompt_end.clone() } else { m.answer_end.clone() })
            .collect();
        probes.probes.insert(position.method().into(), train(&states, &high, progress)?);
    }
    Ok(probes)
}
