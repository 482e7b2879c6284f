//! Everything about one score on one set of judged answers.

use super::summary::{Bin, Curves, Difference, Estimate, MethodSummary};
use semgrad_scores::confidence::item::Item;
use semgrad_scores::statistics::bootstrap::{interval, p_value, pivotal};
use semgrad_scores::statistics::calibration::{
    self, brier, brier_skill, ece, ece_debiased, equal_mass, equal_width, sorted, squared_error_debiased,
};
use semgrad_scores::statistics::crossfit::{FOLDS, LEAST, crossfit};
use semgrad_scores::statistics::length::WithinLength;
use semgrad_scores::statistics::ranking::{self, Ranking};

/// Bins of equal width.
const WIDTH_BINS: usize = 20;
/// Bins of equal mass.
const MASS_BINS: usize = 10;
/// Numbers with an interval.
const METRICS: usize = 14;
/// The method whose scores are 1 − a probability.
pub const CONFIDENCE: &str = "confidence";

/// What a number needs to be defined.
#[derive(Clone, Copy)]
enum Kind {
    /// An order.
    Order,
    /// Probabilities in bins, and so many answers.
    Error { answers: usize, debiased: bool },
    /// Probabilities.
    Probability,
    /// Two orders that are not constant.
    Length,
    /// An order within each length.
    WithinLength,
}

/// Of every number, in the order of [`MethodSummary`]'s fields.
const KINDS: [Kind; METRICS] = [
    Kind::Order,
    Kind::Order,
    Kind::Order,
    Kind::Order,
    Kind::Order,
    Kind::Order,
    Kind::Error { answers: WIDTH_BINS, debiased: false },
    Kind::Error { answers: MASS_BINS, debiased: false },
    Kind::Error { answers: 2 * MASS_BINS, debiased: true },
    Kind::Error { answers: 2 * MASS_BINS, debiased: true },
    Kind::Probability,
    Kind::Probability,
    Kind::Length,
    Kind::WithinLength,
];

/// One score on the answers that have it.
pub struct Measured {
    /// Which answers of the set these are.
    places: Vec<usize>,
    wrong: Vec<bool>,
    ranking: Ranking,
    length: Ranking,
    within: WithinLength,
    /// Probability of being right, and which answer, rising; empty where there is none.
    probabilities: Vec<(f64, usize)>,
    given: bool,
}

impl Measured {
    /// The score `method` on what `items` have of it.
    pub fn new(items: &[Item], method: &str) -> Self {
        let with = |(place, item): (usize, &Item)| Some((place, *item.scores.get(method)?));
        let (places, scores): (Vec<usize>, Vec<f64>) = items.iter().enumerate().filter_map(with).unzip();
        let right: Vec<bool> = places.iter().map(|&i| items[i].right).collect();
        let tokens: Vec<usize> = places.iter().map(|&i| items[i].tokens).collect();
        let given = method == CONFIDENCE;
        let probabilities = match given {
            true => scores.iter().map(|score| 1.0 - score).collect(),
            false if right.len() >= LEAST && right.contains(&true) && right.contains(&false) => {
                crossfit(&scores, &right)
            }
            false => Vec::new(),
        };
        let mut probabilities: Vec<(f64, usize)> = probabilities.into_iter().zip(0..).collect();
        probabilities.sort_by(|a, b| a.0.total_cmp(&b.0));
        Self {
            wrong: right.iter().map(|right| !right).collect(),
            ranking: Ranking::new(&scores),
            length: Ranking::new(&tokens.iter().map(|&n| n as f64).collect::<Vec<_>>()),
            within: WithinLength::new(&scores, &tokens),
            places,
            probabilities,
            given,
        }
    }

    /// How often the answers that have the score were drawn.
    fn times(&self, resample: &[usize]) -> Vec<usize> {
        self.places.iter().map(|&place| resample[place]).collect()
    }

