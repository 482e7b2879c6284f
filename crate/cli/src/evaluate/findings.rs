//! What was found out about ways to abstain, as `abstain.json` has it.

use semgrad_scores::abstain::row::{Paired, Row};
use serde::{Deserialize, Serialize};

/// The score that is the probability of beginning with a refusal.
pub const REFUSAL_PROBABILITY: &str = "refusal_probability";
/// A system that was taught.
pub const TRAINED: &str = "trained";

/// One model on its question sets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Findings {
    /// File or folder name of the model.
    pub model: String,
    /// SHA-256 of its weights.
    pub weights: String,
    /// Number of weights.
    pub parameters: u64,
    /// What stands before every question.
    pub prefix: String,
    /// YYYY-MM-DD.
    pub date: String,
    /// Bootstrap resamples behind every interval.
    pub resamples: usize,
    /// By question set; all together last, where there are several.
    pub sets: Vec<SetFindings>,
}

/// One question set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SetFindings {
    /// File stem, or `pooled`.
    pub name: String,
    /// Questions that every system was asked and that were judged.
    pub questions: usize,
    /// Those that the original model gets right.
    pub right: usize,
    /// Answering always, never and by lot, every system that was asked, and for those that were taught alike with several
    /// seeds their mean.
    pub rows: Vec<Row>,
    /// Each of those that were taught, by itself.
    pub runs: Vec<Run>,
    /// Thresholds that answer as many questions as a system does.
    pub thresholds: Vec<Threshold>,
    /// How well the probability of beginning with a refusal tells wrong answers: of the original model.
    pub refusal: Option<Order>,
}

/// A model that was taught.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// The name of its folder.
    pub id: String,
    /// Seed of its training.
    pub seed: u64,
    /// What it does.
    pub row: Row,
}

/// A threshold on a score of the original model's answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Threshold {
    /// The system that answers as many, or nothing where none was asked that leaves something out.
    pub system: Option<String>,
    /// What it gives; `by` is the score.
    pub row: Row,
    /// Distance of the system less that of the threshold, over resamples of the questions; below 0 the system is better.
    pub versus: Option<Paired>,
}

/// How well a score tells wrong answers from right ones.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// Probability that a wrong answer has the higher score.
    pub auroc: Option<f64>,
    /// Area under risk against coverage; lower is better.
    pub aurc: Option<f64>,
}
