//! `tuned.json`: what `semgrad tune` did, which evaluations read.

use crate::jsonl::text;
use crate::stop::Stop;
use semgrad::tune::Options;
use semgrad_scores::abstain::row::Row;
use semgrad_scores::abstain::target::{Rule, Teacher};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The name of the file.
pub const FILE: &str = "tuned.json";

/// What `answers` says in the file of a model that was taught to state doubts inside long answers, which has other fields.
pub const LONG: &str = "long";

/// What tells the two kinds of file apart.
#[derive(Deserialize)]
struct Kind {
    #[serde(default)]
    answers: String,
}

/// One training and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tuned {
    /// File or folder name of the model.
    pub model: String,
    /// SHA-256 of its weights.
    pub weights: String,
    /// What stood before every question.
    #[serde(default)]
    pub prefix: Option<String>,
    /// Hash of the adapter that it began with, in a further round.
    #[serde(default)]
    pub begin: Option<String>,
    /// Hash of the adapter.
    pub adapter: String,
    /// YYYY-MM-DD.
    pub date: String,
    /// Who said what the model does not know.
    pub teacher: Teacher,
    /// How targets were chosen; without a threshold where nothing is refused.
    pub rule: Targets,
    /// How the threshold was chosen.
    pub how: String,
    /// What was learned, and what was left out.
    pub learned: String,
    /// How it was trained.
    pub options: Options,
    /// Steps that were taken, of how many: fewer where the model began to refuse everything.
    pub steps: [usize; 2],
    /// Loss of the first step and of the last.
    pub loss: [Option<f64>; 2],
    /// What became of the validation questions before …
    pub before: Option<Row>,
    /// … and after.
    pub after: Option<Row>,
}

/// [`Rule`], with nothing for the threshold that there is none of: JSON has no infinity.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Targets {
    /// Highest value of an answer that the model goes on giving.
    pub tau: Option<f64>,
    /// Share of the questions that may be left out on either side of it.
    pub band: f64,
    /// Whether there are as many refusals as answers.
    pub balance: bool,
    /// Seed of what was drawn.
    pub seed: u64,
}

impl From<Rule> for Targets {
    fn from(rule: Rule) -> Self {
        let Rule { tau, band, balance, seed } = rule;
        Self { tau: Some(tau).filter(|tau| tau.is_finite()), band, balance, seed }
    }
}

impl Tuned {
    /// The file of a folder.
    pub fn read(folder: &Path) -> Result<Self, Stop> {
        let path = folder.join(FILE);
        let json = text(&path).map_err(Stop::Failed)?;
        if serde_json::from_str(&json).is_ok_and(|Kind { answers }| answers == LONG) {
            let message = format!("{} is of a model that was taught doubts inside long answers.", path.display());
            return Err(Stop::bad_input(message, "Name a folder of --answers short: here refusals are compared."));
        }
        serde_json::from_str(&json).map_err(|error| {
            let message = format!("{} is not what semgrad tune writes ({error}).", path.display());
            Stop::bad_input(message, "Name the folder that semgrad tune left with --out.")
        })
    }
}
