//! What the numbers of a question set mean, in sentences, and what they cannot bear.

use super::curves::risk;
use super::format::{duration, fixed, interval, list, percent, times};
use super::kind::{CONFIDENCE, Kind, best, finite, ranked, sampled_baseline, settled};
use super::tables;
use crate::evaluate::summary::{Estimate, MethodSummary, SetSummary, Summary};

/// Below this many questions, or right or wrong answers, intervals are wide enough to mislead.
const FEW_QUESTIONS: usize = 100;
const FEW_ANSWERS: usize = 30;

/// A score whose rank correlation with the answer's length is beyond this mostly says how long the answer is.
const FOLLOWS_LENGTH: f64 = 0.5;

/// What a set shows.
#[derive(Debug, Default, PartialEq)]
pub struct Reading {
    /// What was found.
    pub facts: Vec<String>,
    /// What to beware of.
    pub warnings: Vec<String>,
}

/// Reads a set's numbers.
pub fn read(set: &SetSummary) -> Reading {
    let mut reading = Reading::default();
    let (n, right) = (set.questions, set.right.min(set.questions));
    if n == 0 {
        reading.warnings.push("No question was answered and judged.".to_owned());
        reading.warnings.extend(set.notes.iter().cloned());
        return reading;
    }
    let accuracy = interval(percentage(set.accuracy.low), percentage(set.accuracy.high), 0);
    let generation =
        finite(set.generation_ms).map(|_| format!(" An answer took {} on average.", duration(set.generation_ms)));
    reading.facts.push(format!(
        "{right} of {n} answers are right: {}{}.{}",
        percent(Some(right as f64 / n as f64), 0),
        accuracy.map_or_else(String::new, |i| format!(" {i}")),
        generation.unwrap_or_default()
    ));
    let single = best(set, Kind::OnePass);
    if let Some((id, m)) = single.and_then(|id| Some((id, set.methods.get(id)?))) {
        reading.facts.push(format!(
            "The best score from the one answer is {id}: {}{}",
            ranks(m),
            kept(m, set.accuracy.value)
        ));
    }
    if let Some(m) = set.methods.get(CONFIDENCE).filter(|m| settled(m).is_some()) {
        reading.facts.push(format!(
            "The calibrated confidence: {}{}{}",
            ranks(m),
            kept(m, set.accuracy.value),
            calibrated(m)
        ));
    }
    if let Some((id, m)) = sampled_baseline(set).and_then(|id| Some((id, set.methods.get(id)?))) {
        let cost = finite(m.cost).map(|c| format!(" It takes {} the time.", times(Some(c)))).unwrap_or_default();
        reading.facts.push(format!("Of what draws more answers, {id}: {}{cost}", ranks(m)));
    }
    reading.warnings = warnings(set, n, right, single);
    reading
}

fn percentage(share: Option<f64>) -> Option<f64> {
    share.map(|share| share * 100.0)
}

/// What an AUROC means.
fn ranks(m: &MethodSummary) -> String {
    let Some(value) = finite(m.auroc.value) else { return "has no AUROC.".to_owned() };
    let interval =
        interval(percentage(m.auroc.low), percentage(m.auroc.high), 0).map(|i| format!(" {i}")).unwrap_or_default();
    format!(
        "of a wrong and a right answer it doubts the wrong one more {:.0} times in 100{interval}, {}.",
        value * 100.0,
        strength(&m.auroc)
    )
}

/// An AUROC in a word, by the interval where chance is inside.
fn strength(auroc: &Estimate) -> &'static str {
    let (value, low, high) = (auroc.value.unwrap_or(0.5), auroc.low.unwrap_or(0.0), auroc.high.unwrap_or(1.0));
    match value {
        _ if low <= 0.5 && high >= 0.5 => "not shown to differ from guessing, which gives 50",
        v if v < 0.5 => "which is the wrong way round",
        v if v < 0.6 => "hardly better than guessing, which gives 50",
        v if v < 0.7 => "a weak signal (guessing gives 50)",
        v if v < 0.8 => "a fair signal (guessing gives 50)",
        v if v < 0.9 => "a good signal (guessing gives 50)",
        _ => "a very good signal (guessing gives 50)",
    }
}

