//! Judged answers from files, with what their folder says of how they came about.

use crate::evaluate::answered::{Answered, read};
use crate::evaluate::item::Item;
use crate::evaluate::settings::{self, Settings};
use crate::evaluate::summary::Summary;
use crate::jsonl;
use crate::stop::Stop;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Judged answers.
pub struct Source {
    /// One by one.
    pub judged: Vec<Judged>,
    /// Of the evaluations they come from.
    pub origins: Vec<Origin>,
    /// Who judged.
    pub judge: String,
}

/// How the answers of a folder came about: by summary.json, or by settings.json while no evaluation is finished there.
pub struct Origin {
    /// Which of the two files says it.
    file: &'static str,
    pub weights: Option<String>,
    pub prefix: String,
    pub system: Option<String>,
    pub max_tokens: Option<usize>,
    pub temperature: Option<f64>,
}

impl From<Summary> for Origin {
    fn from(summary: Summary) -> Self {
        let Summary { model, prefix, system, max_tokens, temperature, .. } = summary;
        Self { file: SUMMARY, weights: model.weights, prefix, system, max_tokens, temperature }
    }
}

impl From<Settings> for Origin {
    fn from(settings: Settings) -> Self {
        let Settings { weights, prefix, system, max_tokens, temperature, .. } = settings;
        let (weights, max_tokens) = (Some(weights), Some(max_tokens));
        Self { file: settings::FILE, weights, prefix, system, max_tokens, temperature }
    }
}

/// One answer.
pub struct Judged {
    /// What calibration reads.
    pub item: Item,
    /// Whether the answer was given.
    pub given: bool,
    /// Where the semantic position was, counted from the prompt's end.
    pub offset: Option<i64>,
    /// How it was found.
    pub rule: Option<String>,
    /// What was put before the question.
    pub prefix: Option<String>,
    /// Samples beside the answer.
    pub samples: Option<usize>,
}

/// What the line has besides.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Line {
    semantic_position: Option<Position>,
    prefix: Option<String>,
    samples: Vec<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Position {
    offset: i64,
    rule: String,
}

impl Source {
    /// Reads files. `judge`: whose judgement counts, or that of each set.
    pub fn read(paths: &[PathBuf], judge: Option<&str>) -> Result<Self, Stop> {
        let mut source = Self { judged: Vec::new(), origins: Vec::new(), judge: String::new() };
        let (mut judges, mut unjudged) = (BTreeSet::new(), BTreeMap::<String, usize>::new());
        let mut seen = BTreeSet::new();
        for path in paths {
            let origin = origin(path)?;
            for line in jsonl::read(path)? {
                let (answered, problems) = match line.fault {
                    Some(fault) => (Vec::new(), vec![fault.to_owned()]),
                    None => read(&line.text),
                };
                let Some(answered) = answered.into_iter().next() else {
                    for problem in problems {
                        let problem = problem.trim_start_matches("line 1: ");
                        eprintln!("warning: {} line {}: {problem}, left out.", path.display(), line.number);
                    }
                    continue;
                };
                let Some(judged) = judged(&answered, &line.text, judge, path) else {
                    answered.judgements.keys().for_each(|name| *unjudged.entry(name.clone()).or_default() += 1);
                    *unjudged.entry(String::new()).or_default() += 1;
                    continue;
                };
                if !seen.insert((judged.item.set.clone(), judged.item.id.clone())) {
                    continue;
                }
                judges.extend(judge.map(str::to_owned).or(answered.judge.clone()));
                source.judged.push(judged);
            }
            source.origins.extend(origin);
        }
        let all = unjudged.remove("").unwrap_or_default();
        if source.judged.is_empty() && all > 0 {
            let known: Vec<&str> = unjudged.keys().map(String::as_str).collect();
            return Err(match known.as_slice() {
                [] => {
                    Stop::bad_input("no answer was judged.", "Make the file with `semgrad eval`, which judges answers.")
                }
                known => Stop::bad_input(
                    format!("no answer was judged by {:?}.", judge.unwrap_or("default")),
                    format!("Use --judge with {}.", known.join(", ")),
                ),
            });
        }
        if all > 0 {
            eprintln!("warning: {all} answers were not judged and are left out.");
        }
        source.judge = judges.into_iter().collect::<Vec<_>>().join(" + ");
        Ok(source)
    }

    /// What the command line says, else what all folders say.
    pub fn agreed<'a, T: PartialEq + std::fmt::Debug>(
        &'a self,
        what: &str,
        argument: Option<&'a T>,
        of: impl Fn(&'a Origin) -> Option<&'a T>,
    ) -> Result<Option<&'a T>, Stop> {
        let said: Vec<Option<&T>> = self.origins.iter().map(&of).collect();
        match (argument, said.as_slice()) {
            (Some(argument), _) => {
                let other = |origin: &'a Origin| of(origin).filter(|said| *said != argument).map(|said| (origin, said));
                match self.origins.iter().find_map(other) {
                    Some((Origin { file, .. }, other)) => Err(Stop::bad_input(
                        format!("--{} is {argument:?}, and {file} says {other:?}.", what.replace('_', "-")),
                        "Leave the argument out, or name other files.",
                    )),
                    None => Ok(Some(argument)),
                }
            }
            (None, []) => Ok(None),
            (None, [first, rest @ ..]) => match rest.iter().find(|said| *said != first) {
                Some(other) => Err(Stop::bad_input(
                    format!("the evaluations differ in {what}: {first:?} and {other:?}."),
                    "Calibrate with answers that came about in the same way.",
                )),
                None => Ok(*first),
            },
        }
    }

    /// What all answers have in common; nothing where they differ.
    pub fn common<T: PartialEq>(&self, of: impl Fn(&Judged) -> Option<T>) -> Option<T> {
        let mut values = self.judged.iter().map(of);
        let first = values.next()?;
        values.all(|value| value == first).then_some(first).flatten()
    }
}

fn judged(answered: &Answered, line: &str, judge: Option<&str>, path: &Path) -> Option<Judged> {
    let mut item = answered.item(judge)?;
    // A confidence of an earlier calibration is no score.
    item.scores.remove(crate::evaluate::measure::CONFIDENCE);
    if item.set.is_empty() {
        item.set = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    }
    // What could be read as an answer is an object; missing fields are as by default.
    let line: Line = serde_json::from_str(line).unwrap_or_default();
    let (samples, prefix) = (Some(line.samples.len()), line.prefix);
    let (offset, rule) = line.semantic_position.map(|p| (p.offset, p.rule)).unzip();
    let rule = match rule.as_deref() {
        // By name the same, by place not.
        Some("offset") => offset.map(|offset| offset.to_string()),
        _ => rule,
    };
    Some(Judged { item, given: answered.finish_reason == "given", offset, rule, prefix, samples })
}

const SUMMARY: &str = "summary.json";

/// What the folder says, if it says anything.
fn origin(questions: &Path) -> Result<Option<Origin>, Stop> {
    let path = questions.with_file_name(SUMMARY);
    if !path.exists() {
        return Ok(settings::read(&questions.with_file_name(settings::FILE))?.map(Origin::from));
    }
    let text = jsonl::text(&path).map_err(Stop::Failed)?;
    serde_json::from_str(&text).map(|summary: Summary| Some(summary.into())).map_err(|error| {
        let message = format!("{} is no summary of an evaluation ({error}).", path.display());
        Stop::bad_input(message, "Make it again with `semgrad eval`, or move it away.")
    })
}
