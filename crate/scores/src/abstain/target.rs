//! What a model is trained to answer to each question: what it answers anyway, or a refusal.
//!
//! A *teacher* says how unsure the model is of each question; above τ the target is the refusal (arXiv 2410.17234 §3). Most
//! teachers need nobody who knows the answers.

use crate::error::{Code, Error, Result};
use crate::methods::support::clusters::{first_equal, sizes};
use crate::methods::support::entropy;
use crate::statistics::folds::shuffle;
use crate::statistics::order;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::threshold;

/// Who says what a model does not know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Teacher {
    /// Discrete semantic entropy of samples (arXiv 2410.17234).
    #[default]
    SemanticEntropy,
    /// Entropy of the samples as texts, R-Tuning-U (arXiv 2311.09677).
    ExactSpread,
    /// One less the calibrated confidence.
    Confidence,
    /// Whether the answer was wrong, R-Tuning (arXiv 2311.09677).
    Labels,
    /// Semantic entropies dealt out anew among the questions: a control, which teaches to refuse as often and knows nothing.
    Shuffled,
    /// Nobody: every target is the model's own answer. A control, which shows what training does by itself.
    None,
}

/// A teacher, as flags, types and tables are made from it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Description {
    /// Which.
    pub teacher: Teacher,
    /// Its name on the command line and in files.
    pub id: &'static str,
    /// Its name in tables.
    pub title: &'static str,
    /// What it has to be told of each question.
    pub reads: &'static str,
    /// Whether that takes samples.
    pub samples: bool,
    /// Values of τ that are worth trying, rising.
    pub grid: &'static [f64],
}

/// Every τ between the two numbers there are.
const HALF: &[f64] = &[0.5];
/// Of 1 − a probability.
const SHARES: &[f64] = &[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/// All teachers, first the usual one of a model that no profile knows.
pub const TEACHERS: [Description; 6] = [
    Description {
        teacher: Teacher::SemanticEntropy,
        id: "semantic_entropy",
        title: "Semantic entropy",
        reads: "ten samples, compared by meaning",
        samples: true,
        grid: &threshold::GRID,
    },
    Description {
        teacher: Teacher::ExactSpread,
        id: "exact_spread",
        title: "Exact spread (R-Tuning-U)",
        reads: "ten samples, compared letter by letter",
        samples: true,
        grid: &threshold::GRID,
    },
    Description {
        teacher: Teacher::Confidence,
        id: "confidence",
        title: "Calibrated confidence",
        reads: "a calibrated profile of the model",
        samples: false,
        grid: SHARES,
    },
    Description {
        teacher: Teacher::Labels,
        id: "labels",
        title: "Right or wrong (R-Tuning)",
        reads: "right answers to judge by",
        samples: false,
        grid: HALF,
    },
    Description {
        teacher: Teacher::Shuffled,
        id: "shuffled",
        title: "Shuffled semantic entropy (control)",
        reads: "ten samples, compared by meaning",
        samples: true,
        grid: &threshold::GRID,
    },
    Description {
        teacher: Teacher::None,
        id: "none",
        title: "Own answers only (control)",
        reads: "nothing",
        samples: false,
        grid: HALF,
    },
];

impl Teacher {
    /// What is known of it.
    pub fn description(self) -> &'static Description {
        // A test finds every teacher in the table.
        TEACHERS.iter().find(|known| known.teacher == self).unwrap_or(&TEACHERS[0])
    }

    /// The teacher of that name.
    ///
    /// # Errors
    /// `bad_input` for another name.
    pub fn parse(id: &str) -> Result<Self> {
        TEACHERS.iter().find(|known| known.id == id).map(|known| known.teacher).ok_or_else(|| {
            let ids: Vec<&str> = TEACHERS.iter().map(|known| known.id).collect();
            Error::new(
                Code::BadInput,
                format!("there is no teacher {id:?}."),
                format!("Use one of {}.", ids.join(", ")),
            )
        })
    }

    /// What it says of each question, higher being less sure; nothing where it was not told what it reads.
    pub fn values(self, known: &[Known], seed: u64) -> Vec<Option<f64>> {
        let of = |known: &Known| match self {
            Self::SemanticEntropy | Self::Shuffled => known.entropy,
            Self::ExactSpread => known.spread,
            Self::Confidence => known.confidence.map(|confidence| 1.0 - confidence),
            Self::Labels => known.right.map(|right| f64::from(u8::from(!right))),
            Self::None => Some(0.0),
        };
        let mut values: Vec<Option<f64>> =
            known.iter().map(|known| of(known).filter(|value| value.is_finite())).collect();
        if self == Self::Shuffled {
            let mut dealt: Vec<f64> = values.iter().copied().flatten().collect();
            shuffle(&mut dealt, &mut ChaCha8Rng::seed_from_u64(seed));
            values.iter_mut().flatten().zip(dealt).for_each(|(value, new)| *value = new);
        }
        values
    }
}

