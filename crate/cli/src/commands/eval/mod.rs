//! `semgrad eval`: question sets are answered, the answers judged, and every score is measured.
//!
//! The folder `--out` gets `questions.jsonl` (one line a question, everything that is known of it, written as it comes),
//! `settings.json` (how they were asked), `summary.json` (the numbers) and `report.html`; with `--abstain` also what ways to
//! say "I don't know" are worth there. Run again, it does only what is missing: questions, scores that were not asked for
//! before, judgements. Nothing missing, and no model is loaded.

mod abstain;
mod arguments;
mod calibrated;
mod hardware;
mod numbers;
mod scored;
mod table;

use crate::adapters;
use crate::evaluate::asking::{Lack, Plan, Todo, fill};
use crate::evaluate::dataset::{Dataset, Question};
use crate::evaluate::judge::Judge;
use crate::evaluate::settings::{self, Settings};
use crate::evaluate::store::{self, Store};
use crate::evaluate::{data, judging};
use crate::jsonl::{finished, guarded, unusable};
use crate::load::{ENTAILMENT, start};
use crate::models::Located;
use crate::progress::bar;
use crate::stop::Stop;
use crate::tuned::Tuned;
use crate::{profile, report};
pub use arguments::Arguments;
use calibrated::{Calibrated, Confidences};
use semgrad::Error;
use semgrad::answer::Model;
use semgrad::answer::aids::Aids;
use semgrad::answer::record::Request;
use semgrad::device::{Choice, Device};
use semgrad::methods::REGISTRY;
use semgrad_scores::confidence::entropy;
use serde_json::Value;

/// Samples drawn when a method needs some and no number is named.
const SAMPLES: usize = 10;

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<(), Stop> {
    let named: Vec<Judge> =
        arguments.judge.iter().map(|name| Judge::parse(name)).collect::<Result<_, _>>().map_err(Stop::Failed)?;
    judging::check(&named, &arguments.engines)?;
    let mut plan = plan(&arguments)?;
    let (sets, notes) = data::read(&arguments.data, arguments.n.map(|n| n as usize), true)?;
    let at = |name: &str| arguments.out.join(name);
    std::fs::create_dir_all(&arguments.out).map_err(|e| Stop::Failed(unusable(&arguments.out, &e)))?;
    let model = arguments.model.locate()?;
    if plan.defaults.prefix.is_none() && !at(settings::FILE).exists() {
        plan.defaults.prefix = usual_prefix(&arguments, &model)?;
    }
    let (settings, before) = Settings::open(
        arguments.engines.encoders(),
        arguments.adapter.adapter.as_deref(),
        &model,
        &plan.defaults,
        &at(settings::FILE),
    )?;
    // Said, because what is not said is asked as a profile's questions were.
    plan.defaults.prefix = Some(settings.prefix.clone());
    plan.defaults.system.clone_from(&settings.system);
    plan.defaults.max_tokens = Some(settings.max_tokens);
    plan.defaults.temperature = settings.temperature.filter(|_| plan.samples());
    plan.defaults.seed = settings.seed;
    let mut store = Store::open(&at("questions.jsonl"))?;
    // Judgements of other encoders are replaced first.
    let engines = before.as_ref().map_or((&settings.embed, &settings.nli), |old| (&old.embed, &old.nli));
    Settings { embed: engines.0.clone(), nli: engines.1.clone(), ..settings.clone() }.write(&at(settings::FILE))?;
    scored::import(&arguments.scored, &sets, &settings.prefix, &mut store)?;

    let with_judges = |data: Dataset| {
        let judges = judging::of(&data, &named, settings.embed.is_some())?;
        Ok(Set { data, judges })
    };
    let sets = sets.into_iter().map(with_judges).collect::<Result<_, Stop>>()?;
    let named = arguments.request.profile.as_deref().filter(|path| path.as_os_str() != "none");
    let calibrated = match named {
        Some(path) => Calibrated::open(path, &model, &settings)?,
        None => None,
    };
    let confidences = arguments.confidences.as_deref().map(Confidences::open).transpose()?;
    let mut work = Work { arguments: &arguments, model, plan, sets, settings, before, calibrated, confidences };
    let Asked { failed, aids, hardware } = work.answer(&mut store)?;
    let unjudged = work.judge(&mut store, aids)?;
    work.settings.hardware = hardware.or(work.settings.hardware);
    work.settings.write(&at(settings::FILE))?;
    store.tidy()?;
    let summary = work.summarize(&store, notes);
    // On one line: half of it are curves.
    let json = serde_json::to_string(&summary).map_err(|e| Stop::Failed(Error::internal(e.to_string())))?;
    std::fs::write(at("summary.json"), json + "\n").map_err(|e| Stop::Failed(unusable(&at("summary.json"), &e)))?;
    let html = report::html(std::slice::from_ref(&summary));
    std::fs::write(at("report.html"), html).map_err(|e| Stop::Failed(unusable(&at("report.html"), &e)))?;
    say!("{}", table::text(&summary));
    say_line!("\n{}, {}", at("summary.json").display(), at("report.html").display());
    let unsaid = if arguments.abstain { work.abstain(&store)? } else { 0 };
    finished(failed + unjudged + unsaid)
}

