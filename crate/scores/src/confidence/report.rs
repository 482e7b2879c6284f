//! What a calibration is worth: on the questions of fitting by cross-fitting, or on others.

use super::calibration::{Calibration, FittedSet, sets};
use super::conformal::{Split, splits};
use super::features::CANDIDATES;
use super::item::{Item, column, whole};
use super::quality::{BINS, Quality};
use super::verdict::EVEN_ODDS;
use crate::statistics::auroc;
use crate::statistics::calibration::{Bin, equal_mass, sorted};

/// Tolerated risks that are tried.
pub const ALPHAS: [f64; 3] = [0.05, 0.1, 0.2];

/// Quality of confidences and thresholds.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Questions.
    pub questions: usize,
    /// Answered right.
    pub right: usize,
    /// AUROC of each score, ECE and Brier score of its map.
    pub methods: Vec<(String, Quality)>,
    /// Of the combined confidence.
    pub combined: Option<Quality>,
    /// The same by question set.
    pub sets: Vec<(String, Quality)>,
    /// The score of one pass with the best AUROC on the questions of fitting.
    pub single: Option<String>,
    /// How well the combined confidence holds, by bins of equally many answers.
    pub reliability: Vec<Bin>,
    /// Thresholds of one half tried on the other, on average over random splits.
    pub splits: Vec<Split>,
    /// The calibration's own thresholds on questions that it was not fitted to; empty on those of fitting.
    pub applied: Vec<Applied>,
    /// The combined confidence of each question, by a fit that did not see it: set, id, confidence.
    pub confidences: Vec<(String, String, f64)>,
    /// What the reader should know.
    pub notes: Vec<String>,
}

/// What a stored threshold did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Applied {
    /// Tolerated share of questions answered wrong.
    pub alpha: f64,
    /// Its threshold; infinite where nothing is answered.
    pub threshold: f64,
    /// Share of questions answered wrong.
    pub risk: f64,
    /// Share of questions answered.
    pub coverage: f64,
    /// `risk` of the verdict `answer`, which also takes [`EVEN_ODDS`].
    pub risk_answer: f64,
    /// `coverage` of it.
    pub coverage_answer: f64,
}

impl Report {
    /// Of fitting: `confidence` of `answered`, which are some of `items`, is cross-fitted.
    pub(super) fn of_fit(
        calibration: &Calibration,
        items: &[Item],
        answered: &[&Item],
        confidence: &[f64],
        notes: Vec<String>,
    ) -> Self {
        let methods = calibration.maps.iter().map(|(id, map)| (id.clone(), map.quality)).collect();
        let combined = calibration.combined.as_ref().map(|combined| combined.quality);
        Self::new(calibration, items, methods, combined, answered, confidence, notes)
    }

    /// Of a calibration on questions that it was not fitted to.
    pub fn of_test(calibration: &Calibration, items: &[Item]) -> Self {
        let (items, note) = whole(items);
        let items = items.as_ref();
        let mut methods = Vec::new();
        for (id, map) in &calibration.maps {
            let (scores, right) = column(id, items);
            let wrong: Vec<bool> = right.iter().map(|right| !right).collect();
            let confidence: Vec<f64> = scores.iter().map(|&score| map.apply(score)).collect();
            methods.push((id.clone(), Quality { auroc: auroc(&scores, &wrong), ..Quality::of(&confidence, &right) }));
        }
        let said = |item| Some((item, Self::said(calibration, item)?));
        let (answered, confidence): (Vec<&Item>, Vec<f64>) = items.iter().filter_map(said).unzip();
        let right: Vec<bool> = answered.iter().map(|item| item.right).collect();
        let combined = calibration.combined.as_ref().map(|_| Quality::with_intervals(&confidence, &right));
        let mut notes: Vec<String> = note.into_iter().collect();
        if combined.is_some() && answered.len() < items.len() {
            notes.push(format!("{} questions lack a score of the confidence", items.len() - answered.len()));
        }
        let report = Self::new(calibration, items, methods, combined, &answered, &confidence, notes);
        let n = right.len().max(1) as f64;
        let applied = |alpha| {
            let level = calibration.thresholds.conformal.iter().find(|level| level.risk == alpha)?;
            let above = |threshold: f64| {
                let kept = confidence.iter().zip(&right).filter(|(p, _)| **p >= threshold);
                let (answers, wrong) =
                    kept.fold((0usize, 0usize), |(n, wrong), (_, &right)| (n + 1, wrong + usize::from(!right)));
                (wrong as f64 / n, answers as f64 / n)
            };
            let (risk, coverage) = above(level.threshold);
            let (risk_answer, coverage_answer) = above(level.threshold.max(EVEN_ODDS));
            Some(Applied { alpha, threshold: level.threshold, risk, coverage, risk_answer, coverage_answer })
        };
        Self { applied: ALPHAS.into_iter().filter_map(applied).collect(), ..report }
    }

    /// The combined confidence of one question, whatever its kind.
    pub(super) fn said(calibration: &Calibration, item: &Item) -> Option<f64> {
        let score = |id: &str| item.scores.get(id).copied();
        calibration.apply(&score, item.lengths(), item.state.as_ref(), &calibration.verdict).confidence
    }

    fn new(
        calibration: &Calibration,
        items: &[Item],
        methods: Vec<(String, Quality)>,
        combined: Option<Quality>,
        answered: &[&Item],
        confidence: &[f64],
        notes: Vec<String>,
    ) -> Self {
        let of_set = |set: &FittedSet| {
            let of = answered.iter().zip(confidence).filter(|(item, _)| item.set == set.name);
            let (p, right): (Vec<f64>, Vec<bool>) = of.map(|(item, &p)| (p, item.right)).unzip();
            (set.name.clone(), Quality::of(&p, &right))
        };
        let fitted = |id: &str| calibration.map(id).map(|map| map.quality.auroc);
        let singles = CANDIDATES.iter().filter_map(|&(id, ..)| Some((id, fitted(id)?)));
        let single = singles.max_by(|a, b| a.1.total_cmp(&b.1)).map(|(id, _)| id.to_owned());
        let right: Vec<bool> = answered.iter().map(|item| item.right).collect();
        Self {
            questions: items.len(),
            right: items.iter().filter(|item| item.right).count(),
            methods,
            combined,
            sets: sets(items).iter().map(of_set).filter(|set| set.1.questions > 0).collect(),
            single,
            reliability: equal_mass(&sorted(confidence, &right), BINS),
            splits: if confidence.is_empty() { Vec::new() } else { splits(confidence, &right, &ALPHAS) },
            applied: Vec::new(),
            confidences: answered.iter().zip(confidence).map(|(i, &p)| (i.set.clone(), i.id.clone(), p)).collect(),
            notes,
        }
    }
}
