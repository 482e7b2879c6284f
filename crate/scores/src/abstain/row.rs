//! One line of the table that says what a way to abstain is worth.
//!
//! No number stands alone: beside the distance stands what abstaining at random gives with as many answers.

use super::compare::{Difference, over_seeds, paired};
use super::outcome::{Outcome, Tally};
use super::random::{self, Expected};
use serde::{Deserialize, Serialize};

/// What a way to abstain did to the questions of a set. Numbers of questions are no whole ones where they are expectations
/// (equal scores) or means (several seeds).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Row {
    /// Which way: `original`, `prompt`, `random`, `always`, `threshold` or `trained`.
    pub system: String,
    /// What decides, where that is a choice: a teacher, or a score.
    pub by: Option<String>,
    /// How many seeds it was trained with; 0 where nothing was trained.
    pub seeds: usize,
    /// Questions.
    pub questions: usize,
    /// Answered right.
    pub right: f64,
    /// Answered wrong.
    pub wrong: f64,
    /// Not answered.
    pub refused: f64,
    /// Share of right ones among the answered; null where nothing was.
    pub accuracy: Option<f64>,
    /// Share of the answered among all.
    pub engagement: Option<f64>,
    /// Accuracy–engagement distance; lower is better.
    pub aed: Option<f64>,
    /// Its standard error over seeds; null with fewer than two.
    pub aed_error: Option<f64>,
    /// The distance that the original model's answers have if as many of them, drawn by lot, are given.
    pub random_aed: Option<f64>,
    /// Standard deviation of that from one lot to the next.
    pub random_deviation: Option<f64>,
    /// `random_aed` less `aed`, in those deviations: above 2 no lot is likely to do it. Null where nothing is left to the
    /// lot.
    pub gain: Option<f64>,
    /// `aed` less `random_aed` over resamples of the questions; null where a system was not asked question by question.
    pub versus_random: Option<Paired>,
    /// Share that is refused of what the original model gets right.
    pub refused_of_right: Option<f64>,
    /// Share that is refused of what it gets wrong.
    pub refused_of_wrong: Option<f64>,
    /// Share of ordinary instructions that are refused.
    pub commands_refused: Option<f64>,
    /// Share of questions without an answer that are refused.
    pub unanswerable_refused: Option<f64>,
    /// Perplexity on unrelated text.
    pub perplexity: Option<f64>,
}

/// A difference on the same questions, as a file has it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Paired {
    /// On the questions as they are.
    pub value: f64,
    /// Its standard error over resamples of the questions.
    pub error: Option<f64>,
    /// 95 % of the resamples lie from here …
    pub low: Option<f64>,
    /// … to here.
    pub high: Option<f64>,
    /// Two-sided, that it is 0.
    pub p: Option<f64>,
}

impl From<Difference> for Paired {
    fn from(found: Difference) -> Self {
        Self {
            value: found.value,
            error: finite(found.error),
            low: found.interval.map(|ends| ends[0]),
            high: found.interval.map(|ends| ends[1]),
            p: finite(found.p),
        }
    }
}

impl Row {
    /// Of a system that was asked every question; `base` says what became of the same questions with the original model.
    pub fn asked(outcomes: &[Outcome], base: &[Outcome], resamples: &[Vec<usize>]) -> Self {
        let tally: Tally = outcomes.iter().copied().collect();
        let of = |wanted: Outcome| {
            let all = base.iter().zip(outcomes).filter(|(base, _)| **base == wanted);
            share(all.map(|(_, &outcome)| outcome == Outcome::Refused))
        };
        let against = |times: &[usize]| {
            let drawn = Tally::drawn(outcomes, times);
            drawn.aed() - lot(base, times, drawn.answered()).aed
        };
        let versus = Paired::from(paired(outcomes.len(), resamples, &against));
        Self {
            questions: tally.questions(),
            right: tally.right as f64,
            wrong: tally.wrong as f64,
            refused: tally.refused as f64,
            accuracy: finite(tally.accuracy()),
            engagement: finite(tally.engagement()),
            aed: finite(tally.aed()),
            versus_random: Some(versus).filter(|versus| versus.value.is_finite()),
            refused_of_right: of(Outcome::Right),
            refused_of_wrong: of(Outcome::Wrong),
            ..Self::default()
        }
        .beside(&lot(base, &vec![1; base.len()], tally.answered()))
    }

