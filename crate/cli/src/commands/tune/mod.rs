//! `semgrad tune`: teaches a model to say "I don't know" (arXiv 2410.17234), in stages, each of which leaves files in the
//! folder `--out` and is not done again.
//!
//! | stage | files |
//! | --- | --- |
//! | ask: the greedy answer and ten samples to each question, and the answers to ordinary instructions | `asked.jsonl`, a line a question; `settings.json` |
//! | targets: the model's own answer where the teacher is sure, a refusal where not | `targets.jsonl` |
//! | train | `training.safetensors`, `steps.jsonl` |
//! | result | `adapter` and `adapter.gguf`, the adapter in both kinds of file; `tuned.json`, what was done and what came of it |
//!
//! With `--answers long` it teaches to state doubts inside long answers instead, in the same stages: [`long`].
//!
//! The paper draws its standard answer at temperature 0.1. Here it is the greedy one, which is what the model gives
//! afterwards and is measured by, and the same every time.

mod answers;
mod arguments;
mod asking;
mod checking;
mod learning;
mod lessons;
mod long;
mod manner;
mod sets;
mod tau;
mod training;

use crate::evaluate::store::Store;
use crate::evaluate::{built_in, settings};
use crate::jsonl::{finished, write_file};
use crate::load::today;
use crate::models::Located;
use crate::profile;
use crate::report::format::{fixed, percent};
use crate::stop::Stop;
use crate::tuned::{self, Tuned};
use answers::{Answer, answers};
use arguments::Answers;
pub use arguments::Arguments;
use asking::{Lazy, ask_all, ask_instructions};
use checking::{engagement, rows};
use learning::Learned;
use lessons::{Kind, Lesson, lessons, rehearsed, told, write};
use manner::same_manner;
use semgrad::answer::Model;
use semgrad::asking::Asking;
use semgrad::teach::{Asked, examples};
use semgrad_scores::abstain::row::Row;
use semgrad_scores::abstain::target::{Known, Rule, Teacher};
use sets::Sets;
use std::path::Path;
use tau::{Wish, choose};

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<(), Stop> {
    arguments.check()?;
    match arguments.answers {
        Answers::Short => short(arguments),
        Answers::Long => long::run(arguments),
    }
}

/// Teaches to refuse.
fn short(arguments: Arguments) -> Result<(), Stop> {
    let sets = Sets::read(&arguments)?;
    let folder = arguments.folder()?;
    let located = arguments.model.locate()?;
    let profile = profile::of(&located, arguments.profile.as_deref())?;
    let teacher = arguments.teacher(profile.as_ref());
    let asking = arguments.asking(teacher, profile.as_ref());
    same_manner(&arguments, &located, &asking, &folder.join(settings::FILE))?;
    let mut model = Lazy::new(&located, &arguments, profile);
    let mut store = Store::open(&folder.join("asked.jsonl"))?;
    let mut failed = ask_all(sets.data.iter().chain(&sets.validation), "Asking", &asking, &mut store, &mut model)?;
    failed += ask_instructions(&arguments, &mut store, &mut model)?;
    store.tidy()?;

    let material = Material::new(&sets, &store, arguments.judge.as_deref())?;
    let course = Course::plan(&arguments, teacher, &material)?;
    if arguments.targets_only {
        return finished(failed);
    }
    let trained = {
        let (model, _) = model.get()?;
        learn(&arguments, model, &located, &material, &course, &asking)?
    };
    let validated = format!("validated-{:.8}.jsonl", trained.adapter);
    let mut store = Store::open(&arguments.out.join(validated))?;
    let greedy = Asking { samples: 0, ..asking };
    failed += ask_all(&sets.validation, "Validating", &greedy, &mut store, &mut model)?;
    let after = answers(&sets.validation, &store, arguments.judge.as_deref())?;
    let [before, after] = rows(&material.validation, &after).map_or([None, None], |rows| rows.map(Some));
    let tuned = Tuned { before, after, ..trained };
    write_file(&arguments.out.join(tuned::FILE), &tuned)?;
    report(&tuned, &arguments.out);
    finished(failed)
}

/// What was asked.
struct Material<'a> {
    data: Vec<Answer<'a>>,
    validation: Vec<Answer<'a>>,
    instructions: Vec<Answer<'a>>,
}