/// What answering only the surest half is worth.
fn kept(m: &MethodSummary, accuracy: Option<f64>) -> String {
    match (risk(&m.curves, 0.5), finite(accuracy)) {
        (Some(risk), Some(accuracy)) => {
            format!(
                " Of the surest half of the answers {} are right, of all {}.",
                percent(Some(1.0 - risk), 0),
                percent(Some(accuracy), 0)
            )
        }
        _ => String::new(),
    }
}

fn calibrated(m: &MethodSummary) -> String {
    let skill = match (finite(m.brier_skill.value), finite(m.brier_skill.low)) {
        (Some(_), Some(low)) if low > 0.0 => " and it predicts better than the base rate alone",
        (Some(value), _) if value <= 0.0 => " but it predicts no better than the base rate alone",
        (Some(_), _) => " but it is not shown to predict better than the base rate alone",
        _ => "",
    };
    match finite(m.ece_debiased.value).or(finite(m.ece_mass.value)) {
        Some(error) => format!(
            " Its probabilities are off by {} points on average{skill} (Brier skill {}).",
            fixed(Some(error.max(0.0) * 100.0), 1),
            fixed(m.brier_skill.value, 2)
        ),
        None => String::new(),
    }
}

fn warnings(set: &SetSummary, n: usize, right: usize, single: Option<&str>) -> Vec<String> {
    let mut out = Vec::new();
    let wrong = n - right;
    if right == 0 || wrong == 0 {
        let all = if right == 0 { "wrong" } else { "right" };
        out.push(format!("All answers are {all}: nothing can tell right from wrong here, and no quality is defined."));
    } else {
        if n < FEW_QUESTIONS {
            out.push(format!("Only {n} questions: differences between scores are mostly chance."));
        }
        for (count, what) in [(right, "right"), (wrong, "wrong")] {
            if count < FEW_ANSWERS {
                out.push(format!("Only {count} {what} answers: every quality here hangs on them."));
            }
        }
    }
    if let Some((id, m)) = single.and_then(|id| Some((id, set.methods.get(id)?))) {
        let compared = set.methods.keys().filter(|id| Kind::of(id) == Kind::OnePass).count();
        if compared > 1 {
            out.push(format!(
                "{id} is the best of {compared} on these very questions; on new ones expect a little less."
            ));
        }
        if finite(m.auroc.low).is_some_and(|low| low <= 0.5) {
            out.push(
                "Even the best score from the one answer is not shown to beat guessing. Do not act on it.".to_owned(),
            );
        }
    }
    if set.methods.contains_key(CONFIDENCE) {
        out.push(
            "The calibrated confidence counts only if it was fitted on other questions: on its own it looks better than it \
             is."
                .to_owned(),
        );
    }
    out.extend(following(set));
    let reversed: Vec<&str> = ranked(set)
        .into_iter()
        .filter(|id| set.methods.get(*id).is_some_and(|m| finite(m.auroc.high).is_some_and(|high| high < 0.5)))
        .collect();
    if !reversed.is_empty() {
        out.push(format!("The wrong way round here, doubting right answers more: {}.", list(&reversed)));
    }
    let fewer: Vec<(&str, usize)> =
        set.methods.iter().filter(|(_, m)| m.questions < n).map(|(id, m)| (id.as_str(), m.questions)).collect();
    if let (Some(least), Some(most)) = (fewer.iter().map(|f| f.1).min(), fewer.iter().map(|f| f.1).max()) {
        let of = if least == most { least.to_string() } else { format!("{least} to {most}") };
        let names: Vec<&str> = fewer.iter().map(|f| f.0).collect();
        let names = if names.len() > 6 { format!("{} scores", names.len()) } else { list(&names) };
        out.push(format!("Measured on {of} of the {n} questions only: {names}. Compare these through the paired differences, which use the same questions."));
    }
    out.extend(judge(&set.judge));
    out.extend(others(set));
    out
}