    /// Of a system that leaves something to the lot; `lot` is what it gives to leave everything to it.
    pub fn expected(found: &Expected, lot: &Expected) -> Self {
        Self {
            questions: found.questions,
            right: found.right,
            wrong: found.answered as f64 - found.right,
            refused: (found.questions - found.answered) as f64,
            accuracy: finite(found.accuracy()),
            engagement: finite(found.engagement()),
            aed: finite(found.aed),
            ..Self::default()
        }
        .beside(lot)
    }

    fn beside(self, lot: &Expected) -> Self {
        let gain = self.aed.map(|aed| (lot.aed - aed) / lot.deviation).filter(|_| lot.deviation > NOTHING);
        Self { random_aed: finite(lot.aed), random_deviation: finite(lot.deviation), gain, ..self }
    }

    /// The mean of rows that differ by the seed of training; the names are those of the first. A difference over resamples
    /// is of one system and has no mean. `None` without rows.
    pub fn over_seeds(rows: &[Self]) -> Option<Self> {
        let first = rows.first()?;
        if rows.len() == 1 {
            return Some(Self { seeds: 1, ..first.clone() });
        }
        let number = |field: fn(&Self) -> f64| over_seeds(&rows.iter().map(field).collect::<Vec<_>>()).value;
        // Where one has none, the others' mean is another number.
        let mean = |field: fn(&Self) -> Option<f64>| {
            let values: Option<Vec<f64>> = rows.iter().map(field).collect();
            values.map(|values| over_seeds(&values))
        };
        let value = |field: fn(&Self) -> Option<f64>| mean(field).map(|mean| mean.value);
        Some(Self {
            system: first.system.clone(),
            by: first.by.clone(),
            seeds: rows.len(),
            questions: first.questions,
            right: number(|row| row.right),
            wrong: number(|row| row.wrong),
            refused: number(|row| row.refused),
            accuracy: value(|row| row.accuracy),
            engagement: value(|row| row.engagement),
            aed: value(|row| row.aed),
            aed_error: mean(|row| row.aed).map(|mean| mean.error),
            random_aed: value(|row| row.random_aed),
            random_deviation: value(|row| row.random_deviation),
            gain: value(|row| row.gain),
            versus_random: None,
            refused_of_right: value(|row| row.refused_of_right),
            refused_of_wrong: value(|row| row.refused_of_wrong),
            commands_refused: value(|row| row.commands_refused),
            unanswerable_refused: value(|row| row.unanswerable_refused),
            perplexity: value(|row| row.perplexity),
        })
    }
}

/// A deviation that is none but for rounding.
const NOTHING: f64 = 1e-6;

/// What it gives to leave to the lot which of the original model's answers are given. Those that it refuses itself count as
/// wrong ones, which they are for whoever has to answer.
pub fn lot(base: &[Outcome], times: &[usize], answered: usize) -> Expected {
    let base = Tally::drawn(base, times);
    random::at(base.right, base.questions(), answered)
}

/// Share of what is so; `None` of nothing.
pub fn share(all: impl Iterator<Item = bool>) -> Option<f64> {
    let (hits, count) = all.fold((0, 0), |(hits, count), hit| (hits + usize::from(hit), count + 1));
    (count > 0).then(|| f64::from(hits as u32) / f64::from(count))
}

