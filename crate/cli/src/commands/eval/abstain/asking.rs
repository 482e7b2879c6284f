//! What each system answers: to the evaluation's questions, to ordinary instructions, to questions without an answer; and
//! how likely it finds unrelated text.

use super::super::Work;
use super::system::{How, System};
use crate::adapters;
use crate::evaluate::asking::{Lack, Todo, fill};
use crate::evaluate::built_in;
use crate::evaluate::dataset::{Dataset, Question};
use crate::evaluate::store::{self, Store};
use crate::jsonl::guarded;
use crate::load::start;
use crate::stop::Stop;
use semgrad::answer::record::{Record, Request};
use semgrad::answer::{Model, Unobserved};
use semgrad::control::{Pacer, Uninterrupted};
use semgrad::{Code, Error};
use semgrad_scores::abstain::refusal::REFUSAL;
use serde_json::{Value, json};
use std::path::Path;

/// The field with the log-probability of beginning with a refusal.
pub const BEGINS: &str = "refusal_logprob";
/// The field with the mean of −ln p over a text's tokens.
pub const SURPRISE: &str = "surprise";

/// What systems answered.
pub struct Answers {
    /// Each with its lines.
    pub systems: Vec<(System, Store)>,
    /// How many lines failed.
    pub failed: usize,
}

/// What is to be found out about a line of a set.
#[derive(Clone, Copy, PartialEq)]
enum Task {
    /// What is answered to a question.
    Answer,
    /// What is answered to an instruction, which nothing stands before.
    Obey,
    /// How likely a refusal begins the answer.
    Begin,
    /// How likely a text is.
    Read,
}

impl System {
    /// What it is asked, set by set. The original has answered the questions already; telling a model what to say does not
    /// change how it reads.
    fn tasks<'a>(&self, sets: &[&'a Dataset], unanswerable: &'a Dataset) -> Vec<(&'a Dataset, Task)> {
        let questions = if self.how == How::Original { Task::Begin } else { Task::Answer };
        let mut tasks: Vec<_> = sets.iter().map(|&set| (set, questions)).collect();
        tasks.extend([(built_in::commands(), Task::Obey), (unanswerable, Task::Answer)]);
        if self.how != How::Prompt {
            tasks.push((built_in::text(), Task::Read));
        }
        tasks
    }
}

impl Work<'_> {
    /// Asks every system what its file does not have yet.
    pub fn ask_systems(&self, folder: &Path, unanswerable: &Dataset) -> Result<Answers, Stop> {
        let sets: Vec<&Dataset> = self.sets.iter().map(|set| &set.data).collect();
        let reserved = [built_in::commands(), unanswerable, built_in::text()];
        if let Some(set) = sets.iter().find(|set| reserved.iter().any(|other| other.name == set.name)) {
            let message = format!("a question set is called {:?}, as one that is asked beside it.", set.name);
            return Err(Stop::bad_input(message, "Rename the file."));
        }
        let (mut model, mut systems, mut failed) = (None, Vec::new(), 0);
        for system in System::all(&self.arguments.tuned, &self.settings)? {
            let mut store = Store::open(&folder.join(system.file()))?;
            failed += self.ask_system(&system, &system.tasks(&sets, unanswerable), &mut store, &mut model)?;
            // The original's answers are judged where they are.
            if system.how != How::Original {
                failed += self.judge(&mut store, None)?;
            }
            store.tidy()?;
            systems.push((system, store));
        }
        Ok(Answers { systems, failed })
    }

    fn ask_system(
        &self,
        system: &System,
        tasks: &[(&Dataset, Task)],
        store: &mut Store,
        model: &mut Option<Model>,
    ) -> Result<usize, Stop> {
        let task = |name: &str| tasks.iter().find(|(set, _)| set.name == name).map_or(Task::Answer, |(_, task)| *task);
        let all = tasks.iter().flat_map(|(set, _)| set.questions.iter().map(|question| (set.name.as_str(), question)));
        let todo: Vec<Todo> = all
            .filter(|(set, question)| store.get(set, question).is_none())
            .map(|(set, question)| Todo { set, question, lack: Lack::Answer })
            .collect();
        if todo.is_empty() {
            return Ok(0);
        }
        let model = match model {
            Some(model) => model,
            None => model.insert(start(&self.model, &self.arguments.model, None)?),
        };
        let adapter = match &system.how {
            How::Tuned(folder, _) => Some(folder),
            How::Original | How::Prompt => self.arguments.adapter.adapter.as_ref(),
        };
        match adapter {
            Some(path) => adapters::attach(model, &self.model, path)?,
            None => model.use_adapter(None, None).map_err(Stop::Failed)?,
        }
        fill(store, &todo, &format!("Asking ({})", system.id), &mut |todo, _| {
            let found = self.find(model, system, task(todo.set), todo.question)?;
            Ok(store::line(todo.set, todo.question, found))
        })
    }

    fn find(&self, model: &Model, system: &System, task: Task, question: &Question) -> semgrad::Result<Value> {
        let asked = |prefix: &str| Request {
            question: Some(question.question.clone()),
            ..system.request(prefix, &self.settings)
        };
        match task {
            Task::Answer => Ok(answer(&run(model, &asked(&self.settings.prefix))?)),
            Task::Obey => Ok(answer(&run(model, &asked(""))?)),
            Task::Begin => {
                let request = Request { answer: Some(begin().into()), ..asked(&self.settings.prefix) };
                // Without the token that would end the answer there.
                let ends = model.text.as_ref().is_some_and(|text| text.end_of_turn().is_some());
                let record = run(model, &request)?;
                let tokens = record.tokens.len() - usize::from(ends && record.tokens.len() > 1);
                let logprob: f64 = record.tokens.iter().take(tokens).map(|token| token.logprob).sum();
                Ok(json!({ BEGINS: logprob }))
            }
            Task::Read => {
                let text = model.text.as_ref().ok_or_else(no_tokenizer)?;
                let ids = text.encode_base(&question.question)?.ids;
                let Some((first, rest)) = ids.split_first().filter(|(_, rest)| !rest.is_empty()) else {
                    return Err(no_tokenizer());
                };
                let request = Request {
                    prompt_ids: Some(vec![*first]),
                    response_ids: Some(rest.to_vec()),
                    methods: Some(Vec::new()),
                    prefix: Some(String::new()),
                    ..Request::default()
                };
                let record = run(model, &request)?;
                let sum: f64 = record.tokens.iter().map(|token| -token.logprob).sum();
                Ok(json!({ SURPRISE: sum / record.tokens.len() as f64, "tokens": record.tokens.len() }))
            }
        }
    }
}

/// How a refusal begins, whatever ends it.
fn begin() -> &'static str {
    REFUSAL.trim_end_matches('.')
}

fn run(model: &Model, request: &Request) -> semgrad::Result<Record> {
    guarded(|| pollster::block_on(model.run(request, &Pacer::new(&Uninterrupted), &mut Unobserved)))
}

fn answer(record: &Record) -> Value {
    json!({ "answer": record.answer, "response_ids": record.response_ids, "finish_reason": record.finish_reason })
}

fn no_tokenizer() -> Error {
    Error::new(Code::MissingTokenizer, "this model cannot read text.", "Evaluate a model that has a tokenizer.")
}
