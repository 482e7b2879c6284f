//! A calibration fitted to answers that someone judged.

use super::calibration::{Calibration, Conditions, Fitted, FittedSet, MethodMap, sets};
use super::combined::{Combined, Data, Map, mapped};
use super::domain::Domain;
use super::features::{Aspect, CANDIDATES, Lengths, Transform};
use super::item::{Item, column, whole};
use super::quality::Quality;
use super::report::Report;
use super::state::{STATE, State};
use super::thresholds::{Level, Thresholds};
use super::verdict::Policy;
use super::{conformal, entropy, selective};
use crate::error::{Code, Error, Result};
use crate::kinds::Kind;
use crate::statistics::folds::folds;
use crate::statistics::{auroc, isotonic, platt};

/// Fewest questions: with fewer, no share is known to better than 0.14.
const QUESTIONS: usize = 50;
/// Fewest right, and fewest wrong answers: two in each fold.
const OF_EACH: usize = 10;
/// A score is used where at least this share of the questions has it.
const PRESENT: f64 = 0.9;
/// A kind of question counts as fitted to where it has at least this share of the questions, and so many of them.
const KIND_SHARE: f64 = 0.02;
/// Fewest questions of a kind.
const OF_KIND: usize = 3;
/// Tolerated risks that thresholds are stored for.
const RISKS: [f64; 17] =
    [0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.09, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5];

/// What is known about the questions, and what is wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// How the answers came about.
    pub conditions: Conditions,
    /// Who said what is right.
    pub judge: String,
    /// YYYY-MM-DD.
    pub date: String,
    /// Tolerated risks.
    pub verdict: Policy,
    /// Probability that the bound on selective risk fails.
    pub delta: f64,
    /// Methods that the confidence may be made of, and [`STATE`]; `None` for all that one pass gives.
    pub methods: Option<Vec<String>>,
}

impl Default for Options {
    fn default() -> Self {
        let (judge, date) = (String::new(), String::new());
        let conditions = Conditions { semantic_rule: "header".into(), ..Conditions::default() };
        Self { conditions, judge, date, verdict: Policy::default(), delta: 0.05, methods: None }
    }
}

/// Fits everything to those of `items` that were not cut off, and, where the options name kinds of questions, are not known
/// to be of others. The report is of cross-fitted confidences: each question's by a fit that did not see it.
///
/// # Errors
/// `bad_input` for fewer than 50 questions, fewer than ten right or ten wrong answers, or scores that are no numbers.
pub fn fit(items: &[Item], options: &Options) -> Result<(Calibration, Report)> {
    let (kept, mut notes) = wanted(items, options);
    let items = kept.as_slice();
    check(items)?;
    let mut maps: Vec<(String, MethodMap)> = Vec::new();
    let mut ids: Vec<&str> = Vec::new();
    for id in items.iter().flat_map(|item| item.scores.keys()) {
        if !ids.contains(&id.as_str()) {
            ids.push(id);
        }
    }
    for id in ids {
        match map(id, items)? {
            Some(map) => maps.push((id.to_owned(), map)),
            None => notes.push(format!("{id}: too few questions have this score, or all have the same")),
        }
    }
    let sets = sets(items);
    for &FittedSet { ref name, questions: n, right } in &sets {
        if right == 0 || right == n {
            let which = if right == 0 { "wrong" } else { "right" };
            notes.push(format!(
                "{name}: all {n} answers are {which}, so this set says nothing about the order of scores"
            ));
        }
    }
    let (data, at) = combinable(items, options);
    let mut combined = None;
    let mut confidence = Vec::new();
    match &data {
        Some(data) => {
            confidence = data.cross_fitted()?;
            let model = data.train(&(0..data.rows.len()).collect::<Vec<_>>())?;
            let quality = Quality::with_intervals(&confidence, &data.right);
            combined = Some(Combined { quality, ..model });
            if at.len() < items.len() {
                notes.push(format!("{} questions lack a score of the confidence", items.len() - at.len()));
            }
        }
        None => notes.push("the questions have no scores of one pass in common: no combined confidence".into()),
    }
    let right = data.as_ref().map_or(&[][..], |data| &data.right);
    let (entropies, entropy_right) = column(entropy::METHOD, items);
    let thresholds = Thresholds {
        conformal: levels(&confidence, &|risk| conformal::threshold(&confidence, right, risk)),
        selective: levels(&confidence, &|risk| selective::threshold(&confidence, right, risk, options.delta)),
        delta: options.delta,
        entropy: if entropies.len() < QUESTIONS { None } else { entropy::fit(&entropies, &entropy_right) },
    };
    let (questions, right) = count(items.iter());
    let fitted = Fitted { sets, judge: options.judge.clone(), date: options.date.clone(), questions, right };
    let (mut conditions, verdict) = (options.conditions.clone(), options.verdict);
    if conditions.kinds.is_empty() {
        conditions.kinds = kinds(items);
    }
    let domain = domain(items)?;
    let calibration = Calibration { conditions, fitted, maps, combined, domain, thresholds, verdict };
    let answered: Vec<&Item> = at.iter().map(|&i| &items[i]).collect();
    let report = Report::of_fit(&calibration, items, &answered, &confidence, notes);
    Ok((calibration, report))
}