/// Which scores rise or fall with the answer's length, the best four in numbers.
fn following(set: &SetSummary) -> Option<String> {
    let follows = |id: &&str| {
        let found = set.methods.get(*id).filter(|m| settled(m).is_some());
        found.and_then(|m| finite(m.length_spearman.value)).is_some_and(|rho| rho.abs() >= FOLLOWS_LENGTH)
    };
    let ids: Vec<&str> = ranked(set).into_iter().filter(follows).collect();
    let told = |id: &&str| {
        let m = set.methods.get(*id)?;
        let [rho, auroc, within] =
            [&m.length_spearman, &m.auroc, &m.auroc_within_length].map(|number| fixed(number.value, 2));
        Some(format!("{id} ({rho}; AUROC {auroc}, within equal length {within})"))
    };
    let (shown, rest) = ids.split_at(ids.len().min(4));
    let rest = match rest.len() {
        0 => String::new(),
        1..=4 => format!("; also {}", list(rest)),
        more => format!("; also {more} others"),
    };
    let shown: Vec<String> = shown.iter().filter_map(told).collect();
    (!shown.is_empty()).then(|| {
        let shown = list(&shown);
        format!("Follows the length of the answer (rank correlation beyond ±{FOLLOWS_LENGTH}): {shown}{rest}.")
    })
}

/// What kind of mistakes the judges named `name` make; pooled sets may have several.
fn judge(name: &str) -> Option<String> {
    let mut caveats: Vec<String> = name
        .split(" + ")
        .filter_map(|judge| Some(format!("by {judge} an answer is right when {}", caveat(judge)?)))
        .collect();
    caveats.dedup();
    (!caveats.is_empty()).then(|| {
        let caveats = caveats.join("; ");
        format!("A program judges what is right: {caveats}. Its wrong verdicts pull every AUROC towards 0.5.")
    })
}

/// How a judge decides and what that misses.
fn caveat(judge: &str) -> Option<&'static str> {
    let kind = judge.split('@').next().unwrap_or(judge);
    Some(match kind {
        "containment" => {
            "the words of a reference occur in it; an answer that names many things passes too easily, a right one in \
             other words fails"
        }
        "rouge_l" | "f1" => {
            "it shares enough words with a reference; its length and wording count for more than they should"
        }
        "embedding" => "an embedding model finds it near to a reference; the right topic may be enough for that",
        "nli" => "a language-inference model says that it entails a reference; such models err as well",
        "truth_rouge" | "truth_embedding" | "truth" => {
            "it is nearer to a true reference than to a false one; it may be near to neither"
        }
        _ => return None,
    })
}

/// Whether other judges would say something else.
fn others(set: &SetSummary) -> Vec<String> {
    let here = ranked(set).into_iter().find(|id| set.methods.get(*id).and_then(settled).is_some());
    let unlike = |other: &&crate::evaluate::summary::JudgeSummary| {
        let disagrees = finite(other.agreement).is_some_and(|share| share < 0.9);
        disagrees || tables::best(&other.auroc).is_some_and(|(id, _)| Some(id) != here)
    };
    set.others
        .iter()
        .filter(unlike)
        .map(|other| {
            let best = match tables::best(&other.auroc) {
                Some((id, auroc)) => format!("; best is {id} ({})", fixed(Some(auroc), 2)),
                None => String::new(),
            };
            format!(
                "By the judge {}: {} right, agreeing on {} of the answers{best}.",
                other.judge,
                percent(other.accuracy, 0),
                percent(other.agreement, 0)
            )
        })
        .collect()
}

/// What to beware of in all sets of a model; its notes are apart.
pub fn of_model(summary: &Summary) -> Vec<String> {
    let mut out = Vec::new();
    let lows = summary.sets.iter().filter_map(|set| {
        let id = ranked(set).into_iter().next()?;
        settled(set.methods.get(id)?)
    });
    let best = lows.fold(f64::NEG_INFINITY, f64::max);
    if best.is_finite() && best < 0.7 {
        out.push(format!(
            "No score reaches an AUROC of 0.7 on any set ({} at best). The scores of this model can sort answers a little; \
             they cannot decide alone which one to trust.", fixed(Some(best), 2)
        ));
    }
    let accuracy = finite(summary.pooled.accuracy.value);
    if let (Some(share), Some(parameters)) = (accuracy.filter(|share| *share < 0.35), summary.model.parameters) {
        out.push(format!(
            "With {} weights the model gets {} right. Most of what it says is wrong, so even a good order of its answers \
             leaves few to act on.", super::format::parameters(Some(parameters)), percent(Some(share), 0)
        ));
    }
    out
}