/// What is known of a question and of the model's answer to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Known {
    /// Discrete semantic entropy of the samples, in nats.
    pub entropy: Option<f64>,
    /// Entropy of the samples as texts, in nats.
    pub spread: Option<f64>,
    /// Calibrated probability that the answer is right.
    pub confidence: Option<f64>,
    /// Whether it is right.
    pub right: Option<bool>,
    /// Whether it refuses already.
    pub refuses: bool,
    /// Whether it was cut off before its end.
    pub cut: bool,
}

/// Entropy of texts that are equal letter by letter, but for white space around them; 0 … ln n. NaN without texts.
pub fn exact_spread(texts: &[&str]) -> f64 {
    let trimmed: Vec<&str> = texts.iter().map(|text| text.trim()).collect();
    let first = first_equal(&trimmed);
    if texts.is_empty() {
        f64::NAN
    } else {
        entropy(sizes(&first).into_iter().map(|size| size as f64 / texts.len() as f64))
    }
}

/// How targets are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// Highest value of an answer that the model goes on giving.
    pub tau: f64,
    /// Share of the questions that are left out on either side of τ, at most: there the teacher itself is not sure.
    pub band: f64,
    /// Whether as many refusals as answers are kept: with few of either a model learns to give the other always.
    pub balance: bool,
    /// Seed of what is drawn.
    pub seed: u64,
}

impl Default for Rule {
    fn default() -> Self {
        Self { tau: 1.0, band: 0.1, balance: true, seed: 0 }
    }
}

/// What a model is trained to answer to a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// What it answers anyway.
    Own,
    /// A refusal, always the same one.
    Refusal,
    /// Nothing: the teacher was not told what it reads.
    Unknown,
    /// Nothing: its own answer was cut off, and would teach it not to end.
    Cut,
    /// Nothing: too close to τ.
    Close,
    /// Nothing: there are enough like it.
    Surplus,
}

/// The target of each question. A question whose answer refuses already stays a refusal, in the same words for all, and
/// is not measured by its spread: everybody refusing is agreement, too. Without a teacher nothing is balanced and nothing left out.
///
/// No question is ever used twice. The same seed gives the same targets.
pub fn targets(teacher: Teacher, known: &[Known], rule: &Rule) -> Vec<Target> {
    let values = teacher.values(known, rule.seed);
    let of = |(known, value): (&Known, &Option<f64>)| match value {
        None => Target::Unknown,
        Some(_) if known.refuses && teacher != Teacher::None => Target::Refusal,
        Some(value) if *value > rule.tau && teacher != Teacher::None => Target::Refusal,
        Some(_) if known.cut => Target::Cut,
        Some(_) => Target::Own,
    };
    let mut targets: Vec<Target> = known.iter().zip(&values).map(of).collect();
    if teacher == Teacher::None {
        return targets;
    }
    let most = (rule.band * values.iter().flatten().count() as f64) as usize;
    for side in [Target::Own, Target::Refusal] {
        let distance = |i: usize| values[i].map(|value| (value - rule.tau).abs());
        let members: Vec<(usize, f64)> = (0..known.len())
            .filter(|&i| targets[i] == side && !known[i].refuses)
            .filter_map(|i| Some((i, distance(i)?)))
            .collect();
        close(&members, most).into_iter().for_each(|i| targets[i] = Target::Close);
    }
    if rule.balance {
        balance(&mut targets, rule.seed);
    }
    targets
}