/// The items that are fitted to, and notes on the others.
pub(super) fn wanted(items: &[Item], options: &Options) -> (Vec<Item>, Vec<String>) {
    let (whole, cut) = whole(items);
    let mut notes: Vec<String> = cut.into_iter().collect();
    let kinds = &options.conditions.kinds;
    let wanted = |kind: Kind| kinds.is_empty() || kinds.contains(&kind);
    let kept: Vec<Item> = whole.iter().filter(|item| item.kind.is_none_or(wanted)).cloned().collect();
    if kept.len() < whole.len() {
        let count = whole.len() - kept.len();
        let were = if count == 1 { "question of another kind was" } else { "questions of other kinds were" };
        notes.push(format!("{count} {were} left out"));
    }
    (kept, notes)
}

/// The kinds of questions, as far as they are known, but for strays: a rule told them apart, and it errs at times.
fn kinds(items: &[Item]) -> Vec<Kind> {
    let known: Vec<Kind> = items.iter().filter_map(|item| item.kind).collect();
    let least = (KIND_SHARE * known.len() as f64).max(OF_KIND as f64);
    let often = |kind: &Kind| known.iter().filter(|other| *other == kind).count() as f64 >= least;
    Kind::ALL.into_iter().filter(often).collect()
}

pub(super) fn check(items: &[Item]) -> Result<()> {
    let bad = |message: String, advice: &str| Err(Error::new(Code::BadInput, message, advice));
    let (n, right) = count(items.iter());
    if n < QUESTIONS {
        let advice = "Judge more answers: at least 50, better several hundred.";
        return bad(format!("there are {n} judged questions, and calibration needs {QUESTIONS}."), advice);
    }
    let (fewer, which) = if right <= n - right { (right, "right") } else { (n - right, "wrong") };
    if fewer < OF_EACH {
        let advice = match which {
            "right" => "Add easier questions, or check the judge: calibration learns from both kinds of answers.",
            _ => "Add harder questions, or check the judge: calibration learns from both kinds of answers.",
        };
        return bad(format!("only {fewer} of {n} answers are {which}, and calibration needs {OF_EACH}."), advice);
    }
    if items.iter().any(|item| item.scores.values().any(|score| !score.is_finite())) {
        return bad("a score is no finite number.".into(), "Leave undefined scores out.");
    }
    let shape = |state: &State| (state.layer, state.values.len());
    let odd = |state: &State| !state.question.is_empty() && state.question.len() != state.values.len();
    let mut states = items.iter().filter_map(|item| item.state.as_ref());
    if let Some(first) = states.clone().next().map(shape)
        && states.any(|state| shape(state) != first || odd(state) || !state.is_finite())
    {
        return bad(
            "the answers' states are of different layers or widths, or hold something else than finite numbers.".into(),
            "Evaluate all questions with one model, or leave the states out.",
        );
    }
    Ok(())
}

/// Questions, and how many of them are answered right.
fn count<'a>(items: impl Iterator<Item = &'a Item>) -> (usize, usize) {
    items.fold((0, 0), |(n, right), item| (n + 1, right + usize::from(item.right)))
}

/// Enough questions, right and wrong answers.
fn enough(right: &[bool]) -> bool {
    let rights = right.iter().filter(|&&r| r).count();
    right.len() >= QUESTIONS && rights.min(right.len() - rights) >= OF_EACH
}

fn varies(values: &[f64]) -> bool {
    values.windows(2).any(|pair| pair[0] != pair[1])
}

/// Number that tells apart question sets and labels.
fn stratum(item: &Item, sets: &[FittedSet]) -> usize {
    2 * sets.iter().position(|set| set.name == item.set).unwrap_or_default() + usize::from(item.right)
}

