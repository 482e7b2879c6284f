//! Natural language inference: does a hypothesis follow from a premise, contradict it, or neither.
//!
//! A model with three labels gives all three probabilities. A model with two, contradiction and the rest, says no more
//! than that: what does not contradict counts as entailed and nothing is neutral, so two answers count as equivalent when
//! neither contradicts the other. Methods that tell neutral from entailed lose that with such a model; results say how
//! many labels there were. Texts that are equal entail each other by definition, whatever a model thinks.

use super::Done;
use super::batches::batches;
use super::parts::Parts;
use crate::control::Pacer;
use crate::device::Device;
use crate::error::{Code, Error, Result};
use crate::model::load::Progress;
use crate::weights::encoder::EncoderCheckpoint;
use semgrad_scores::evidence::observed::Entailment;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

/// Pairs remembered before all are forgotten.
const REMEMBERED: usize = 1 << 16;

/// A cross-encoder.
pub struct Nli {
    parts: Parts,
    labels: Labels,
    known: RefCell<HashMap<(String, String), Known>>,
}

#[derive(Clone, Copy)]
struct Known {
    entailment: Entailment,
    truncated: bool,
}

/// Which logit is which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Labels {
    Three { entail: usize, neutral: usize, contradict: usize },
    Two { contradict: usize },
}

/// What was found out about pairs.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// In the order of the pairs.
    pub entailment: Vec<Entailment>,
    /// Labels of the model: 3, or 2 for one that knows only contradiction.
    pub labels: usize,
    /// Passes that were needed: distinct pairs of different texts, not seen before.
    pub evaluated: usize,
    /// Pairs that were longer than the encoder reads.
    pub truncated: usize,
}

impl Nli {
    /// Reads the cross-encoder.
    ///
    /// # Errors
    /// As [`Pieces::new`](crate::text::Pieces::new) and [`Encoder::load`](crate::model::encoder::Encoder::load); `bad_input` when its labels are not those of inference.
    pub async fn load(
        checkpoint: &EncoderCheckpoint,
        device: &Device,
        pacer: &Pacer<'_>,
        progress: Progress<'_>,
    ) -> Result<Self> {
        let labels = Labels::new(checkpoint)?;
        let parts = Parts::load(checkpoint, device, pacer, progress).await?;
        Ok(Self { parts, labels, known: RefCell::default() })
    }

    /// Labels of the model, 3 or 2.
    pub fn labels(&self) -> usize {
        self.labels.count()
    }

    /// What each pair's first text says about its second; equal pairs are evaluated once.
    ///
    /// # Errors
    /// As [`Encoder::logits`](crate::model::encoder::Encoder::logits). Pairs that were done are remembered.
    pub async fn judge(&self, pairs: &[(&str, &str)], pacer: &Pacer<'_>, done: Done<'_>) -> Result<Judged> {
        let key = |(premise, hypothesis): (&str, &str)| (premise.to_owned(), hypothesis.to_owned());
        let equal = Known { entailment: Entailment { entail: 1.0, ..Entailment::default() }, truncated: false };
        // What is found is kept here too: another call may forget everything while this one waits.
        let mut found: HashMap<(&str, &str), Known> = HashMap::new();
        {
            let mut known = self.known.borrow_mut();
            if known.len() > REMEMBERED {
                known.clear();
            }
            let look_up =
                |pair: (&str, &str)| if pair.0 == pair.1 { Some(equal) } else { known.get(&key(pair)).copied() };
            found.extend(pairs.iter().filter_map(|&pair| Some((pair, look_up(pair)?))));
        }
        let mut seen = HashSet::new();
        let fresh: Vec<_> =
            pairs.iter().copied().filter(|pair| !found.contains_key(pair) && seen.insert(*pair)).collect();
        let inputs = fresh.iter().map(|pair| self.parts.input(pair.0, Some(pair.1))).collect::<Result<Vec<_>>>()?;
        for (range, batch) in batches(&inputs, &self.parts.encoder.device) {
            let logits = self.parts.encoder.logits(&batch, pacer).await?;
            for (i, logits) in range.clone().zip(logits) {
                let entry = Known { entailment: self.labels.entailment(&logits), truncated: inputs[i].truncated };
                self.known.borrow_mut().insert(key(fresh[i]), entry);
                found.insert(fresh[i], entry);
            }
            done(range.end, fresh.len());
        }
        let found: Vec<&Known> = pairs.iter().filter_map(|pair| found.get(pair)).collect();
        Ok(Judged {
            entailment: found.iter().map(|known| known.entailment).collect(),
            labels: self.labels(),
            evaluated: fresh.len(),
            truncated: found.iter().filter(|known| known.truncated).count(),
        })
    }

