//! The order of methods that was published, held against the one that was measured.
//!
//! Source: arXiv 2605.04638 v2, table 1: AUROC × 100 of three models (4 to 12 billion weights) on three sets.

use super::format::{fixed, list};
use super::kind::{finite, settled};
use crate::evaluate::summary::{SetSummary, Summary};

/// The sets of the publication, in the order of the columns below.
const SETS: [&str; 3] = ["sciq", "triviaqa", "truthfulqa"];

/// AUROC × 100, mean of the three models, on each of [`SETS`].
const PUBLISHED: [(&str, [f64; 3]); 14] = [
    ("hybridgrad", [75.35, 83.90, 70.53]),
    ("semgrad", [74.50, 82.50, 70.25]),
    ("paragrad", [75.02, 84.81, 66.95]),
    ("sar", [74.86, 84.13, 66.99]),
    ("exgrad", [74.33, 83.37, 64.06]),
    ("ln_pe", [72.09, 82.85, 64.82]),
    ("gnll", [75.01, 83.84, 60.54]),
    ("mutual_information", [70.80, 80.55, 64.69]),
    ("deg", [70.76, 82.00, 63.23]),
    ("self_consistency", [68.16, 80.67, 62.69]),
    ("semantic_density", [70.10, 79.31, 59.49]),
    ("semantic_entropy", [65.23, 79.97, 63.13]),
    ("eigenscore", [66.78, 73.76, 59.67]),
    ("p_true", [64.48, 78.76, 52.36]),
];

/// Pairs whose order is looked at one by one.
const LINKS: [(&str, &str); 5] = [
    ("hybridgrad", "semgrad"),
    ("semgrad", "paragrad"),
    ("paragrad", "exgrad"),
    ("semgrad", "gnll"),
    ("semgrad", "semantic_entropy"),
];

/// What became of a published claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The same way round, beyond the interval.
    Reproduced,
    /// The other way round, beyond the interval.
    Reversed,
    /// The interval of the difference includes 0.
    Undecided,
}

impl Outcome {
    /// In words.
    pub fn label(self) -> &'static str {
        match self {
            Self::Reproduced => "reproduced",
            Self::Reversed => "not reproduced: the other way round",
            Self::Undecided => "not reproduced: too close to tell",
        }
    }
}

/// A published claim and what was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// What was published.
    pub claim: String,
    /// What was measured.
    pub measured: String,
    /// What became of it.
    pub outcome: Outcome,
}

/// A model's measurements beside the publication.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Sets that both have.
    pub sets: Vec<String>,
    /// Methods that both have, in the published order of their mean over these sets.
    pub published: Vec<&'static str>,
    /// The same methods in the measured order.
    pub measured: Vec<&'static str>,
    /// Pairs of methods in the published order, of how many.
    pub pairs: (usize, usize),
    /// Single claims.
    pub claims: Vec<Claim>,
}

/// A difference and half the width of its interval.
#[derive(Clone, Copy)]
struct Gap {
    difference: f64,
    half: f64,
}

