//! `semgrad tune`: teaches a model to say "I don't know" (arXiv 2410.17234), in stages, each of which leaves a file in the
//! folder `--out` and is not done again.
//!
//! | stage | file |
//! | --- | --- |
//! | ask: the greedy answer and ten samples to each question, and the answers to ordinary instructions | `asked.jsonl`, a line a question, as `semgrad eval` has them |
//! | targets: the model's own answer where the teacher is sure, a refusal where not | `targets.jsonl` |
//!
//! The paper draws its standard answer at temperature 0.1. Here it is the greedy one, which is what the model gives
//! afterwards and is measured by, and the same every time.

mod arguments;
mod known;
mod lessons;
mod tau;

use crate::evaluate::asking::{Lack, Plan, Todo, fill};
use crate::evaluate::dataset::{Dataset, Question};
use crate::evaluate::settings::Settings;
use crate::evaluate::store::{self, Store};
use crate::evaluate::{built_in, data};
use crate::jsonl::{finished, unusable};
use crate::load::{ENTAILMENT, start};
use crate::models::Located;
use crate::profile;
use crate::stop::Stop;
pub use arguments::Arguments;
use known::asked;
use lessons::{Kind, lessons, told, write};
use semgrad::answer::record::Request;
use semgrad::profile::Profile;
use semgrad_scores::abstain::target::{Known, Rule, Teacher};
use semgrad_scores::confidence::entropy;
use std::collections::HashSet;
use std::path::Path;
use tau::{Wish, choose};

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<(), Stop> {
    arguments.check()?;
    let sets = Sets::read(&arguments)?;
    let folder = arguments.asked.as_ref().unwrap_or(&arguments.out);
    for folder in [folder, &arguments.out] {
        std::fs::create_dir_all(folder).map_err(|e| Stop::Failed(unusable(folder, &e)))?;
    }
    let at = |name: &str| arguments.out.join(name);
    let located = arguments.model.locate()?;
    let profile = profile::of(&located, arguments.profile.as_deref())?;
    let request = arguments.request(profile.as_ref());
    same_manner(&arguments, &located, &request, &folder.join("settings.json"))?;
    let mut store = Store::open(&folder.join("asked.jsonl"))?;
    let failed = ask(&arguments, &located, profile, &sets, request, &mut store)?;
    store.tidy()?;

    let judge = arguments.judge.as_deref();
    let (questions, validation) = (asked(&sets.data, &store, judge)?, asked(&sets.validation, &store, judge)?);
    let instructions = asked(std::slice::from_ref(built_in::replay()), &store, None)?;
    let known = |all: &[known::Asked]| -> Vec<Known> { all.iter().map(|asked| asked.known).collect() };
    let wish = Wish { tau: arguments.tau, engagement: arguments.engagement };
    let tau = choose(arguments.teacher, wish, &known(&questions), &known(&validation))?;
    let rule = Rule { tau: tau.value, band: arguments.band, balance: !arguments.unbalanced, seed: arguments.seed };
    let lessons = lessons(arguments.teacher, &rule, &questions, &instructions, arguments.replay);
    write(&lessons, &at("targets.jsonl"))?;
    say_line!("{}\n{}", tau.how, told(&lessons));
    let has = |kind: Kind| lessons.iter().any(|lesson| lesson.kind == kind);
    if !has(Kind::Own) || arguments.teacher != Teacher::None && !has(Kind::Refusal) {
        return Err(Stop::bad_input(
            "there are no answers, or no refusals, among what would be learned.",
            "Give more questions, another --tau or --engagement, or look at targets.jsonl for what was left out.",
        ));
    }
    say_line!("{}", at("targets.jsonl").display());
    finished(failed)
}

/// What is asked.
struct Sets {
    data: Vec<Dataset>,
    validation: Vec<Dataset>,
}

