//! `semgrad calibrate`: from judged answers to a profile that says what scores mean.

mod existing;
mod given;
mod questions;
mod table;

use crate::evaluate::item::Item;
use crate::jsonl::{unusable, write_file};
use crate::load::today;
use crate::models::{Located, locate};
use crate::stop::Stop;
use clap::{Args, ValueEnum};
use existing::existing;
use questions::{Judged, Source};
use semgrad::confidence::calibration::{Answers, Conditions, Samples};
use semgrad::confidence::fit::{Options, fit};
use semgrad::confidence::left_out::left_out;
use semgrad::confidence::report::Report;
use semgrad::confidence::state::STATE;
use semgrad::confidence::verdict::{Mode, Policy, Risk};
use semgrad::profile::Key;
use semgrad::text::Text;
use semgrad::weights::checkpoint::Checkpoint;
use semgrad_scores::kinds::Kind;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Arguments of `semgrad calibrate`.
#[derive(Args)]
pub struct Arguments {
    /// Judged answers: questions.jsonl of `semgrad eval`. How they came about is read from
    /// summary.json or settings.json beside it.
    #[arg(long, value_name = "FILE", required_unless_present = "given", num_args = 1..)]
    questions: Vec<PathBuf>,
    #[command(flatten)]
    given: given::GivenArguments,
    /// Whose judgement counts; default: the judge of each question set.
    #[arg(long, default_value = "default")]
    judge: String,
    /// The model that answered, a known name, a GGUF file or a Hugging Face folder: it is hashed, and loaded with --given alone.
    #[arg(long)]
    model: PathBuf,
    /// What was put before every question, where no file beside the questions says it.
    #[arg(long)]
    prefix: Option<String>,
    /// The system message, likewise.
    #[arg(long)]
    system: Option<String>,
    /// Most tokens of an answer, likewise.
    #[arg(long)]
    max_tokens: Option<usize>,
    /// Temperature of the samples, likewise.
    #[arg(long)]
    temperature: Option<f64>,
    /// Who judged entailment for the scores: lexical, judge or encoder; with --given the cross-encoder to ask.
    #[arg(long)]
    nli: Option<String>,
    /// Who compared texts for the scores: lexical or encoder; with --given the sentence encoder to ask.
    #[arg(long)]
    embed: Option<String>,
    /// Scores that the confidence may be made of, separated by commas, and state for the model's own state; all that one
    /// pass gives if not said.
    #[arg(long, value_delimiter = ',')]
    methods: Option<Vec<String>>,
    /// What the verdict bounds.
    #[arg(long, value_enum, default_value_t = Bound::Conformal)]
    mode: Bound,
    /// Tolerated risk of an answer.
    #[arg(long)]
    answer_risk: Option<f64>,
    /// Tolerated risk of a flagged answer.
    #[arg(long)]
    abstain_risk: Option<f64>,
    /// Probability that the bound of selective risk fails.
    #[arg(long, default_value_t = 0.05)]
    delta: f64,
    /// Also report on these judged answers, which are not fitted to.
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with = "half")]
    test: Vec<PathBuf>,
    /// Fit to one half of the questions, by a hash of their ids, and report on the other.
    #[arg(long)]
    half: bool,
    /// An existing profile of the model that the calibration is put into.
    #[arg(long)]
    profile: Option<PathBuf>,
    /// Where the profile goes.
    #[arg(long)]
    out: PathBuf,
    /// Where the reports go, as JSON.
    #[arg(long)]
    report: Option<PathBuf>,
    /// Where the confidence of each question goes, by a fit that did not see it: one line a question, for
    /// `semgrad eval --confidences`.
    #[arg(long, value_name = "FILE")]
    confidences: Option<PathBuf>,
    /// Where the confidence of each question goes by a fit to all other question sets: whether it holds for kinds of
    /// questions that it never saw. `semgrad reliability` reads it.
    #[arg(long, value_name = "FILE")]
    left_out: Option<PathBuf>,
    /// Fit to these kinds of questions alone, by `semgrad kinds`; separated by commas. To all, if not said.
    #[arg(long, value_delimiter = ',', value_parser = super::kinds::kind)]
    kinds: Vec<Kind>,
}

