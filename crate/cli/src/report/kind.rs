//! What sort of work a method takes, which is how a reader tells them apart first.

use super::format;
pub use crate::evaluate::measure::CONFIDENCE;
use crate::evaluate::summary::{MethodSummary, SetSummary, Summary};
use semgrad::methods::{REGISTRY, Source};
use std::collections::BTreeMap;

/// Baselines that draw several answers, the most usual first.
const SAMPLED_BASELINES: [&str; 3] = ["discrete_semantic_entropy", "semantic_entropy", "semantic_entropy_lax"];

/// The work that a score takes besides the answer itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Several scores, combined and calibrated.
    Combined,
    /// At most a second look at the one answer.
    OnePass,
    /// More answers are drawn.
    Sampled,
    /// The model is asked more questions.
    Prompted,
    /// Not one of ours.
    Other,
}

impl Kind {
    /// All of them, in the order of legends.
    pub const ALL: [Self; 5] = [Self::Combined, Self::OnePass, Self::Sampled, Self::Prompted, Self::Other];

    /// The kind of a method.
    pub fn of(id: &str) -> Self {
        if id == CONFIDENCE {
            return Self::Combined;
        }
        let Some(method) = REGISTRY.iter().find(|method| method.id == id) else { return Self::Other };
        let from = |source| method.needs.iter().any(|need| need.comes_from(source));
        match (from(Source::Samples), from(Source::Aside)) {
            (true, _) => Self::Sampled,
            (false, true) => Self::Prompted,
            (false, false) => Self::OnePass,
        }
    }

    /// In words.
    pub fn label(self) -> &'static str {
        match self {
            Self::Combined => "calibrated combination",
            Self::OnePass => "from the one answer",
            Self::Sampled => "draws more answers",
            Self::Prompted => "asks the model again",
            Self::Other => "other",
        }
    }

    /// As a CSS class.
    pub fn class(self) -> &'static str {
        match self {
            Self::Combined => "combined",
            Self::OnePass => "one-pass",
            Self::Sampled => "sampled",
            Self::Prompted => "prompted",
            Self::Other => "other",
        }
    }
}

/// A method's name for people, or its id.
pub fn name(id: &str) -> &str {
    if id == CONFIDENCE {
        return "calibrated confidence";
    }
    REGISTRY.iter().find(|method| method.id == id).map_or(id, |method| method.name)
}

/// A model's name for people, without the ending of its file.
pub fn title(summary: &Summary) -> &str {
    summary.model.name.trim_end_matches(".gguf")
}

/// The sets of a summary, and all together where there are several.
pub fn sets(summary: &Summary) -> impl Iterator<Item = &SetSummary> {
    let pooled = (summary.sets.len() != 1).then_some(&summary.pooled);
    summary.sets.iter().chain(pooled)
}

/// A set's name for people.
pub fn set_name<'a>(summary: &Summary, set: &'a SetSummary) -> &'a str {
    if std::ptr::eq(set, &summary.pooled) { "all sets together" } else { &set.name }
}

/// An AUROC that is worth comparing: where answers are too few for an interval, any number may come out.
pub fn settled(method: &MethodSummary) -> Option<f64> {
    finite(method.auroc.low).and(finite(method.auroc.high)).and(finite(method.auroc.value))
}

/// The methods of a set, best AUROC first, those without one to compare last.
pub fn ranked(set: &SetSummary) -> Vec<&str> {
    let auroc = |id: &str| set.methods.get(id).and_then(settled).unwrap_or(f64::NEG_INFINITY);
    let mut ids: Vec<&str> = set.methods.keys().map(String::as_str).collect();
    ids.sort_by(|a, b| auroc(b).total_cmp(&auroc(a)));
    ids
}

/// The best single method of a kind, by AUROC; one that few answers have is none.
pub fn best(set: &SetSummary, kind: Kind) -> Option<&str> {
    let of_kind = || set.methods.iter().filter(|(id, _)| Kind::of(id) == kind);
    let most = of_kind().map(|(_, m)| m.questions).max().unwrap_or(0);
    let fit = |m: &MethodSummary| settled(m).is_some() && 2 * m.questions >= most;
    ranked(set).into_iter().find(|id| Kind::of(id) == kind && set.methods.get(*id).is_some_and(fit))
}

/// The baseline that draws several answers, if it was measured.
pub fn sampled_baseline(set: &SetSummary) -> Option<&'static str> {
    SAMPLED_BASELINES.into_iter().find(|id| set.methods.get(*id).and_then(settled).is_some())
}

/// Only a number that can be drawn.
pub fn finite(value: Option<f64>) -> Option<f64> {
    value.filter(|value| value.is_finite())
}

/// Mean AUROC by method over the sets (without the pooled one) of all summaries, with the number of sets behind it.
pub fn mean_auroc(summaries: &[Summary]) -> BTreeMap<&str, (f64, usize)> {
    let mut means: BTreeMap<&str, (f64, usize)> = BTreeMap::new();
    for (id, method) in summaries.iter().flat_map(|s| &s.sets).flat_map(|set| &set.methods) {
        if let Some(auroc) = settled(method) {
            let (sum, count) = means.entry(id).or_default();
            *sum += auroc;
            *count += 1;
        }
    }
    means.values_mut().for_each(|(sum, count)| *sum /= *count as f64);
    means
}

/// A method that charts show.
pub struct Drawn {
    /// Its id.
    pub id: String,
    /// Its color; the first one is kept for the confidence.
    pub slot: usize,
}

/// The methods that charts show, the same in all of them so that a color means one thing: the confidence, semgrad, the
/// sampled baseline and those with the best mean AUROC. Tables show all.
pub fn drawn(summaries: &[Summary]) -> Vec<Drawn> {
    let means = mean_auroc(summaries);
    let widest = means.values().map(|&(_, count)| count).max().unwrap_or(0);
    let mut best: Vec<&str> = means.keys().copied().collect();
    best.sort_by(|a, b| means[b].0.total_cmp(&means[a].0));
    // A method that few sets have cannot be compared by its mean.
    best.retain(|id| 2 * means[id].1 >= widest);
    let of = |kind: Kind, count: usize| best.iter().copied().filter(move |id| Kind::of(id) == kind).take(count);
    let baseline = SAMPLED_BASELINES.into_iter().find(|id| means.contains_key(id));
    let fixed = [CONFIDENCE, "semgrad"].into_iter().filter(|id| means.contains_key(id));
    let mut drawn: Vec<Drawn> = Vec::new();
    let first = usize::from(!means.contains_key(CONFIDENCE));
    let wanted = fixed.chain(of(Kind::OnePass, 3)).chain(baseline).chain(of(Kind::Sampled, 1));
    for id in wanted.chain(of(Kind::Prompted, 1)) {
        if !drawn.iter().any(|known| known.id == id) {
            drawn.push(Drawn { id: id.to_owned(), slot: drawn.len() + first });
        }
    }
    drawn
}

/// `0.68 [0.62, 0.74]` for a method of a set.
pub fn auroc(set: &SetSummary, id: &str) -> String {
    set.methods.get(id).map_or_else(|| format::NONE.to_owned(), |method| format::estimate(&method.auroc, 2))
}