    /// The numbers, in the order of [`MethodSummary`]'s fields.
    fn numbers(&self, times: &[usize]) -> [f64; METRICS] {
        let ties = self.ranking.ties(&self.wrong, times);
        let drawn = self.probabilities.iter().flat_map(|&(p, i)| std::iter::repeat_n((p, !self.wrong[i]), times[i]));
        let (p, right): (Vec<f64>, Vec<bool>) = drawn.unzip();
        let with = |least: usize, bins: &dyn Fn() -> Vec<calibration::Bin>| match p.len() {
            n if n < least => Vec::new(),
            _ => bins(),
        };
        let width = with(WIDTH_BINS, &|| equal_width(&p, &right, WIDTH_BINS));
        let mass = with(MASS_BINS, &|| equal_mass(&sorted(&p, &right), MASS_BINS));
        let twice = with(2 * MASS_BINS, &|| mass.clone());
        [
            ranking::auroc(&ties),
            ranking::auprc(&ties),
            ranking::aurc(&ties),
            ranking::aurac(&ties),
            ranking::prr(&ties, 1.0),
            ranking::prr(&ties, 0.5),
            ece(&width),
            ece(&mass),
            ece_debiased(&twice),
            squared_error_debiased(&twice),
            brier(&p, &right),
            brier_skill(&p, &right),
            ranking::spearman(&self.ranking, &self.length, times),
            self.within.auroc(&self.wrong, times),
        ]
    }

    /// All numbers with their intervals, and the curves; what the answers cost is added by the caller.
    pub fn summarize(&self, resamples: &[Vec<usize>]) -> MethodSummary {
        let once = vec![1; self.wrong.len()];
        let values = self.numbers(&once);
        let drawn: Vec<_> = resamples.iter().map(|resample| self.numbers(&self.times(resample))).collect();
        let mut metric = 0;
        // Struct fields are evaluated in the order they are written in: that of `numbers`.
        let mut next = || {
            let (value, kind) = (values[metric], KINDS[metric]);
            let drawn: Vec<f64> = drawn.iter().map(|numbers| numbers[metric]).collect();
            metric += 1;
            if value.is_nan() {
                return Estimate { reason: Some(self.reason(kind)), ..Estimate::default() };
            }
            let ends = match kind {
                Kind::Error { debiased, .. } => pivotal(value, &drawn, if debiased { f64::NEG_INFINITY } else { 0.0 }),
                _ => interval(&drawn),
            };
            Estimate { value: Some(value), low: ends.map(|e| e[0]), high: ends.map(|e| e[1]), reason: None }
        };
        MethodSummary {
            questions: self.wrong.len(),
            auroc: next(),
            auprc: next(),
            aurc: next(),
            aurac: next(),
            prr: next(),
            prr_half: next(),
            ece: next(),
            ece_mass: next(),
            ece_debiased: next(),
            squared_error_debiased: next(),
            brier: next(),
            brier_skill: next(),
            length_spearman: next(),
            auroc_within_length: next(),
            probability: if self.given { "given".into() } else { format!("isotonic, {FOLDS}-fold") },
            tsu: None,
            ms: None,
            cost: None,
            passes: None,
            versus: Default::default(),
            curves: self.curves(&once),
        }
    }

    /// Why a number is undefined.
    fn reason(&self, kind: Kind) -> String {
        let n = self.wrong.len();
        match kind {
            _ if n == 0 => "no answer has this score".into(),
            Kind::Error { .. } | Kind::Probability if self.probabilities.is_empty() && n < LEAST => {
                format!("{n} answers are too few to cross-fit probabilities: {LEAST} are needed")
            }
            Kind::Error { answers, .. } if n < answers => {
                format!("{n} answers are too few for the bins: {answers} are needed")
            }
            Kind::Length => "the score or the length is the same for every answer".into(),
            _ if !self.wrong.contains(&true) => "every answer is right".into(),
            _ if !self.wrong.contains(&false) => "every answer is wrong".into(),
            Kind::WithinLength => "no right and wrong answer have about the same length".into(),
            _ => format!("{n} answers are too few"),
        }
    }

