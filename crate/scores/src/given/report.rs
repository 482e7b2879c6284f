//! How well a model tells wrong answers of others from right ones: of writers and questions that the fit did not see.

use super::fit::{Besides, Fit, fit};
use super::row::Row;
use super::signals::SIGNALS;
use crate::error::Result;
use crate::statistics::bootstrap::{interval, resamples};
use crate::statistics::calibration::{ece_debiased, equal_mass, sorted};
use crate::statistics::folds::{FOLDS, SEED, folds};
use crate::statistics::logistic::{Logistic, sigmoid};
use crate::statistics::{auroc, spread};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Resamples of the questions behind an interval.
const RESAMPLES: usize = 500;
/// Bins of the calibration error.
const BINS: usize = 10;
/// Where the lower end of the interval has to lie for a judgement to be shown at all.
pub const GATE: f64 = 0.55;

/// The name of the combination of all signals.
pub const COMBINED: &str = "combined";
/// The same with the model's own state.
pub const WITH_STATE: &str = "combined_state";
/// The combination with what encoders say of the own answers. Never what ships: few have them loaded.
pub const WITH_ENCODERS: &str = "combined_encoders";
/// What the looks of an answer tell alone.
pub const SURFACE: &str = "surface";

/// How well something ranks wrong answers above right ones.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ranking {
    /// What ranks: a signal, [`COMBINED`], [`WITH_STATE`], [`WITH_ENCODERS`] or [`SURFACE`].
    pub name: String,
    /// Mean of the writers' AUROCs, each the mean of those within its question sets.
    pub auroc: f64,
    /// 95 % of resamples of the questions; none where too few have both right and wrong answers.
    pub interval: Option<[f64; 2]>,
    /// By writer; one of whom all answers are right, or all wrong, has none.
    pub writers: BTreeMap<String, f64>,
    /// Debiased expected calibration error of the probability that the ratio and the writer's own share of wrong answers make,
    /// where there is a ratio.
    pub ece: Option<f64>,
    /// Of a wrong and a right answer to the same question, by two writers, how often the wrong one ranks higher. What tells hard
    /// questions alone stays at one half, or at what the writers' styles make of it.
    pub same_question: Option<f64>,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Questions.
    pub questions: usize,
    /// By writer: answers, and how many of them are wrong.
    pub writers: BTreeMap<String, [usize; 2]>,
    /// The combinations, the looks, then the signals.
    pub rankings: Vec<Ranking>,
}

impl Report {
    /// One of the rankings.
    pub fn ranking(&self, name: &str) -> Option<&Ranking> {
        self.rankings.iter().find(|ranking| ranking.name == name)
    }
}

/// Measures all signals and their combinations on `rows`.
///
/// # Errors
/// Those of [`fit`](super::fit::fit).
pub fn report(rows: &[Row]) -> Result<Report> {
    let mut writers: BTreeMap<String, [usize; 2]> = BTreeMap::new();
    for row in rows {
        let counts = writers.entry(row.writer.clone()).or_default();
        counts[0] += 1;
        counts[1] += usize::from(!row.right);
    }
    let measure = Measure::new(rows);
    let mut rankings = Vec::new();
    let mut combined = |name: &str, besides: Besides| -> Result<()> {
        let unseen = measure.unseen(&|train| {
            let fitted = fit(train, besides)?;
            Ok(Box::new(move |row: &Row| fitted.of(row)))
        })?;
        rankings.push(measure.ranking(name, &unseen, true));
        Ok(())
    };
    combined(COMBINED, Besides::Nothing)?;
    if rows.iter().all(|row| !row.state.is_empty()) {
        combined(WITH_STATE, Besides::State)?;
    }
    let of_encoders = || SIGNALS.iter().filter(|signal| signal.is_of_encoder);
    if of_encoders().any(|signal| rows.iter().any(|row| row.signals.get(signal.id).copied().flatten().is_some())) {
        combined(WITH_ENCODERS, Besides::Encoders)?;
    }
    let looks = measure.unseen(&|train| looks(train))?;
    rankings.push(measure.ranking(SURFACE, &looks, true));
    for signal in &SIGNALS {
        let value = |row: &Row| row.signals.get(signal.id).copied().flatten();
        let there: Vec<f64> = rows.iter().filter_map(value).collect();
        if there.is_empty() {
            continue;
        }
        // One without a value says as much as the mean.
        let (mean, _) = spread(there.iter().copied());
        let values: Vec<f64> = rows.iter().map(|row| value(row).unwrap_or(mean)).collect();
        rankings.push(measure.ranking(signal.id, &values, false));
    }
    Ok(Report { questions: measure.groups, writers, rankings })
}

/// A log ratio of a row by a fit to others.
type Ratio = Box<dyn Fn(&Row) -> f64>;