impl<'a> Material<'a> {
    fn new(sets: &'a Sets, store: &Store, judge: Option<&str>) -> Result<Self, Stop> {
        Ok(Self {
            data: answers(&sets.data, store, judge)?,
            validation: answers(&sets.validation, store, judge)?,
            instructions: answers(std::slice::from_ref(built_in::replay()), store, None)?,
        })
    }
}

/// What is to be learned.
struct Course<'a> {
    teacher: Teacher,
    rule: Rule,
    /// How the threshold was chosen.
    how: String,
    /// What is learned and what is left out.
    told: String,
    rehearsed: Vec<&'a Answer<'a>>,
}

impl<'a> Course<'a> {
    /// Chooses the targets, writes and tells them.
    fn plan(arguments: &Arguments, teacher: Teacher, material: &'a Material<'a>) -> Result<Self, Stop> {
        let Material { data, validation, instructions } = material;
        let known = |all: &[Answer]| -> Vec<Known> { all.iter().map(|answer| answer.asked.known).collect() };
        let wish = Wish { tau: arguments.tau, engagement: arguments.engagement };
        let tau = choose(teacher, wish, &known(data), &known(validation))?;
        let Arguments { band, seed, replay, .. } = *arguments;
        let rule = Rule { tau: tau.value, band, balance: !arguments.unbalanced, seed };
        let own = lessons(teacher, &rule, data, &[]);
        let learned = own.iter().filter(|lesson| lesson.target.is_some()).count();
        let rehearsed = rehearsed(instructions, learned, replay, seed);
        let lessons = lessons(teacher, &rule, data, &rehearsed);
        let path = arguments.out.join("targets.jsonl");
        write(&lessons, &path)?;
        let told = told(&lessons);
        say_line!("Teacher: {}. {}\n{told}\n{}", teacher.description().title, tau.how, path.display());
        both_kinds(&lessons, teacher)?;
        Ok(Self { teacher, rule, how: tau.how, told, rehearsed })
    }
}

/// Answers alone teach no refusal, and refusals alone no answer.
fn both_kinds(lessons: &[Lesson], teacher: Teacher) -> Result<(), Stop> {
    let has = |kind: Kind| lessons.iter().any(|lesson| lesson.kind == kind);
    if has(Kind::Own) && (teacher == Teacher::None || has(Kind::Refusal)) {
        return Ok(());
    }
    Err(Stop::bad_input(
        "there are no answers, or no refusals, among what would be learned.",
        "Give more questions, another --tau or --engagement, or look at targets.jsonl for what was left out.",
    ))
}

/// Trains, writes the adapter, and leaves the model with it.
fn learn(
    arguments: &Arguments,
    model: &Model,
    located: &Located,
    material: &Material,
    course: &Course,
    asking: &Asking,
) -> Result<Tuned, Stop> {
    let copies = |answer: &Answer| answer.asked.clone();
    let questions: Vec<Asked> = material.data.iter().map(copies).collect();
    let rehearsed: Vec<Asked> = course.rehearsed.iter().map(|answer| copies(answer)).collect();
    let lesson = examples(model, &questions, &rehearsed, course.teacher, &course.rule).map_err(Stop::Failed)?;
    let some = if material.validation.is_empty() { &material.data } else { &material.validation };
    let mut still = || engagement(model, some, asking);
    let Learned { weights, begin, adapter, options, steps, loss } =
        learning::learn(arguments, model, located, lesson.examples, &mut still)?;
    Ok(Tuned {
        model: located.name(),
        weights,
        prefix: asking.prefix.clone(),
        begin,
        adapter,
        date: today(),
        teacher: course.teacher,
        rule: course.rule.into(),
        how: course.how.clone(),
        learned: course.told.clone(),
        options,
        steps,
        loss,
        before: None,
        after: None,
    })
}

/// What came of it, in words.
fn report(tuned: &Tuned, folder: &Path) {
    say_line!("{}", learning::told(tuned.steps, tuned.loss));
    for (when, row) in [("before", &tuned.before), ("after", &tuned.after)] {
        let Some(Row { engagement, accuracy, aed, random_aed, gain, questions, .. }) = row else { continue };
        say_line!(
            "{when:<6} {questions} validation questions: {} answered, {} of these right, distance {} (by lot {}, gain {})",
            percent(*engagement, 0),
            percent(*accuracy, 0),
            fixed(*aed, 3),
            fixed(*random_aed, 3),
            fixed(*gain, 1)
        );
    }
    learning::farewell(folder);
}
