//! The stage that asks: a line of `asked.jsonl` for each question, written as it comes.

use super::arguments::Arguments;
use super::sets::questions;
use crate::adapters;
use crate::evaluate::asking::{Lack, Todo, fill};
use crate::evaluate::built_in;
use crate::evaluate::dataset::{Dataset, Question};
use crate::evaluate::store::{self, Store};
use crate::jsonl::guarded;
use crate::load::{ENTAILMENT, EngineArguments, ModelArguments, start};
use crate::models::Located;
use crate::stop::Stop;
use semgrad::Error;
use semgrad::answer::Model;
use semgrad::asking::Asking;
use semgrad::control::{Pacer, Uninterrupted};
use semgrad::profile::Profile;
use semgrad::teach::{Asked, ask};
use serde::Serialize;
use std::path::Path;

/// The model, loaded when the first question has to be asked.
pub struct Lazy<'a> {
    /// Where it lies.
    located: &'a Located,
    /// Where it runs, and on what.
    arguments: &'a ModelArguments,
    /// Who compares its answers.
    engines: &'a EngineArguments,
    /// Runs on top of it.
    adapter: Option<&'a Path>,
    /// Makes confidences.
    profile: Option<Profile>,
    /// It, and who judges entailment.
    loaded: Option<(Model, String)>,
}

impl<'a> Lazy<'a> {
    /// One that is not loaded yet.
    pub fn new(located: &'a Located, arguments: &'a Arguments, profile: Option<Profile>) -> Self {
        Self {
            located,
            arguments: &arguments.model,
            engines: &arguments.engines,
            adapter: arguments.begin.as_deref(),
            profile,
            loaded: None,
        }
    }

    /// The model, and who judges entailment.
    pub fn get(&mut self) -> Result<&(Model, String), Stop> {
        if self.loaded.is_none() {
            let model = start(self.located, self.arguments, self.profile.take())?;
            if let Some(path) = self.adapter {
                adapters::attach(&model, self.located, path)?;
            }
            let judge = self.engines.attach(&model)?.nli.unwrap_or_else(|| ENTAILMENT.to_owned());
            self.loaded = Some((model, judge));
        }
        // It was loaded just now.
        self.loaded.as_ref().ok_or_else(|| Stop::Failed(Error::internal("no model is loaded.")))
    }
}

/// Asks the questions of some sets that have no line yet, and says how many failed.
pub fn ask_all<'a>(
    sets: impl IntoIterator<Item = &'a Dataset>,
    what: &str,
    asking: &Asking,
    store: &mut Store,
    model: &mut Lazy,
) -> Result<usize, Stop> {
    fill_in(sets, what, asking, store, model, one)
}

/// The same of the instructions that are rehearsed, where any are.
pub fn ask_instructions(arguments: &Arguments, store: &mut Store, model: &mut Lazy) -> Result<usize, Stop> {
    let instructions = Some(built_in::replay()).filter(|_| arguments.replay > 0.0);
    ask_all(instructions, "Instructions", &arguments.asking_instructions(), store, model)
}

/// Lets `answer` answer the questions of some sets that have no line yet, and says how many failed.
pub fn fill_in<'a, T: Serialize>(
    sets: impl IntoIterator<Item = &'a Dataset>,
    what: &str,
    asking: &Asking,
    store: &mut Store,
    model: &mut Lazy,
    answer: impl Fn(&Model, &Question, &Asking) -> semgrad::Result<T>,
) -> Result<usize, Stop> {
    let lacking = questions(sets).filter(|(set, question)| store.get(set, question).is_none());
    let todo: Vec<Todo> = lacking.map(|(set, question)| Todo { set, question, lack: Lack::Answer }).collect();
    if todo.is_empty() {
        return Ok(0);
    }
    let (model, judge) = model.get()?;
    let asking = Asking { nli: Some(judge.clone()), ..asking.clone() };
    fill(store, &todo, what, &mut |todo, _| {
        let answered = answer(model, todo.question, &asking)?;
        let value = serde_json::to_value(answered).map_err(|error| Error::internal(error.to_string()))?;
        Ok(store::line(todo.set, todo.question, value))
    })
}

/// Asks one question.
pub fn one(model: &Model, question: &Question, asking: &Asking) -> semgrad::Result<Asked> {
    guarded(|| pollster::block_on(ask(model, &question.question, asking, &Pacer::new(&Uninterrupted))))
}