    /// All ordered pairs of texts, premise by premise; see [`Judged::rows`].
    ///
    /// # Errors
    /// As [`Nli::judge`].
    pub async fn judge_all(&self, texts: &[&str], pacer: &Pacer<'_>, done: Done<'_>) -> Result<Judged> {
        let pairs: Vec<_> = texts.iter().flat_map(|a| texts.iter().map(move |b| (*a, *b))).collect();
        self.judge(&pairs, pacer, done).await
    }
}

impl Judged {
    /// The pairs of `side` texts as a matrix, premise row, hypothesis column.
    pub fn rows(&self, side: usize) -> Vec<Vec<Entailment>> {
        self.entailment.chunks(side.max(1)).map(<[_]>::to_vec).collect()
    }
}

impl Labels {
    fn new(checkpoint: &EncoderCheckpoint) -> Result<Self> {
        let names = &checkpoint.config.labels;
        let found = checkpoint.head.then(|| Self::of(names)).flatten();
        found.ok_or_else(|| {
            Error::new(
                Code::BadInput,
                format!("the encoder's labels are {names:?}, not those of natural language inference"),
                "Choose a model whose id2label in config.json has entailment, neutral and contradiction, or contradiction \
                 and one other.",
            )
        })
    }

    fn of(names: &[String]) -> Option<Self> {
        let only = |stem: &str| {
            let is = |name: &String| {
                let name = name.to_ascii_lowercase();
                name.contains(stem) && !["not", "non", "no_", "no-", "no "].iter().any(|no| name.starts_with(no))
            };
            let mut found = (0..names.len()).filter(|&i| is(&names[i]));
            found.next().filter(|_| found.next().is_none())
        };
        match names.len() {
            3 => Some(Self::Three {
                entail: only("entail")?,
                neutral: only("neutral")?,
                contradict: only("contradict")?,
            }),
            2 => Some(Self::Two { contradict: only("contradict")? }),
            _ => None,
        }
    }

    fn count(self) -> usize {
        match self {
            Self::Three { .. } => 3,
            Self::Two { .. } => 2,
        }
    }

    /// Softmax of the logits, by label.
    fn entailment(self, logits: &[f32]) -> Entailment {
        let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let weights: Vec<f64> = logits.iter().map(|z| f64::from(z - most).exp()).collect();
        let total: f64 = weights.iter().sum();
        let p = |i: usize| weights[i] / total;
        match self {
            Self::Three { entail, neutral, contradict } => {
                Entailment { entail: p(entail), neutral: p(neutral), contradict: p(contradict) }
            }
            Self::Two { contradict } => {
                Entailment { entail: p(1 - contradict), neutral: 0.0, contradict: p(contradict) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(names: &[&str]) -> Option<Labels> {
        Labels::of(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn labels_are_found_by_name() {
        assert_eq!(
            of(&["contradiction", "entailment", "neutral"]),
            Some(Labels::Three { entail: 1, neutral: 2, contradict: 0 })
        );
        assert_eq!(of(&["ENTAILMENT", "NEUTRAL", "CONTRADICTION"]).map(Labels::count), Some(3));
        assert_eq!(of(&["not_contradiction", "contradiction"]), Some(Labels::Two { contradict: 1 }));
        assert_eq!(of(&["contradicts", "consistent"]), Some(Labels::Two { contradict: 0 }));
        // Unknown, ambiguous, or of another kind: entailment against the rest says nothing about contradiction.
        for names in [
            &["LABEL_0", "LABEL_1", "LABEL_2"][..],
            &["entailment", "not_entailment"],
            &["contradiction", "contradiction2", "neutral"],
            &["contradiction"],
            &[],
        ] {
            assert_eq!(of(names), None, "{names:?}");
        }
    }

    #[test]
    fn two_labels_know_no_neutral() {
        let judged = Labels::Two { contradict: 1 }.entailment(&[0.0, 3f32.ln()]);
        assert!((judged.contradict - 0.75).abs() < 1e-7 && (judged.entail - 0.25).abs() < 1e-7);
        assert_eq!(judged.neutral, 0.0);
    }
}