/// Logistic regression on what answers look like.
fn looks(train: &[&Row]) -> Result<Ratio> {
    let values: Vec<&[f64]> = train.iter().map(|row| &row.surface[..]).collect();
    let wrong: Vec<f64> = train.iter().map(|row| f64::from(!row.right)).collect();
    let share = wrong.iter().sum::<f64>() / wrong.len() as f64;
    if share == 0.0 || share == 1.0 {
        return Ok(Box::new(|_| 0.0));
    }
    let fitted = Logistic::fit_targets(&values, &wrong, 1.0)?;
    let odds = (share / (1.0 - share)).ln();
    Ok(Box::new(move |row| fitted.logit(&row.surface) - odds))
}

/// Rows as they are divided.
struct Measure<'a> {
    rows: &'a [Row],
    /// Number of questions, and the question of each row.
    groups: usize,
    group: Vec<usize>,
    /// Fold of each question.
    fold: Vec<usize>,
    writers: Vec<&'a str>,
    /// How often each question is drawn, by resample.
    drawn: Vec<Vec<usize>>,
}

impl<'a> Measure<'a> {
    fn new(rows: &'a [Row]) -> Self {
        let mut number: BTreeMap<&str, usize> = BTreeMap::new();
        let mut group = Vec::with_capacity(rows.len());
        for row in rows {
            let next = number.len();
            group.push(*number.entry(&row.group).or_insert(next));
        }
        let mut writers: Vec<&str> = rows.iter().map(|row| row.writer.as_str()).collect();
        writers.sort_unstable();
        writers.dedup();
        let groups = number.len();
        let drawn = resamples(groups, RESAMPLES, SEED);
        Self { rows, groups, group, fold: folds(&vec![0; groups]), writers, drawn }
    }

    /// By row the log ratio by a fit that saw neither its writer nor its question; its question alone where there is one writer.
    fn unseen(&self, fit: &dyn Fn(&[&Row]) -> Result<Ratio>) -> Result<Vec<f64>> {
        let mut ratios = vec![f64::NAN; self.rows.len()];
        for &writer in &self.writers {
            for fold in 0..FOLDS {
                let is_alone = self.writers.len() == 1;
                let train: Vec<&Row> = (0..self.rows.len())
                    .filter(|&i| self.fold[self.group[i]] != fold && (is_alone || self.rows[i].writer != writer))
                    .map(|i| &self.rows[i])
                    .collect();
                let ratio = fit(&train)?;
                let is_test = |&i: &usize| self.fold[self.group[i]] == fold && self.rows[i].writer == writer;
                for i in (0..self.rows.len()).filter(is_test) {
                    ratios[i] = ratio(&self.rows[i]);
                }
            }
        }
        Ok(ratios)
    }

    fn ranking(&self, name: &str, values: &[f64], is_ratio: bool) -> Ranking {
        let once = vec![1; self.groups];
        let by_writer = |times: &[usize]| -> Vec<f64> {
            self.writers.iter().map(|writer| self.auroc(writer, values, times)).collect()
        };
        let mean = |all: Vec<f64>| {
            let defined: Vec<f64> = all.into_iter().filter(|one| !one.is_nan()).collect();
            defined.iter().sum::<f64>() / defined.len() as f64
        };
        let resampled: Vec<f64> = self.drawn.iter().map(|times| mean(by_writer(times))).collect();
        let own = by_writer(&once);
        let names = self.writers.iter().map(|&writer| writer.to_owned());
        Ranking {
            name: name.into(),
            writers: names.zip(own.iter().copied()).filter(|(_, auroc)| !auroc.is_nan()).collect(),
            auroc: mean(own),
            interval: interval(&resampled),
            ece: is_ratio.then(|| self.ece(values)),
            same_question: self.same_question(values),
        }
    }

    /// Mean over the sets in which the writer is right and wrong.
    fn auroc(&self, writer: &str, values: &[f64], times: &[usize]) -> f64 {
        let mut by_set: BTreeMap<&str, (Vec<f64>, Vec<bool>)> = BTreeMap::new();
        for (i, row) in self.rows.iter().enumerate().filter(|(_, row)| row.writer == writer) {
            let (scores, wrong) = by_set.entry(&row.set).or_default();
            for _ in 0..times[self.group[i]] {
                scores.push(values[i]);
                wrong.push(!row.right);
            }
        }
        let of = by_set.values().map(|(scores, wrong)| auroc(scores, wrong)).filter(|auroc| !auroc.is_nan());
        let (sum, count) = of.fold((0.0, 0.0), |(sum, count), auroc| (sum + auroc, count + 1.0));
        sum / count
    }

