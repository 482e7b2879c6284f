//! What was fitted for one model: maps, combination and thresholds, as the profile stores them.

use super::combined::{Combined, Map};
use super::domain::Domain;
use super::item::Item;
use super::quality::Quality;
use super::thresholds::Thresholds;
use super::verdict::Policy;
use crate::kinds::Kind;
use crate::statistics::isotonic::Isotonic;
use crate::statistics::platt::Platt;

/// A calibration and the conditions that it holds under.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Calibration {
    /// How the answers came about.
    pub conditions: Conditions,
    /// What it was fitted to.
    pub fitted: Fitted,
    /// By method.
    pub maps: Vec<(String, MethodMap)>,
    /// The confidence made of several scores; `None` where the questions had none of them.
    pub combined: Option<Combined>,
    /// The questions that it applies to, as the model reads them; `None` where it was fitted without states.
    pub domain: Option<Domain>,
    /// When to abstain.
    pub thresholds: Thresholds,
    /// What is tolerated unless a request says otherwise.
    pub verdict: Policy,
}

/// How the answers came about: a confidence means something only for answers that came about in the same way.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Conditions {
    /// The model's own answers, or given ones.
    pub answers: Answers,
    /// Temperature of the answers; 0 is greedy.
    pub temperature: f64,
    /// System message; null for the template's own.
    pub system: Option<String>,
    /// How the semantic position was found: `header`, `profile` or `-N`.
    pub semantic_rule: String,
    /// Where that was, counted from the prompt's end; null where it differed.
    pub semantic_offset: Option<i64>,
    /// Most tokens of an answer; null when that is not known.
    pub max_tokens: Option<usize>,
    /// How samples were drawn; null without samples, or when that is not known.
    pub samples: Option<Samples>,
    /// Who judged entailment: `lexical`, `judge` or `encoder`; null when nobody did, or that is not known. An encoder
    /// has to be the same one, which only the caller can know.
    pub nli: Option<String>,
    /// Who compared texts: `lexical` or `encoder`.
    pub embed: Option<String>,
    /// Kinds of questions; empty when that is not known, and then any kind is taken.
    pub kinds: Vec<Kind>,
}

/// Whose answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Answers {
    /// The model's.
    #[default]
    Own,
    /// Someone's, judged by the model.
    Given,
}

impl Answers {
    /// Each as it is written in JSON.
    pub(super) const NAMES: [(&str, Self); 2] = [("own", Self::Own), ("given", Self::Given)];

    /// As it is written in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Given => "given",
        }
    }
}

/// Samples beside an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Samples {
    /// How many.
    pub count: usize,
    /// Their temperature.
    pub temperature: f64,
}

/// What a calibration was fitted to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fitted {
    /// Question sets.
    pub sets: Vec<FittedSet>,
    /// Who said what is right.
    pub judge: String,
    /// YYYY-MM-DD.
    pub date: String,
    /// Questions of all sets.
    pub questions: usize,
    /// Answered right.
    pub right: usize,
}

impl Fitted {
    /// Share of the questions that was answered right, where each question set counts the same, however many questions of
    /// it were asked: so models are comparable that were asked more or less of a set. `None` without questions.
    pub fn share(&self) -> Option<f64> {
        let shares: Vec<f64> = self.sets.iter().filter_map(|set| share(set.right, set.questions)).collect();
        let mean = shares.iter().sum::<f64>() / shares.len() as f64;
        if shares.is_empty() { share(self.right, self.questions) } else { Some(mean) }
    }
}

fn share(right: usize, questions: usize) -> Option<f64> {
    (questions > 0).then(|| right as f64 / questions as f64)
}

/// One of its question sets.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FittedSet {
    /// Name.
    pub name: String,
    /// Questions.
    pub questions: usize,
    /// Answered right.
    pub right: usize,
}

/// From one score to a confidence, in two ways.
#[derive(Clone, Debug, PartialEq)]
pub struct MethodMap {
    /// A falling step-wise fit.
    pub isotonic: Isotonic,
    /// A falling sigmoid.
    pub platt: Platt,
    /// The one with the smaller cross-fitted Brier score, which is used.
    pub used: Map,
    /// Of the score (AUROC) and of the cross-fitted confidences of the map in use.
    pub quality: Quality,
}

/// The question sets in the order of their first questions.
pub(super) fn sets(items: &[Item]) -> Vec<FittedSet> {
    let mut sets: Vec<FittedSet> = Vec::new();
    for item in items {
        let at = sets.iter().position(|set| set.name == item.set).unwrap_or_else(|| {
            sets.push(FittedSet { name: item.set.clone(), ..FittedSet::default() });
            sets.len() - 1
        });
        sets[at].questions += 1;
        sets[at].right += usize::from(item.right);
    }
    sets
}

impl Calibration {
    /// The map of a method.
    pub fn map(&self, id: &str) -> Option<&MethodMap> {
        self.maps.iter().find(|map| map.0 == id).map(|map| &map.1)
    }
}

impl MethodMap {
    /// Confidence for a score.
    pub fn apply(&self, score: f64) -> f64 {
        match self.used {
            Map::Isotonic => self.isotonic.apply(score),
            Map::Platt => self.platt.apply(score),
        }
    }
}
