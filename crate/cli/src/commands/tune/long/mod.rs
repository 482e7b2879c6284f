//! `semgrad tune --answers long`: teaches a model to state doubts inside long answers (after LoGU, arXiv 2410.14309), in the
//! stages of short ones.
//!
//! | stage | files |
//! | --- | --- |
//! | ask: the greedy answer to each question with the doubt of each claim | `answers.jsonl`; instructions as ever in `asked.jsonl` |
//! | targets: the answer with its most doubtful claims rewritten or left out | `targets.jsonl` |
//! | train | as for short answers |
//! | result | the adapter, and `tuned.json` with what the validation answers state before and after |

mod answers;
mod judging;
mod plan;
mod result;

use super::answers::{Answer, answers as asked};
use super::arguments::Arguments;
use super::asking::{Lazy, ask_instructions};
use super::learning::{self, Learned};
use super::lessons::rehearsed;
use super::manner::same_manner;
use super::sets::Sets;
use crate::evaluate::store::Store;
use crate::evaluate::{built_in, settings};
use crate::jsonl::{finished, write_file};
use crate::load::today;
use crate::report::format::fixed;
use crate::stop::Stop;
use crate::tuned;
use answers::{Said, ask_long_all, one, said};
use judging::judged;
use plan::Plan;
use result::{Tuned, table};
use semgrad::teach::{Asked, long_examples};
use semgrad_scores::abstain::doubt::asked::{FREE, JUDGED};
use semgrad_scores::abstain::doubt::pieces::Kind;

/// Answers that are looked at after each epoch.
const SOME: usize = 20;

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<(), Stop> {
    let sets = Sets::read(&arguments)?;
    let folder = arguments.folder()?;
    let located = arguments.model.locate()?;
    let asking = arguments.asking_long();
    same_manner(&arguments, &located, &asking, &folder.join(settings::FILE))?;
    let mut model = Lazy::new(&located, &arguments, None);
    // Who judges entailment judges what the words of a claim could have been as well.
    let score = if arguments.engines.entailment().is_some() { JUDGED } else { FREE };
    let mut store = Store::open(&folder.join("answers.jsonl"))?;
    let all = sets.data.iter().chain(&sets.validation);
    let mut failed = ask_long_all(all, "Asking", score, &asking, &mut store, &mut model)?;
    store.tidy()?;
    let mut others = Store::open(&folder.join("asked.jsonl"))?;
    failed += ask_instructions(&arguments, &mut others, &mut model)?;
    others.tidy()?;

    let [data, before] = [&sets.data, &sets.validation].map(|sets| said(sets, &store));
    let instructions = asked(std::slice::from_ref(built_in::replay()), &others, None)?;
    let rule = arguments.rule();
    let plan = Plan::new(&data, &rule);
    let rehearsed = rehearsed(&instructions, plan.learned(), arguments.replay, arguments.seed);
    let path = arguments.out.join("targets.jsonl");
    plan.write(&rehearsed, &path)?;
    let told = plan.told(rehearsed.len());
    say_line!("Doubt of a claim: {score}, above {}\n{told}\n{}", fixed(plan.threshold, 3), path.display());
    if arguments.targets_only {
        return finished(failed);
    }
    let Learned { weights, begin, adapter, options, steps, loss } = {
        let (model, _) = model.get()?;
        let rehearsed: Vec<Asked> = rehearsed.iter().map(|answer: &&Answer| answer.asked.clone()).collect();
        let examples = long_examples(model, &plan.pairs(), &rehearsed).map_err(Stop::Failed)?;
        let some: Vec<&Said> = before.iter().chain(&data).take(SOME).collect();
        learning::learn(&arguments, model, &located, examples, &mut || {
            let answers = some.iter().map(|said| one(model, said.question, FREE, &asking));
            let answers: Vec<_> = answers.collect::<semgrad::Result<_>>().map_err(Stop::Failed)?;
            let states = answers.iter().filter(|answer| answer.count(Kind::Claim) > 0).count();
            Ok(if some.is_empty() { 1.0 } else { states as f64 / some.len() as f64 })
        })?
    };
    let mut store = Store::open(&arguments.out.join(format!("validated-{adapter:.8}.jsonl")))?;
    failed += ask_long_all(&sets.validation, "Validating", FREE, &asking, &mut store, &mut model)?;
    let after = said(&sets.validation, &store);
    let aids = match before.iter().any(|said| !said.question.context.is_empty()) {
        true => model.get()?.0.aids.take(),
        false => semgrad::answer::aids::Aids::default(),
    };
    let found = judged(&before, &after, aids.nli.as_deref()).map_err(Stop::Failed)?;
    let tuned = Tuned {
        answers: tuned::LONG.to_owned(),
        model: located.name(),
        weights,
        begin,
        adapter,
        date: today(),
        score: score.to_owned(),
        rule,
        threshold: plan.threshold,
        learned: told,
        options,
        steps,
        loss,
        validation: found,
    };
    write_file(&arguments.out.join(tuned::FILE), &tuned)?;
    say_line!("{}", learning::told(tuned.steps, tuned.loss));
    if let Some(found) = &tuned.validation {
        say_line!("{}", table(found));
    }
    learning::farewell(&arguments.out);
    finished(failed)
}