impl Sets {
    /// The files. What is validated with is not learned from, whatever it is called there.
    fn read(arguments: &Arguments) -> Result<Self, Stop> {
        let n = arguments.n.map(|n| n as usize);
        let (mut data, _) = data::read(&arguments.data, n, false)?;
        let (validation, _) = data::read(&arguments.validation, n, true)?;
        let mut names = HashSet::from([built_in::replay().name.as_str()]);
        if let Some(twice) = data.iter().chain(&validation).find(|set| !names.insert(&set.name)) {
            let message = format!("two question sets are called {:?}.", twice.name);
            return Err(Stop::bad_input(message, "Rename one of the files."));
        }
        let tried: HashSet<&str> =
            validation.iter().flat_map(|set| &set.questions).map(|q| q.question.trim()).collect();
        for set in &mut data {
            let before = set.questions.len();
            set.questions.retain(|question| !tried.contains(question.question.trim()));
            if set.questions.len() < before {
                let count = before - set.questions.len();
                eprintln!("{}: {count} questions are in the validation set and are not learned from", set.name);
            }
        }
        Ok(Self { data, validation })
    }

    fn all(&self) -> impl Iterator<Item = (&str, &Question)> {
        let sets = self.data.iter().chain(&self.validation);
        sets.flat_map(|set| set.questions.iter().map(move |question| (set.name.as_str(), question)))
    }
}

/// The folder's answers have to come from this model, asked in this way, and compared by the same judge of entailment.
fn same_manner(arguments: &Arguments, located: &Located, request: &Request, path: &Path) -> Result<(), Stop> {
    let entailment = arguments.engines.entailment().unwrap_or_else(|| ENTAILMENT.to_owned());
    let (settings, before) = Settings::open([None, Some(entailment)], located, request, path)?;
    if before.is_some_and(|before| before.nli != settings.nli) {
        let message = format!("{} holds entropies by another judge of entailment: --nli differs.", path.display());
        return Err(Stop::bad_input(message, "Name another folder with --out, or repeat what was asked for first."));
    }
    settings.write(path)
}

/// Asks what has no line yet, and says how many failed.
fn ask(
    arguments: &Arguments,
    located: &Located,
    profile: Option<Profile>,
    sets: &Sets,
    request: Request,
    store: &mut Store,
) -> Result<usize, Stop> {
    let replay = built_in::replay();
    // Of what is only rehearsed no uncertainty is measured, and what stands before questions does not stand before it.
    let rehearsed = Request { samples: None, temperature: None, prefix: Some(String::new()), ..request.clone() };
    let plan = |defaults: Request, methods: &[&str]| -> Result<Plan, Stop> {
        let methods = semgrad::methods::select(methods).map_err(Stop::Failed)?;
        Ok(Plan { defaults, methods, named: true, temperatures: Vec::new(), states: false })
    };
    let (mut asking, mut rehearsing) = (plan(request, &[entropy::METHOD])?, plan(rehearsed, &[])?);
    let lacking = |plan: &Plan, (set, question)| {
        let lack = plan.lacks(store.get(set, question))?;
        Some(Todo { set, question, lack })
    };
    let todo: Vec<Todo> = sets.all().filter_map(|one| lacking(&asking, one)).collect();
    let instructions = replay.questions.iter().filter(|_| arguments.replay > 0.0);
    let rehearsal: Vec<Todo> =
        instructions.filter_map(|question| lacking(&rehearsing, (&replay.name, question))).collect();
    if todo.is_empty() && rehearsal.is_empty() {
        return Ok(0);
    }
    let model = start(located, &arguments.model.device, profile)?;
    let mut engines = arguments.engines.attach(&model)?;
    engines.nli.get_or_insert_with(|| ENTAILMENT.to_owned());
    asking.defaults.engines = Some(engines);
    rehearsing.defaults.engines = None;
    let line = |plan: &Plan, todo: &Todo, before| {
        let line = plan.complete(&model, todo.question, before, &todo.lack)?;
        Ok(if todo.lack == Lack::Answer { store::line(todo.set, todo.question, line) } else { line })
    };
    let failed = fill(store, &todo, "Asking", &mut |todo, before| line(&asking, todo, before))?;
    Ok(failed + fill(store, &rehearsal, "Instructions", &mut |todo, before| line(&rehearsing, todo, before))?)
}