/// What the verdict bounds, on the command line.
#[derive(Clone, Copy, ValueEnum)]
enum Bound {
    /// The share of all questions that are answered wrong.
    Conformal,
    /// The share of wrong answers among those given.
    Selective,
    /// Nothing: the semantic entropy of samples decides.
    Entropy,
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<(), Stop> {
    if !arguments.given.given.is_empty() {
        let Arguments { given, model, prefix, nli, embed, profile, out, report, .. } = arguments;
        return given::run(&given, &given::Common { model, prefix, nli, embed, profile, out, report });
    }
    let judge = Some(arguments.judge.as_str()).filter(|judge| *judge != "default");
    let source = Source::read(&arguments.questions, judge)?;
    if let Some(methods) = &arguments.methods {
        let scores: Vec<&String> = methods.iter().filter(|name| *name != STATE).collect();
        semgrad::methods::select(&scores).map_err(Stop::Failed)?;
    }
    let model = locate(&arguments.model)?;
    let weights = model.hash()?.to_owned();
    if let Some(other) = source.origins.iter().filter_map(|origin| origin.weights.as_ref()).find(|w| **w != weights) {
        return Err(Stop::bad_input(
            format!("the answers are of other weights ({}…) than --model ({}…).", &short(other), short(&weights)),
            "Name the model that answered.",
        ));
    }
    let key = Key { weights, template: template(&model)?, prefix: prefix(&arguments, &source)?, adapter: None };
    let mut profile = existing(arguments.profile.as_deref(), &key)?;
    let risk =
        Risk { answer: arguments.answer_risk, abstain: arguments.abstain_risk, mode: Some(arguments.mode.into()) };
    if !(arguments.delta > 0.0 && arguments.delta < 1.0) {
        return Err(Stop::bad_input(
            format!("--delta is {}.", arguments.delta),
            "Use a probability between 0 and 1, such as 0.05.",
        ));
    }
    let options = Options {
        conditions: conditions(&arguments, &source)?,
        judge: source.judge.clone(),
        date: today(),
        verdict: Policy::default().with(&risk).map_err(Stop::Failed)?,
        delta: arguments.delta,
        methods: arguments.methods.clone(),
    };

    let items = items(&source.judged);
    let (fitted, held_out): (Vec<Item>, Vec<Item>) = items.into_iter().partition(|i| !arguments.half || first_half(i));
    let (calibration, report) = fit(&fitted, &options).map_err(Stop::Failed)?;
    say_line!("{}", table::text("cross-fitted on the questions of fitting", &calibration, &report));
    let mut reports = json!({ "fit": report.to_json() });
    let mut confidences = report.confidences;
    let test = match (arguments.half, arguments.test.is_empty()) {
        (true, _) => held_out,
        (false, true) => Vec::new(),
        (false, false) => self::items(&Source::read(&arguments.test, judge)?.judged),
    };
    if !test.is_empty() {
        let report = Report::of_test(&calibration, &test);
        say_line!("{}", table::text("on questions that were not fitted to", &calibration, &report));
        reports["test"] = report.to_json();
        confidences.extend(report.confidences);
    }
    profile.insert(calibration);
    write_file(&arguments.out, &profile)?;
    say_line!("profile written to {}", arguments.out.display());
    let right: HashMap<(&str, &str), bool> =
        fitted.iter().chain(&test).map(|item| ((item.set.as_str(), item.id.as_str()), item.right)).collect();
    let write = |path: &Path, said: &[(String, String, f64)]| {
        let line = |(set, id, p): &(String, String, f64)| {
            let right = right.get(&(set.as_str(), id.as_str()));
            json!({ "set": set, "id": id, "confidence": p, "right": right }).to_string() + "\n"
        };
        std::fs::write(path, said.iter().map(line).collect::<String>()).map_err(|e| Stop::Failed(unusable(path, &e)))
    };
    if let Some(path) = &arguments.confidences {
        write(path, &confidences)?;
    }
    if let Some(path) = &arguments.left_out {
        write(path, &left_out(&fitted, &options).map_err(Stop::Failed)?)?;
    }
    arguments.report.as_ref().map_or(Ok(()), |path| write_file(path, &reports))
}

fn short(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}

fn items(judged: &[Judged]) -> Vec<Item> {
    judged.iter().map(|judged| judged.item.clone()).collect()
}

/// The same half every time, whatever the order of the questions.
fn first_half(item: &Item) -> bool {
    Sha256::digest(item.id.as_bytes()).first().is_some_and(|byte| byte % 2 == 0)
}

/// What was put before every question: by the command line and the folders, else by the lines themselves.
fn prefix(arguments: &Arguments, source: &Source) -> Result<String, Stop> {
    let agreed = source.agreed("prefix", arguments.prefix.as_ref(), |origin| Some(&origin.prefix))?;
    let said = agreed.cloned().or_else(|| source.common(|judged| judged.prefix.clone()));
    if let Some(other) = source.judged.iter().filter_map(|j| j.prefix.as_ref()).find(|p| said.as_ref() != Some(*p)) {
        return Err(match said {
            Some(said) => Stop::bad_input(
                format!("an answer came after the prefix {other:?}, and {said:?} is said of all of them."),
                "Leave --prefix out, or name other files.",
            ),
            None => Stop::bad_input(
                format!("not all answers came after the same prefix: one came after {other:?}."),
                "Calibrate with answers that came about in the same way.",
            ),
        });
    }
    if said.is_none() {
        eprintln!("warning: nothing says what was put before the questions: nothing is assumed (--prefix).");
    }
    Ok(said.unwrap_or_default())
}

/// Hash of the chat template, from the head of the model's files.
fn template(model: &Located) -> Result<Option<String>, Stop> {
    let files = model.files()?;
    let read = async {
        let checkpoint = Checkpoint::open(files).await?;
        Ok(Text::new(&checkpoint.text)?.as_ref().and_then(Text::template_hash))
    };
    pollster::block_on(read).map_err(Stop::Failed)
}

/// How the answers came about, by their folders, the command line and the lines themselves.
fn conditions(arguments: &Arguments, source: &Source) -> Result<Conditions, Stop> {
    let given = source.judged.iter().filter(|judged| judged.given).count();
    if given > 0 && given < source.judged.len() {
        return Err(Stop::bad_input(
            format!("{given} of {} answers were given, the model wrote the others.", source.judged.len()),
            "Calibrate the two kinds apart; a profile holds both.",
        ));
    }
    let rule = source.common(|judged| judged.rule.clone());
    let offset = source.common(|judged| judged.offset);
    if rule.is_none() && offset.is_none() {
        let advice = "Evaluate with one --semantic-position.";
        return Err(Stop::bad_input("the semantic position was found in several ways.", advice));
    }
    let max_tokens = source.agreed("max_tokens", arguments.max_tokens.as_ref(), |s| s.max_tokens.as_ref())?;
    let temperature = source.agreed("temperature", arguments.temperature.as_ref(), |s| s.temperature.as_ref())?;
    let samples = source.common(|judged| judged.samples).filter(|&count| count > 0);
    Ok(Conditions {
        answers: if given > 0 { Answers::Given } else { Answers::Own },
        temperature: 0.0,
        system: source.agreed("system", arguments.system.as_ref(), |s| s.system.as_ref())?.cloned(),
        semantic_rule: rule.unwrap_or_else(|| "header".into()),
        semantic_offset: offset,
        max_tokens: max_tokens.copied(),
        samples: samples.zip(temperature).map(|(count, &temperature)| Samples { count, temperature }),
        nli: arguments.nli.clone(),
        embed: arguments.embed.clone(),
        // Without any, those of the questions, which fitting finds.
        kinds: arguments.kinds.clone(),
    })
}

impl From<Bound> for Mode {
    fn from(bound: Bound) -> Self {
        match bound {
            Bound::Conformal => Self::Conformal,
            Bound::Selective => Self::Selective,
            Bound::Entropy => Self::Entropy,
        }
    }
}
