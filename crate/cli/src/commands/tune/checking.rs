//! What a model that was taught answers.

use super::answers::Answer;
use super::asking::one;
use crate::stop::Stop;
use semgrad::answer::Model;
use semgrad::asking::Asking;
use semgrad_scores::abstain::compare::RESAMPLES;
use semgrad_scores::abstain::outcome::Outcome;
use semgrad_scores::abstain::row::{Row, share};
use semgrad_scores::statistics::bootstrap::resamples;

/// Questions that are asked after each epoch.
const SOME: usize = 40;

/// Share of some questions that the model answers.
pub fn engagement(model: &Model, questions: &[Answer], asking: &Asking) -> Result<f64, Stop> {
    let asking = Asking { samples: 0, ..asking.clone() };
    let answers = questions.iter().take(SOME).map(|answer| Ok(!one(model, answer.question, &asking)?.known.refuses));
    let answers: Vec<bool> = answers.collect::<semgrad::Result<_>>().map_err(Stop::Failed)?;
    Ok(share(answers.into_iter()).unwrap_or(1.0))
}

/// What became of the questions before and after; nothing where none were judged both times.
pub fn rows(before: &[Answer], after: &[Answer]) -> Option<[Row; 2]> {
    let outcome = |answer: &Answer| {
        let known = answer.asked.known;
        Some(Outcome::new(known.refuses, known.right?))
    };
    let pair = |answer: &Answer| {
        let same = |other: &&Answer| (other.set, &other.question.id) == (answer.set, &answer.question.id);
        Some((outcome(answer)?, outcome(after.iter().find(same)?)?))
    };
    let (before, after): (Vec<Outcome>, Vec<Outcome>) = before.iter().filter_map(pair).unzip();
    let draws = resamples(before.len(), RESAMPLES, 0);
    let row = |outcomes: &[Outcome]| Row::asked(outcomes, &before, &draws);
    (!before.is_empty()).then(|| [row(&before), row(&after)])
}