/// Those of `members` (question, distance from τ) that are nearest to τ: at most `most`, and at most half of them. Questions
/// of equal distance stay or go together, because nothing tells which of them are the closer ones.
fn close(members: &[(usize, f64)], most: usize) -> Vec<usize> {
    let distances: Vec<f64> = members.iter().map(|member| member.1).collect();
    let most = most.min(members.len() / 2);
    let mut close = Vec::new();
    for equal in order(&distances).chunk_by(|&a, &b| distances[a] == distances[b]) {
        if close.len() + equal.len() > most {
            break;
        }
        close.extend(equal.iter().map(|&place| members[place].0));
    }
    close
}

/// Leaves as many of the one kind as there are of the other, drawn by lot.
fn balance(targets: &mut [Target], seed: u64) {
    let places = |kind: Target| -> Vec<usize> { (0..targets.len()).filter(|&i| targets[i] == kind).collect() };
    let (own, refusals) = (places(Target::Own), places(Target::Refusal));
    let kept = own.len().min(refusals.len());
    for mut kind in [own, refusals] {
        shuffle(&mut kind, &mut ChaCha8Rng::seed_from_u64(seed));
        kind.iter().skip(kept).for_each(|&i| targets[i] = Target::Surplus);
    }
}

/// How many targets there are of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema))]
pub struct Count {
    /// The model's own answers.
    pub own: usize,
    /// Refusals.
    pub refusals: usize,
    /// Left out because the teacher was not told what it reads.
    pub unknown: usize,
    /// Left out because the answer was cut off.
    pub cut: usize,
    /// Left out because they are too close to τ.
    pub close: usize,
    /// Left out because there are enough like them.
    pub surplus: usize,
}