/// Compares a model's sets with the publication; none without a common set and two common methods.
pub fn compare(summary: &Summary) -> Option<Comparison> {
    let common: Vec<(usize, &SetSummary)> =
        summary.sets.iter().filter_map(|set| Some((published_set(&set.name)?, set))).collect();
    let auroc = |set: &SetSummary, id: &str| set.methods.get(id).and_then(settled);
    let mean = |values: Vec<f64>| values.iter().sum::<f64>() / values.len() as f64;
    let mut rows: Vec<(&'static str, f64, f64)> = PUBLISHED
        .iter()
        .filter_map(|(id, columns)| {
            let measured: Option<Vec<f64>> = common.iter().map(|(_, set)| auroc(set, id)).collect();
            let published = common.iter().filter_map(|(column, _)| columns.get(*column).copied()).collect();
            Some((*id, mean(published), mean(measured?)))
        })
        .collect();
    if common.is_empty() || rows.len() < 2 {
        return None;
    }
    let pairs = (0..rows.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
    let in_order = pairs.clone().filter(|&(i, j)| (rows[i].1 - rows[j].1) * (rows[i].2 - rows[j].2) > 0.0).count();
    let total = pairs.count();
    rows.sort_by(|a, b| b.1.total_cmp(&a.1));
    let published: Vec<&'static str> = rows.iter().map(|row| row.0).collect();
    rows.sort_by(|a, b| b.2.total_cmp(&a.2));
    let sets: Vec<&SetSummary> = common.iter().map(|(_, set)| *set).collect();
    // Which of two comes first may differ between sets: it is looked up for those that are there.
    let place = |id: &str| published.iter().position(|known| *known == id);
    let links = LINKS.into_iter().filter_map(|(a, b)| if place(a)? < place(b)? { Some((a, b)) } else { Some((b, a)) });
    let mut claims: Vec<Claim> = links.filter_map(|(first, second)| on_average(&sets, first, second)).collect();
    let truthful = common.iter().find(|(column, _)| SETS.get(*column) == Some(&"truthfulqa")).map(|(_, set)| *set);
    claims.extend(truthful.and_then(semantic_first));
    Some(Comparison {
        sets: sets.iter().map(|set| set.name.clone()).collect(),
        published,
        measured: rows.iter().map(|row| row.0).collect(),
        pairs: (in_order, total),
        claims,
    })
}

fn published_set(name: &str) -> Option<usize> {
    let plain: String = name.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    SETS.iter().position(|set| plain.contains(set))
}

/// `first` above `second` in the mean over sets.
fn on_average(sets: &[&SetSummary], first: &str, second: &str) -> Option<Claim> {
    let gaps: Option<Vec<Gap>> = sets.iter().map(|set| gap(set, first, second)).collect();
    let gaps = gaps.filter(|gaps| !gaps.is_empty())?;
    let n = gaps.len() as f64;
    // The sets are independent of each other.
    let half = gaps.iter().map(|gap| gap.half.powi(2)).sum::<f64>().sqrt() / n;
    let gap = Gap { difference: gaps.iter().map(|gap| gap.difference).sum::<f64>() / n, half };
    Some(Claim {
        claim: format!("{first} above {second} in the mean of the sets"),
        measured: format!("difference {} ± {}", fixed(Some(gap.difference), 3), fixed(Some(gap.half), 3)),
        outcome: outcome(gap),
    })
}

/// On TruthfulQA one of the semantic gradients is first among the methods of the publication.
fn semantic_first(set: &SetSummary) -> Option<Claim> {
    let auroc = |id: &str| set.methods.get(id).and_then(settled);
    let best = |semantic: bool| {
        let ids =
            PUBLISHED.iter().map(|row| row.0).filter(move |id| matches!(*id, "semgrad" | "hybridgrad") == semantic);
        ids.filter_map(|id| Some((id, auroc(id)?))).max_by(|a, b| a.1.total_cmp(&b.1))
    };
    let ((semantic, value), (other, against)) = (best(true)?, best(false)?);
    let gap = gap(set, semantic, other)?;
    Some(Claim {
        claim: "semgrad or hybridgrad the best on TruthfulQA".to_owned(),
        measured: format!(
            "{semantic} {}, {other} {}: difference {} ± {}",
            fixed(Some(value), 2),
            fixed(Some(against), 2),
            fixed(Some(gap.difference), 3),
            fixed(Some(gap.half), 3)
        ),
        outcome: outcome(gap),
    })
}

/// The paired difference where it was measured; else that of the two numbers, as if their errors were independent (which
/// makes the interval too wide rather than too narrow, for scores of the same answers rise and fall together).
fn gap(set: &SetSummary, first: &str, second: &str) -> Option<Gap> {
    let (a, b) = (set.methods.get(first)?, set.methods.get(second)?);
    let paired = |m: &crate::evaluate::summary::MethodSummary, other: &str, sign: f64| {
        let d = m.versus.get(other)?;
        Some(Gap { difference: sign * finite(d.difference)?, half: (finite(d.high)? - finite(d.low)?) / 2.0 })
    };
    let apart = || {
        let half = |e: &crate::evaluate::summary::Estimate| Some((finite(e.high)? - finite(e.low)?) / 2.0);
        let difference = finite(a.auroc.value)? - finite(b.auroc.value)?;
        Some(Gap { difference, half: half(&a.auroc)?.hypot(half(&b.auroc)?) })
    };
    paired(a, second, 1.0).or_else(|| paired(b, first, -1.0)).or_else(apart)
}

fn outcome(gap: Gap) -> Outcome {
    match gap.difference {
        d if d.abs() <= gap.half => Outcome::Undecided,
        d if d > 0.0 => Outcome::Reproduced,
        _ => Outcome::Reversed,
    }
}

impl Comparison {
    /// In a sentence or two.
    pub fn told(&self) -> String {
        let order = if self.published == self.measured {
            "In plain numbers the whole published order is reproduced"
        } else {
            "The published order is not reproduced as a whole"
        };
        let of = |outcome: Outcome| -> Vec<&str> {
            self.claims.iter().filter(|c| c.outcome == outcome).map(|c| c.claim.as_str()).collect()
        };
        let part = |label: &str, outcome: Outcome| match of(outcome) {
            claims if claims.is_empty() => String::new(),
            claims => format!(" {label}: {}.", claims.join("; ")),
        };
        format!(
            "{order}: {} of {} pairs of methods stand as published ({}).{}{}{}",
            self.pairs.0,
            self.pairs.1,
            list(&self.sets),
            part("Reproduced", Outcome::Reproduced),
            part("Not reproduced, the other way round", Outcome::Reversed),
            part("Not reproduced, too close to tell", Outcome::Undecided),
        )
    }
}