    fn curves(&self, once: &[usize]) -> Curves {
        let ties = self.ranking.ties(&self.wrong, once);
        let answers: Vec<_> = self.probabilities.iter().map(|&(p, i)| (p, !self.wrong[i])).collect();
        let enough = answers.len() >= MASS_BINS;
        let bins = if enough { equal_mass(&answers, MASS_BINS) } else { Vec::new() };
        let bin =
            |bin: calibration::Bin| Bin { confidence: bin.confidence, accuracy: bin.accuracy, questions: bin.count };
        let short = |points: Vec<[f64; 2]>| points.into_iter().map(|point| point.map(drawable)).collect();
        Curves {
            roc: short(ranking::roc(&ties)),
            risk_coverage: short(ranking::risk_coverage(&ties)),
            reliability: bins.into_iter().map(bin).collect(),
        }
    }
}

/// As exact as a drawing needs.
fn drawable(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

/// AUROC of `method` less that of `other` on the answers that have both.
pub fn compare(items: &[Item], method: &str, other: &str, resamples: &[Vec<usize>]) -> Difference {
    let both = |(place, item): (usize, &Item)| Some((place, (*item.scores.get(method)?, *item.scores.get(other)?)));
    let (places, scores): (Vec<usize>, Vec<(f64, f64)>) = items.iter().enumerate().filter_map(both).unzip();
    let (method, other): (Vec<f64>, Vec<f64>) = scores.into_iter().unzip();
    let (method, other) = (Ranking::new(&method), Ranking::new(&other));
    let wrong: Vec<bool> = places.iter().map(|&i| !items[i].right).collect();
    let difference =
        |times: &[usize]| ranking::auroc(&method.ties(&wrong, times)) - ranking::auroc(&other.ties(&wrong, times));
    let value = difference(&vec![1; wrong.len()]);
    let drawn: Vec<f64> =
        resamples.iter().map(|times| difference(&places.iter().map(|&i| times[i]).collect::<Vec<_>>())).collect();
    let ends = interval(&drawn);
    let defined = |value: f64| Some(value).filter(|value| !value.is_nan());
    Difference {
        difference: defined(value),
        low: ends.map(|e| e[0]),
        high: ends.map(|e| e[1]),
        p: defined(value).and_then(|_| defined(p_value(&drawn))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use semgrad_scores::statistics::bootstrap::resamples;

    fn item(score: f64, other: Option<f64>, tokens: usize, right: bool) -> Item {
        let scores = [("a".to_owned(), Some(score)), ("b".to_owned(), other)];
        let scores = scores.into_iter().filter_map(|(id, score)| Some((id, score?))).collect();
        Item { scores, tokens, right, ..Item::default() }
    }

    fn items() -> Vec<Item> {
        // Score a knows something, b is noise and missing on some.
        let noise = |i: usize| (i * 7919 % 101) as f64;
        (0..200)
            .map(|i| {
                let right = i % 3 == 0;
                let score = noise(i) + if right { 0.0 } else { 40.0 };
                item(score, (i % 10 > 0).then(|| noise(i + 57)), 5 + i * 31 % 17, right)
            })
            .collect()
    }

    #[test]
    fn every_number_has_an_interval_around_it() {
        let (items, draws) = (items(), resamples(200, 300, 0));
        let found = Measured::new(&items, "a").summarize(&draws);
        let json = serde_json::to_value(&found).unwrap();
        let mut seen = 0;
        for (name, estimate) in json.as_object().unwrap().iter().filter(|(_, value)| value.get("low").is_some()) {
            let at = |end: &str| estimate[end].as_f64().unwrap_or_else(|| panic!("{name} {end}"));
            assert!(at("low") < at("value") && at("value") < at("high"), "{name} {estimate}");
            seen += 1;
        }
        assert_eq!(seen, METRICS);
        assert!(found.auroc.value.unwrap() > 0.7 && found.brier_skill.low.unwrap() > 0.0);
        assert!(found.questions == 200 && (5..=10).contains(&found.curves.reliability.len()));
    }

    #[test]
    fn methods_are_compared_on_what_both_have() {
        let (items, draws) = (items(), resamples(200, 300, 0));
        let better = compare(&items, "a", "b", &draws);
        assert!(better.low.unwrap() > 0.0 && better.p.unwrap() < 0.01);
        let worse = compare(&items, "b", "a", &draws);
        assert_eq!(worse.difference, better.difference.map(|d| -d));
        let same = compare(&items, "a", "a", &draws);
        assert_eq!((same.difference, same.p), (Some(0.0), Some(1.0)));
        assert_eq!(compare(&items, "a", "none", &draws), Difference::default());
    }

    #[test]
    fn what_is_undefined_says_why() {
        let draws = |n| resamples(n, 50, 0);
        let reason = |estimate: &Estimate| {
            assert_eq!((estimate.value, estimate.low, estimate.high), (None, None, None));
            estimate.reason.clone().unwrap()
        };
        let all_right: Vec<Item> = (0..30).map(|i| item(f64::from(i), None, 3, true)).collect();
        let found = Measured::new(&all_right, "a").summarize(&draws(30));
        assert_eq!(reason(&found.auroc), "every answer is right");
        assert_eq!(reason(&found.brier_skill), "every answer is right");
        assert_eq!(reason(&found.ece), "every answer is right");
        assert_eq!(reason(&found.length_spearman), "the score or the length is the same for every answer");
        assert_eq!(found.aurc.value, Some(0.0));
        let wrong: Vec<Item> = (0..30).map(|i| item(f64::from(i), None, 3, false)).collect();
        assert_eq!(reason(&Measured::new(&wrong, "a").summarize(&draws(30)).prr), "every answer is wrong");
        let few: Vec<Item> = (0..9).map(|i| item(f64::from(i), None, i as usize * 9, i % 2 == 0)).collect();
        let found = Measured::new(&few, "a").summarize(&draws(9));
        assert_eq!(reason(&found.ece), "9 answers are too few to cross-fit probabilities: 10 are needed");
        assert_eq!(reason(&found.auroc_within_length), "no right and wrong answer have about the same length");
        let twelve: Vec<Item> = (0..12).map(|i| item(f64::from(i), None, 3, i % 2 == 0)).collect();
        let found = Measured::new(&twelve, "a").summarize(&draws(12));
        assert_eq!(reason(&found.ece), "12 answers are too few for the bins: 20 are needed");
        assert_eq!(reason(&found.ece_debiased), "12 answers are too few for the bins: 20 are needed");
        assert!(found.ece_mass.value.is_some() && found.brier.value.is_some());
        assert_eq!(reason(&Measured::new(&twelve, "b").summarize(&draws(12)).auroc), "no answer has this score");
        let empty = Measured::new(&[], "a").summarize(&draws(0));
        assert_eq!((reason(&empty.auroc), empty.questions), ("no answer has this score".into(), 0));
    }

    #[test]
    fn a_confidence_is_a_probability_already() {
        let confident = |i: u32| {
            let p = f64::from(i % 10) / 10.0 + 0.05;
            let scores = [(CONFIDENCE.to_owned(), 1.0 - p)].into();
            Item { scores, right: i * 7 % 10 <= i % 10, tokens: 4, ..Item::default() }
        };
        let items: Vec<Item> = (0..100).map(confident).collect();
        let found = Measured::new(&items, CONFIDENCE).summarize(&resamples(100, 50, 0));
        assert_eq!(found.probability, "given");
        let p: Vec<f64> = (0..100).map(|i| f64::from(i % 10) / 10.0 + 0.05).collect();
        let right: Vec<bool> = items.iter().map(|item| item.right).collect();
        assert!((found.brier.value.unwrap() - brier(&p, &right)).abs() < 1e-12);
    }
}