impl Count {
    /// Of these.
    pub fn of(targets: &[Target]) -> Self {
        let count = |kind: Target| targets.iter().filter(|&&target| target == kind).count();
        Self {
            own: count(Target::Own),
            refusals: count(Target::Refusal),
            unknown: count(Target::Unknown),
            cut: count(Target::Cut),
            close: count(Target::Close),
            surplus: count(Target::Surplus),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unsure(entropies: &[f64]) -> Vec<Known> {
        entropies.iter().map(|&entropy| Known { entropy: Some(entropy), ..Known::default() }).collect()
    }

    const PLAIN: Rule = Rule { tau: 1.0, band: 0.0, balance: false, seed: 0 };

    #[test]
    fn every_teacher_is_in_the_table_once() {
        for known in &TEACHERS {
            assert_eq!(Teacher::parse(known.id).unwrap().description(), known);
            assert_eq!(serde_json::to_value(known.teacher).unwrap(), known.id);
            assert!(known.grid.is_sorted_by(|a, b| a < b) && !known.grid.is_empty());
        }
        assert_eq!(Teacher::default().description(), &TEACHERS[0]);
        let error = Teacher::parse("vibes").unwrap_err();
        assert!(error.code == Code::BadInput && error.advice.contains("semantic_entropy, exact_spread"));
    }

    #[test]
    fn teachers_read_what_they_say() {
        let known = [
            Known {
                entropy: Some(0.5),
                spread: Some(2.0),
                confidence: Some(0.9),
                right: Some(true),
                ..Known::default()
            },
            Known { entropy: Some(f64::NAN), right: Some(false), ..Known::default() },
        ];
        let of = |teacher: Teacher| teacher.values(&known, 0);
        assert_eq!(of(Teacher::SemanticEntropy), [Some(0.5), None]);
        assert_eq!(of(Teacher::ExactSpread), [Some(2.0), None]);
        assert!((of(Teacher::Confidence)[0].unwrap() - 0.1).abs() < 1e-12 && of(Teacher::Confidence)[1].is_none());
        assert_eq!(of(Teacher::Labels), [Some(0.0), Some(1.0)]);
        assert_eq!(of(Teacher::None), [Some(0.0); 2]);
    }

    #[test]
    fn shuffling_keeps_the_numbers_and_their_gaps() {
        let mut known = unsure(&(0..50).map(f64::from).collect::<Vec<_>>());
        known[7].entropy = None;
        let shuffled = |seed: u64| Teacher::Shuffled.values(&known, seed);
        let mut numbers: Vec<f64> = shuffled(1).into_iter().flatten().collect();
        assert!(shuffled(1)[7].is_none() && shuffled(1) == shuffled(1) && shuffled(1) != shuffled(2));
        assert_ne!(shuffled(1), Teacher::SemanticEntropy.values(&known, 1));
        numbers.sort_by(f64::total_cmp);
        assert_eq!(numbers, Teacher::SemanticEntropy.values(&known, 1).into_iter().flatten().collect::<Vec<_>>());
    }

    #[test]
    fn refusals_above_tau() {
        use Target::{Cut, Own, Refusal, Unknown};
        let mut known = unsure(&[0.0, 1.0, 1.1, 2.0, 0.1, 2.2, 0.2]);
        known[3].entropy = None;
        (known[4].cut, known[5].cut, known[6].refuses) = (true, true, true);
        let found = targets(Teacher::SemanticEntropy, &known, &PLAIN);
        assert_eq!(found, [Own, Own, Refusal, Unknown, Cut, Refusal, Refusal]);
        // Nobody teaches: what the model says, whatever it is.
        assert_eq!(targets(Teacher::None, &known, &Rule::default()), [Own, Own, Own, Own, Cut, Cut, Own]);
        assert_eq!(Count::of(&found), Count { own: 2, refusals: 3, unknown: 1, cut: 1, ..Count::default() });
    }

    #[test]
    fn the_middle_is_left_out() {
        use Target::{Close, Own, Refusal};
        // Twenty questions: two on either side are a tenth.
        let known = unsure(&(0..20).map(|i| f64::from(i) / 10.0).collect::<Vec<_>>());
        let rule = Rule { tau: 1.05, band: 0.1, ..PLAIN };
        let found = targets(Teacher::SemanticEntropy, &known, &rule);
        let want: Vec<Target> = (0..20)
            .map(|i| {
                if i < 9 {
                    Own
                } else if i < 13 {
                    Close
                } else {
                    Refusal
                }
            })
            .collect();
        assert_eq!(found, want);
        // Equal ones stay together: three at 0.5 do not fit into two.
        let known = unsure(&[
            0.0, 0.0, 0.0, 0.0, 0.5, 0.5, 0.5, 1.5, 1.6, 1.7, 1.8, 1.9, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0,
        ]);
        let found = targets(Teacher::SemanticEntropy, &known, &rule);
        assert_eq!((found[4], found[6], found[7], found[8], found[9]), (Own, Own, Close, Close, Refusal));
        // Never more than half of a side.
        let found = targets(Teacher::SemanticEntropy, &unsure(&[0.1, 0.2, 2.0, 2.1]), &Rule { band: 1.0, ..PLAIN });
        assert_eq!(found, [Own, Close, Close, Refusal]);
        // Labels have no middle.
        let known: Vec<Known> = (0..20).map(|i| Known { right: Some(i < 8), ..Known::default() }).collect();
        let found = targets(Teacher::Labels, &known, &Rule { tau: 0.5, band: 0.1, ..PLAIN });
        assert_eq!(Count::of(&found), Count { own: 8, refusals: 12, ..Count::default() });
    }

    #[test]
    fn half_of_the_targets_are_refusals() {
        let known = unsure(&(0..100).map(|i| if i < 80 { 2.0 } else { 0.0 }).collect::<Vec<_>>());
        let of = |seed: u64| targets(Teacher::SemanticEntropy, &known, &Rule { balance: true, seed, ..PLAIN });
        assert_eq!(Count::of(&of(0)), Count { own: 20, refusals: 20, surplus: 60, ..Count::default() });
        assert!(of(0) == of(0) && of(0) != of(1), "drawn by the seed");
        // Which are kept does not depend on their places alone.
        assert!(of(0)[..40].contains(&Target::Refusal) && of(0)[40..80].contains(&Target::Refusal));
        // Where there are none of one kind, none of the other is left: nothing would be taught but silence, or nothing.
        let sure = targets(Teacher::SemanticEntropy, &unsure(&[0.0; 5]), &Rule::default());
        assert_eq!(Count::of(&sure), Count { surplus: 5, ..Count::default() });
        assert!(targets(Teacher::SemanticEntropy, &[], &Rule::default()).is_empty());
    }

    #[test]
    fn spread_of_texts() {
        assert!((exact_spread(&["a", " a\n", "b", "A"]) - (0.5 * 2f64.ln() + 0.5 * 4f64.ln())).abs() < 1e-12);
        assert_eq!(exact_spread(&["a", "a"]).to_bits(), 0f64.to_bits());
        assert!(exact_spread(&[]).is_nan());
    }
}