/// What stands before every question where nobody says: what stood there when the first of the models that are compared
/// was taught, or what the profile that was named was fitted with.
fn usual_prefix(arguments: &Arguments, model: &Located) -> Result<Option<String>, Stop> {
    if let Some(folder) = arguments.tuned.first() {
        return Ok(Tuned::read(folder)?.prefix);
    }
    let named = arguments.request.profile.as_deref();
    let profile = if named.is_some() { profile::own(model, named)? } else { None };
    Ok(profile.map(|profile| profile.key.prefix))
}

/// What is asked for, before the folder adds what it knows.
fn plan(arguments: &Arguments) -> Result<Plan, Stop> {
    let request = &arguments.request;
    let usage = |message: &str, advice: &str| Err(Stop::bad_input(message, advice));
    let mut defaults = request.defaults()?;
    let named = defaults.methods.take();
    let methods = match &named {
        Some(names) => semgrad::methods::select(names).map_err(Stop::Failed)?,
        // The threshold that others are measured by takes samples.
        None => REGISTRY
            .iter()
            .filter(|method| method.one_pass() || arguments.abstain && method.id == entropy::METHOD)
            .collect(),
    };
    defaults.state = Some(true);
    if arguments.tsu.iter().any(|t| !(t.is_finite() && *t >= 0.0)) || arguments.tsu.len() == 1 {
        return usage("--tsu compares two temperatures or more, from 0 up.", "Give for example --tsu 0.3,0.7,1.0,1.4.");
    }
    let mut plan = Plan {
        defaults,
        methods,
        named: named.is_some(),
        temperatures: arguments.tsu.clone(),
        states: arguments.states,
    };
    if plan.defaults.temperature.is_some() && !plan.samples() {
        return usage(
            "--temperature is that of samples, and none are drawn: the answers of an evaluation are greedy.",
            "Give --samples, or leave --temperature out.",
        );
    }
    if plan.samples() {
        plan.defaults.samples = plan.defaults.samples.or(Some(SAMPLES));
    }
    Ok(plan)
}

/// What asking left behind.
#[derive(Default)]
struct Asked {
    failed: usize,
    /// Engines, where a model was loaded.
    aids: Option<Aids>,
    hardware: Option<String>,
}

/// A question set and its judges, of which the first decides.
struct Set {
    data: Dataset,
    judges: Vec<Judge>,
}

impl Set {
    fn line<'a>(&self, store: &'a Store, question: &Question) -> Option<&'a Value> {
        store.get(&self.data.name, question)
    }
}

/// An evaluation under way.
struct Work<'a> {
    arguments: &'a Arguments,
    model: Located,
    plan: Plan,
    sets: Vec<Set>,
    settings: Settings,
    /// What the folder said before this run.
    before: Option<Settings>,
    /// The profile that was named, if it has calibrations.
    calibrated: Option<Calibrated>,
    /// Confidences from elsewhere.
    confidences: Option<Confidences>,
}