fn finite(value: f64) -> Option<f64> {
    Some(value).filter(|value| value.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abstain::threshold::Ranked;
    use crate::statistics::bootstrap::resamples;
    use Outcome::{Refused, Right, Wrong};

    /// A fifth is right.
    fn base(n: usize) -> Vec<Outcome> {
        (0..n).map(|i| if i % 5 == 0 { Right } else { Wrong }).collect()
    }

    #[test]
    fn a_row_by_hand() {
        let base = base(10);
        // Of two right ones one is refused, of eight wrong ones four; one wrong one is right now.
        let mut now = base.clone();
        (now[0], now[1], now[2], now[3], now[4], now[6]) = (Refused, Refused, Refused, Refused, Refused, Right);
        let row = Row::asked(&now, &base, &resamples(10, 200, 0));
        assert_eq!((row.questions, row.right, row.wrong, row.refused), (10, 2.0, 3.0, 5.0));
        assert_eq!((row.accuracy, row.engagement), (Some(0.4), Some(0.5)));
        assert_eq!((row.refused_of_right, row.refused_of_wrong), (Some(0.5), Some(0.5)));
        let lot = random::at(2, 10, 5);
        assert_eq!((row.random_aed, row.random_deviation), (Some(lot.aed), Some(lot.deviation)));
        let aed = (73.0f64 / 200.0).sqrt();
        assert!((row.aed.unwrap() - aed).abs() < 1e-12);
        assert!((row.gain.unwrap() - (lot.aed - aed) / lot.deviation).abs() < 1e-12);
        let versus = row.versus_random.unwrap();
        assert!((versus.value - (aed - lot.aed)).abs() < 1e-12 && versus.low.unwrap() < versus.value);
    }

    #[test]
    fn random_refusal_gains_nothing_and_knowing_does() {
        let base = base(400);
        let blind: Vec<Outcome> =
            base.iter().enumerate().map(|(i, &o)| if (i / 5).is_multiple_of(2) { Refused } else { o }).collect();
        let wise: Vec<Outcome> = base
            .iter()
            .enumerate()
            .map(|(i, &o)| if o == Wrong && i.is_multiple_of(2) { Refused } else { o })
            .collect();
        let draws = resamples(400, 500, 1);
        let (blind, wise) = (Row::asked(&blind, &base, &draws), Row::asked(&wise, &base, &draws));
        assert!(blind.gain.unwrap().abs() < 0.1, "{:?}", blind.gain);
        assert!(wise.gain.unwrap() > 4.0 && wise.versus_random.unwrap().high.unwrap() < 0.0, "{wise:?}");
        assert_eq!((wise.refused_of_right, blind.refused_of_right), (Some(0.0), Some(0.5)));
    }

    #[test]
    fn answering_all_or_nothing_leaves_nothing_to_the_lot() {
        let base = base(10);
        let all = Row::asked(&base, &base, &[]);
        assert_eq!((all.gain, all.aed, all.engagement), (None, all.random_aed, Some(1.0)));
        let none = Row::asked(&[Refused; 10], &base, &[]);
        assert_eq!((none.gain, none.accuracy, none.engagement), (None, None, Some(0.0)));
        assert!((none.aed.unwrap() - 0.5f64.sqrt()).abs() < 1e-12);
        let empty = Row::asked(&[], &[], &[]);
        assert_eq!((empty.questions, empty.aed, empty.versus_random), (0, None, None));
    }

    #[test]
    fn expectations_and_seeds() {
        let right: Vec<bool> = (0..10).map(|i| i < 5).collect();
        let found = Ranked::new(&[1.0; 10], &right).at(4, &[1; 10]);
        let row = Row::expected(&found, &random::at(5, 10, 4));
        assert_eq!((row.right, row.wrong, row.refused, row.engagement), (2.0, 2.0, 6.0, Some(0.4)));
        assert!(row.gain.unwrap().abs() < 1e-9, "a score that says nothing gains nothing");

        let of =
            |aed: f64, perplexity: Option<f64>| Row { aed: Some(aed), perplexity, right: 10.0 * aed, ..row.clone() };
        let mean = Row::over_seeds(&[of(0.5, Some(9.0)), of(0.6, None), of(0.7, Some(9.0))]).unwrap();
        assert!((mean.aed.unwrap() - 0.6).abs() < 1e-12 && (mean.right - 6.0).abs() < 1e-12);
        assert!((mean.aed_error.unwrap() - 0.1 / 3f64.sqrt()).abs() < 1e-12);
        assert_eq!((mean.seeds, mean.perplexity, mean.versus_random), (3, None, None));
        let one = Row::over_seeds(&[of(0.5, None)]).unwrap();
        assert_eq!((one.seeds, one.aed, one.aed_error), (1, Some(0.5), None));
        assert_eq!(Row::over_seeds(&[]), None);
    }

    #[test]
    fn a_row_is_read_as_it_was_written() {
        let row = Row { system: "trained".into(), by: Some("labels".into()), aed: Some(0.5), ..Row::default() };
        let text = serde_json::to_string(&row).unwrap();
        assert_eq!(serde_json::from_str::<Row>(&text).unwrap(), row);
    }
}
