//! What an evaluation found out, as `summary.json` has it and reports show it.
//!
//! A number that is undefined is null and says why; intervals hold 95 % (percentile bootstrap over questions).

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One model on its question sets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Who answered.
    pub model: ModelSummary,
    /// Text put before every question.
    pub prefix: String,
    /// System message; null for the template's own.
    pub system: Option<String>,
    /// Most tokens of an answer; null when the answers came from elsewhere and it is not known.
    pub max_tokens: Option<usize>,
    /// Samples beside the greedy answer; null without.
    pub samples: Option<usize>,
    /// Their temperature; null without.
    pub temperature: Option<f64>,
    /// YYYY-MM-DD.
    pub date: String,
    /// `webgpu`, `cpu`, or both when questions were answered on either.
    pub device: String,
    /// Processor or adapter, cores, system.
    pub hardware: String,
    /// Bootstrap resamples behind every interval.
    pub resamples: usize,
    /// By question set, in the order they were named.
    pub sets: Vec<SetSummary>,
    /// All questions together.
    pub pooled: SetSummary,
    /// What the reader should know: lines left out, judges that could not run.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// Who answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelSummary {
    /// File or folder name.
    pub name: String,
    /// SHA-256 of the weights, hexadecimal; null when only answers were given.
    pub weights: Option<String>,
    /// Number of weights.
    pub parameters: Option<u64>,
}

/// One question set, by one judge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SetSummary {
    /// File stem, or `pooled`.
    pub name: String,
    /// Who said what is right; several, joined by ` + `, where pooled sets have different ones.
    pub judge: String,
    /// Questions answered and judged.
    pub questions: usize,
    /// Answered right.
    pub right: usize,
    /// Share of right answers.
    pub accuracy: Estimate,
    /// Mean tokens of an answer.
    pub tokens: Option<f64>,
    /// Mean time of a greedy answer, prompt and tokens, ms.
    pub generation_ms: Option<f64>,
    /// By method id; `confidence` is the calibrated confidence, where lines have one.
    pub methods: BTreeMap<String, MethodSummary>,
    /// What the other judges said of the same answers.
    #[serde(default)]
    pub others: Vec<JudgeSummary>,
    /// What the reader should know about this set.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// A number with its interval.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The number; null when undefined.
    pub value: Option<f64>,
    /// Lower end; null when too few resamples had a value.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Why there is no number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// How good one score is. Wrong answers are the positives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MethodSummary {
    /// Questions that have this score.
    pub questions: usize,
    /// Probability that a wrong answer has the higher score; ties count half.
    pub auroc: Estimate,
    /// Average precision of finding wrong answers; the base rate is 1 − accuracy.
    pub auprc: Estimate,
    /// Area under risk against coverage; lower is better.
    pub aurc: Estimate,
    /// Mean accuracy of what is kept, over 20 shares from 0.1 to 1.
    pub aurac: Estimate,
    /// Prediction rejection ratio over all rejections: 1 oracle, 0 random.
    pub prr: Estimate,
    /// The same, rejecting half at most.
    pub prr_half: Estimate,
    /// Expected calibration error, 20 bins of equal width.
    pub ece: Estimate,
    /// The same, 10 bins of equal mass.
    pub ece_mass: Estimate,
    /// The latter less its bias; may fall below 0 by chance.
    pub ece_debiased: Estimate,
    /// Mean squared calibration error in the same bins less its bias; may fall below 0 by chance.
    pub squared_error_debiased: Estimate,
    /// Mean squared distance of the probability from the outcome.
    pub brier: Estimate,
    /// 1 − Brier / Brier of the base rate; above 0 is better than knowing the accuracy alone.
    pub brier_skill: Estimate,
    /// Where the probabilities of the last five come from: `isotonic, 5-fold` (cross-fitted on this set) or `given`.
    pub probability: String,
    /// Spearman correlation with the number of tokens of the answer.
    pub length_spearman: Estimate,
    /// AUROC over pairs of answers of about equal length (tenths by number of tokens).
    pub auroc_within_length: Estimate,
    /// Share of questions whose score rises strictly with the temperature; null unless several were asked for.
    pub tsu: Option<Estimate>,
    /// Mean time besides generating, ms.
    pub ms: Option<f64>,
    /// 1 + that time as a multiple of the time of generating.
    pub cost: Option<f64>,
    /// Mean passes through (a part of) the model besides generating.
    pub passes: Option<f64>,
    /// AUROC less that of other methods on the same questions, by their id.
    #[serde(default)]
    pub versus: BTreeMap<String, Difference>,
    /// For drawing.
    pub curves: Curves,
}

/// A paired comparison: this method's AUROC less another's.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// Above 0: this method is better; null when undefined.
    pub difference: Option<f64>,
    /// Lower end of the paired bootstrap interval.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Two-sided, not corrected for the number of comparisons.
    pub p: Option<f64>,
}

/// Curves as short lists of points; empty when undefined.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Curves {
    /// `[share of right answers above the threshold, share of wrong answers above it]`, from (0, 0) to (1, 1).
    pub roc: Vec<[f64; 2]>,
    /// `[coverage, share of wrong answers among what is kept]`, coverage rising to 1.
    pub risk_coverage: Vec<[f64; 2]>,
    /// Bins of equal mass, by mean probability.
    pub reliability: Vec<Bin>,
}

/// One bin of a reliability curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// Mean probability of being right.
    pub confidence: f64,
    /// Share of right answers.
    pub accuracy: f64,
    /// Answers.
    pub questions: usize,
}

/// Another judge on the same answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JudgeSummary {
    /// Its name.
    pub judge: String,
    /// Questions that it judged.
    pub questions: usize,
    /// Of these, right.
    pub right: usize,
    /// Share of right answers.
    pub accuracy: Option<f64>,
    /// Share of questions on which it agrees with the set's judge.
    pub agreement: Option<f64>,
    /// AUROC by method; null when undefined.
    pub auroc: BTreeMap<String, Option<f64>>,
}
