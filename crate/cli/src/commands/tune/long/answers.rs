//! Lines of `answers.jsonl`: questions with long answers.

use crate::commands::tune::asking::{Lazy, fill_in};
use crate::commands::tune::sets::questions;
use crate::evaluate::dataset::{Dataset, Question};
use crate::evaluate::store::Store;
use crate::jsonl::guarded;
use crate::stop::Stop;
use semgrad::answer::Model;
use semgrad::asking::Asking;
use semgrad::control::{Pacer, Uninterrupted};
use semgrad::teach::ask_long;
use semgrad_scores::abstain::doubt::asked::Long;

/// A question that was asked.
pub struct Said<'a> {
    /// Its set.
    pub set: &'a str,
    /// It.
    pub question: &'a Question,
    /// What the model said.
    pub long: Long,
}

/// The questions of some sets that have been asked, in their order.
pub fn said<'a>(sets: &'a [Dataset], store: &Store) -> Vec<Said<'a>> {
    let read = |(set, question)| {
        let long = serde_json::from_value(store.get(set, question)?.clone()).ok()?;
        Some(Said { set, question, long })
    };
    questions(sets).filter_map(read).collect()
}

/// Asks the questions of some sets that have no line yet, and says how many failed.
pub fn ask_long_all<'a>(
    sets: impl IntoIterator<Item = &'a Dataset>,
    what: &str,
    score: &str,
    asking: &Asking,
    store: &mut Store,
    model: &mut Lazy,
) -> Result<usize, Stop> {
    fill_in(sets, what, asking, store, model, |model, question, asking| one(model, question, score, asking))
}

/// Asks one question.
pub fn one(model: &Model, question: &Question, score: &str, asking: &Asking) -> semgrad::Result<Long> {
    guarded(|| pollster::block_on(ask_long(model, &question.question, score, asking, &Pacer::new(&Uninterrupted))))
}