    fn same_question(&self, values: &[f64]) -> Option<f64> {
        let mut by: Vec<Vec<usize>> = vec![Vec::new(); self.groups];
        self.group.iter().enumerate().for_each(|(i, &group)| by[group].push(i));
        let (mut above, mut pairs) = (0.0, 0.0);
        for (&i, &j) in by.iter().flat_map(|rows| rows.iter().flat_map(move |i| rows.iter().map(move |j| (i, j)))) {
            if !self.rows[i].right && self.rows[j].right {
                pairs += 1.0;
                above += if values[i] > values[j] { 1.0 } else { 0.0 } + if values[i] == values[j] { 0.5 } else { 0.0 };
            }
        }
        (pairs > 0.0).then_some(above / pairs)
    }

    /// Of the probability of being right.
    fn ece(&self, ratios: &[f64]) -> f64 {
        let mut probabilities = Vec::with_capacity(ratios.len());
        let wrong = |writer: &str| {
            let of: Vec<bool> = self.rows.iter().filter(|row| row.writer == writer).map(|row| !row.right).collect();
            of.iter().filter(|&&wrong| wrong).count() as f64 / of.len() as f64
        };
        let odds: BTreeMap<&str, f64> = self.writers.iter().map(|&w| (w, (wrong(w) / (1.0 - wrong(w))).ln())).collect();
        for (row, ratio) in self.rows.iter().zip(ratios) {
            probabilities.push(sigmoid(-(ratio + odds[row.writer.as_str()])));
        }
        let right: Vec<bool> = self.rows.iter().map(|row| row.right).collect();
        ece_debiased(&equal_mass(&sorted(&probabilities, &right), BINS))
    }
}

/// What ships: the combination without the state, or with it where that is clearly better, and which of the two it is.
///
/// # Errors
/// As [`fit`](super::fit::fit).
pub fn chosen(rows: &[Row], report: &Report) -> Result<(Fit, &'static str)> {
    let of = |name: &str| report.ranking(name).map(|ranking| (ranking.auroc, ranking.interval));
    let is_better = of(COMBINED).zip(of(WITH_STATE)).is_some_and(|((plain, _), (better, interval))| {
        // A quarter of the interval's width is about one standard error.
        interval.is_some_and(|[low, high]| better > plain + (high - low) / 4.0)
    });
    let all: Vec<&Row> = rows.iter().collect();
    let (besides, which) = if is_better { (Besides::State, WITH_STATE) } else { (Besides::Nothing, COMBINED) };
    Ok((fit(&all, besides)?, which))
}

#[cfg(test)]
mod tests {
    use super::super::row::tests::rows;
    use super::*;

    #[test]
    fn skill_is_found_where_there_is_some() {
        let rows = rows(1500, 0.25, 1.0);
        let report = report(&rows).unwrap();
        // Two normals one deviation apart: Φ(1/√2) = 0.76.
        for name in [COMBINED, "surprisal"] {
            let ranking = report.ranking(name).unwrap();
            let [low, high] = ranking.interval.unwrap();
            assert!((ranking.auroc - 0.76).abs() < 0.03 && low < ranking.auroc && ranking.auroc < high, "{ranking:?}");
            assert_eq!(ranking.writers.len(), 3);
        }
        assert!(report.ranking(COMBINED).unwrap().ece.unwrap() < 0.03);
        let looks = report.ranking(SURFACE).unwrap();
        assert!(looks.interval.unwrap()[0] < 0.5 && (report.questions, report.writers["a"][0]) == (500, 500));
        assert!(report.ranking(WITH_STATE).is_none() && report.ranking("own_missing").is_none());
        assert!(report.ranking(WITH_ENCODERS).is_none());
        assert_eq!(chosen(&rows, &report).unwrap().1, COMBINED);
    }

    #[test]
    fn to_tell_sets_or_questions_apart_is_told() {
        // Two sets of which one is harder; the signal knows the set, and nothing else.
        let mut rows = rows(1500, 0.5, 0.0);
        for (i, row) in rows.iter_mut().enumerate() {
            let is_hard = i / 3 % 2 == 0;
            row.set = if is_hard { "hard".into() } else { "easy".into() };
            row.right = if is_hard { i % 5 == 0 } else { i % 5 != 0 };
            row.signals.insert("surprisal".into(), Some(f64::from(u8::from(is_hard))));
        }
        let report = report(&rows).unwrap();
        let ranking = report.ranking("surprisal").unwrap();
        assert_eq!((ranking.auroc, ranking.same_question), (0.5, Some(0.5)));
    }

    #[test]
    fn and_none_where_there_is_none() {
        let report = report(&rows(1500, 0.25, 0.0)).unwrap();
        assert!(report.ranking(COMBINED).unwrap().interval.unwrap()[0] < GATE);
    }
}