/// The maps of one method; `None` when too few questions have its score.
fn map(id: &str, items: &[Item]) -> Result<Option<MethodMap>> {
    let (scores, right) = column(id, items);
    if !enough(&right) || !varies(&scores) {
        return Ok(None);
    }
    let sets = sets(items);
    let strata: Vec<usize> =
        items.iter().filter(|item| item.scores.contains_key(id)).map(|item| stratum(item, &sets)).collect();
    let folds = folds(&strata);
    let of = |map| mapped(map, &scores, &right, &folds).map(|confidence| Quality::of(&confidence, &right));
    let (by_step, by_line) = (of(Map::Isotonic)?, of(Map::Platt)?);
    let (used, quality) = if by_line.brier <= by_step.brier { (Map::Platt, by_line) } else { (Map::Isotonic, by_step) };
    let wrong: Vec<bool> = right.iter().map(|right| !right).collect();
    Ok(Some(MethodMap {
        isotonic: isotonic::fit(&scores, &right),
        platt: platt::fit(&scores, &right)?,
        used,
        quality: Quality { auroc: auroc(&scores, &wrong), ..quality },
    }))
}

/// The questions that the confidence is fitted to, by place in `items`: those that have all the scores that nearly all
/// have. `None` without any such score.
pub(super) fn combinable<'a>(items: &'a [Item], options: &'a Options) -> (Option<Data<'a>>, Vec<usize>) {
    let wanted = |id: &str| options.methods.as_ref().is_none_or(|ids| ids.iter().any(|wanted| wanted == id));
    let value = |item: &Item, name: &str| item.lengths().get(name).or_else(|| item.scores.get(name).copied());
    let usable = |&&(name, ..): &&(&'static str, Transform, Aspect)| {
        let values: Vec<f64> = items.iter().filter_map(|item| value(item, name)).collect();
        (Lengths::has(name) || wanted(name)) && values.len() as f64 >= PRESENT * items.len() as f64 && varies(&values)
    };
    let features: Vec<(&str, Transform)> =
        CANDIDATES.iter().filter(usable).map(|&(name, transform, _)| (name, transform)).collect();
    if features.iter().all(|feature| Lengths::has(feature.0)) {
        return (None, Vec::new());
    }
    let sets = sets(items);
    let states: Vec<&State> = items.iter().filter_map(|item| item.state.as_ref()).collect();
    let layer = states.first().filter(|_| wanted(STATE) && states.len() as f64 >= PRESENT * items.len() as f64);
    let states = layer.map(|state| (state.layer, Vec::new()));
    let (mut data, mut at) = (Data { features, rows: vec![], states, right: vec![], strata: vec![] }, Vec::new());
    for (i, item) in items.iter().enumerate() {
        if data.states.is_some() && item.state.is_none() {
            continue;
        }
        let values = data.features.iter().map(|&(name, transform)| value(item, name).map(|v| transform.apply(v)));
        if let Some(row) = values.collect::<Option<Vec<f64>>>() {
            data.rows.push(row);
            if let (Some((_, states)), Some(state)) = (&mut data.states, &item.state) {
                states.push(&state.values);
            }
            data.right.push(item.right);
            data.strata.push(stratum(item, &sets));
            at.push(i);
        }
    }
    if enough(&data.right) { (Some(data), at) } else { (None, Vec::new()) }
}

/// The questions as the model read them; `None` where nearly all of them do not say it.
fn domain(items: &[Item]) -> Result<Option<Domain>> {
    let known = |item: &&Item| item.state.as_ref().is_some_and(|state| !state.question.is_empty());
    let read: Vec<&Item> = items.iter().filter(known).collect();
    let states: Vec<&State> = read.iter().filter_map(|item| item.state.as_ref()).collect();
    let first = states.first().filter(|_| read.len() as f64 >= PRESENT * items.len() as f64);
    let Some(layer) = first.map(|state| state.layer) else { return Ok(None) };
    let sets = sets(items);
    let strata: Vec<usize> = read.iter().map(|item| stratum(item, &sets)).collect();
    Domain::fit(layer, &states.iter().map(|state| state.question.as_slice()).collect::<Vec<_>>(), &strata).map(Some)
}

/// Thresholds by risk, in terms of confidences; none without confidences.
fn levels(confidence: &[f64], threshold: &dyn Fn(f64) -> f64) -> Vec<Level> {
    let risks = if confidence.is_empty() { &[][..] } else { &RISKS };
    // Where everything may be answered, so may a confidence of 0.
    risks.iter().map(|&risk| Level { risk, threshold: threshold(risk).max(0.0) }).collect()
}