impl Work<'_> {
    /// All questions with their sets.
    fn questions(&self) -> impl Iterator<Item = (&Set, &Question)> {
        self.sets.iter().flat_map(|set| set.data.questions.iter().map(move |question| (set, question)))
    }

    /// Encoders that judge differently from what the folder's judgements were made with.
    fn changed(&self) -> Vec<&'static str> {
        let Some(before) = &self.before else { return Vec::new() };
        let engines = [("embed", &before.embed, &self.settings.embed), ("nli", &before.nli, &self.settings.nli)];
        engines.into_iter().filter(|(_, old, new)| old != new).map(|(engine, ..)| engine).collect()
    }

    /// Asks the model what is missing.
    fn answer(&self, store: &mut Store) -> Result<Asked, Stop> {
        let mut todo: Vec<Todo> = Vec::new();
        for (set, question) in self.questions() {
            let lack = self.plan.lacks(set.line(store, question));
            todo.extend(lack.map(|lack| Todo { set: &set.data.name, question, lack }));
        }
        let all = self.questions().count();
        if todo.len() < all {
            eprintln!("{} of {all} questions are answered already", all - todo.len());
        }
        if todo.is_empty() {
            return Ok(Asked::default());
        }
        let profile = profile::own(&self.model, self.arguments.request.profile.as_deref())?;
        let model = start(&self.model, &self.arguments.model, profile)?;
        if let Some(path) = &self.arguments.adapter.adapter {
            adapters::attach(&model, &self.model, path)?;
        }
        let mut names = self.arguments.engines.attach(&model)?;
        if self.arguments.abstain {
            names.nli.get_or_insert_with(|| ENTAILMENT.to_owned());
        }
        let plan = Plan {
            defaults: Request { engines: Some(names), ..self.plan.defaults.clone() },
            methods: self.plan.methods.clone(),
            temperatures: self.plan.temperatures.clone(),
            ..self.plan
        };
        let judges =
            |name: &str| self.sets.iter().find(|set| set.data.name == name).map_or(&[][..], |set| &set.judges[..]);
        let failed =
            fill(store, &todo, "Answering", &mut |todo, before| one(&plan, &model, todo, judges(todo.set), before))?;
        let hardware = Some(hardware::describe(model.decoder.device.adapter.as_deref()));
        Ok(Asked { failed, aids: Some(model.aids.take()), hardware })
    }

    /// Lets judges judge what they have not, and says how many answers could not be judged.
    fn judge(&self, store: &mut Store, aids: Option<Aids>) -> Result<usize, Stop> {
        let changed = self.changed();
        let mut todo: Vec<(&Set, &Question, Value)> = Vec::new();
        let mut engine = false;
        for (set, question) in self.questions() {
            let Some(line) = set.line(store, question) else { continue };
            let missing = judging::missing(line, question, &set.judges, &changed);
            if !missing.is_empty() || !judging::decided(line, &set.judges) {
                engine |= missing.iter().any(|judge| judge.engine().is_some());
                todo.push((set, question, line.clone()));
            }
        }
        if todo.is_empty() {
            return Ok(0);
        }
        let aids = match aids {
            Some(aids) => aids,
            None if engine => {
                let choice: Choice = self.arguments.model.device.parse().map_err(Stop::Failed)?;
                let device = pollster::block_on(Device::open(choice)).map_err(Stop::Failed)?;
                self.arguments.engines.load(&device)?.0
            }
            None => Aids::default(),
        };
        let bar = bar("Judging  {pos}/{len}  {bar:30}  {eta} left");
        bar.set_length(todo.len() as u64);
        let mut failed = 0;
        for (set, question, mut line) in todo {
            let missing = judging::missing(&line, question, &set.judges, &changed);
            match guarded(|| judging::judge(&mut line, question, &missing, set.judges.first(), &aids)) {
                Ok(()) => store.put(line)?,
                // The answer stays, unjudged.
                Err(error) => {
                    eprintln!("{} of {} is not judged: {error}", question.id, set.data.name);
                    failed += 1;
                }
            }
            bar.inc(1);
        }
        bar.finish_and_clear();
        Ok(failed)
    }
}

/// One question, judged at once: an interruption leaves nothing half done.
fn one(plan: &Plan, model: &Model, todo: &Todo, judges: &[Judge], before: Option<&Value>) -> semgrad::Result<Value> {
    let Todo { set, question, lack } = todo;
    let mut line = plan.complete(model, question, before, lack)?;
    if *lack == Lack::Answer {
        line = store::line(set, question, line);
    }
    let missing = judging::missing(&line, question, judges, &[]);
    judging::judge(&mut line, question, &missing, judges.first(), &model.aids.borrow())?;
    Ok(line)
}
