//! Semantic entropy probes: a linear look at the model's own states that predicts whether sampled answers would differ
//! in meaning (arXiv 2406.15927). Sampling is paid once, when the probe is trained; applying it costs one product of
//! vectors.
//!
//! Here they are read from their file, one small JSON per model, prompt and template, and applied; [`crate::probing`]
//! trains them.

use crate::error::{Code, Error, Result};
use crate::profile::Key;
use semgrad_scores::statistics::logistic::sigmoid;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Whose state a probe reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// The last prompt token, before anything is generated ("TBG"): `sep_tbg`.
    PromptEnd,
    /// The last token before the end-of-turn token ("SLT"): `sep`.
    AnswerEnd,
}

impl Position {
    /// Id of the method that reports this probe.
    pub fn method(self) -> &'static str {
        match self {
            Self::PromptEnd => "sep_tbg",
            Self::AnswerEnd => "sep",
        }
    }

    /// Index, in prompt and response together, of the token whose state is read. An answer of fewer than two tokens has
    /// no second last one: its state is the prompt's last.
    pub fn index(self, prompt: usize, response: usize) -> usize {
        let answer = if self == Self::AnswerEnd { response.saturating_sub(1) } else { 0 };
        (prompt + answer).saturating_sub(1)
    }
}

/// The probes of a model, as stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Probes {
    /// Model, template and prefix that they were trained with.
    pub key: Key,
    /// Semantic entropy, in nats, from which on it counted as high.
    pub threshold: f64,
    /// What they were trained on.
    pub fitted: Fitted,
    /// By method id.
    pub probes: BTreeMap<String, Probe>,
}

/// Where a probe comes from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Fitted {
    /// Name of the question file.
    pub data: String,
    /// Questions.
    pub questions: usize,
    /// Those whose semantic entropy was high.
    pub high: usize,
    /// Samples per question, and their temperature.
    pub samples: usize,
    /// See `samples`.
    pub temperature: f64,
    /// Day, YYYY-MM-DD.
    pub date: String,
}

/// A linear probe over a window of layers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Probe {
    /// First and last hidden state of the window; 0 is the embedding.
    pub layers: [usize; 2],
    /// Intercept.
    pub bias: f64,
    /// `[window, hidden]`.
    pub weights: Vec<f32>,
    /// Cross-validated AUROC of this probe; a little optimistic, as the window was chosen by the same folds.
    pub auroc: f64,
    /// Cross-validated AUROC of a probe on each hidden state alone, from 0.
    pub auroc_by_layer: Vec<f64>,
}

impl Probes {
    /// Reads a file of probes.
    ///
    /// # Errors
    /// `bad_input` when it is none.
    pub fn parse(json: &str) -> Result<Self> {
        let probes: Self = serde_json::from_str(crate::input::unmarked(json)).map_err(|e| unusable(&e.to_string()))?;
        for (id, probe) in &probes.probes {
            probe.check().map_err(|what| unusable(&format!("{id}: {what}")))?;
        }
        Ok(probes)
    }

    /// The probe at a position.
    pub fn get(&self, position: Position) -> Option<&Probe> {
        self.probes.get(position.method())
    }
}

impl Probe {
    /// Probability that semantic entropy is high, from the states of the window's layers, `[hidden]` each.
    ///
    /// # Errors
    /// `bad_input` when the states have another shape than those that the probe was trained on, or are no numbers.
    pub fn probability(&self, states: &[&[f32]]) -> Result<f64> {
        let [first, last] = self.layers;
        let features = states.iter().map(|state| state.len()).sum::<usize>();
        if first + states.len() != last + 1 || features != self.weights.len() {
            return Err(unusable(&format!(
                "it reads {} numbers of hidden states {first} to {last}, and got {features} of {} states",
                self.weights.len(),
                states.len(),
            )));
        }
        let products = states.iter().copied().flatten().zip(&self.weights).map(|(&x, &w)| f64::from(x) * f64::from(w));
        let logit = self.bias + products.sum::<f64>();
        if !logit.is_finite() {
            return Err(Error::new(
                Code::BadInput,
                "the hidden states are no finite numbers.",
                "Leave this method out, or use another device.",
            ));
        }
        Ok(sigmoid(logit))
    }

    fn check(&self) -> std::result::Result<(), &'static str> {
        let [first, last] = self.layers;
        let window = last.checked_sub(first).and_then(|n| n.checked_add(1)).ok_or("layers are not in order")?;
        if self.weights.is_empty() || !self.weights.len().is_multiple_of(window) {
            return Err("weights do not divide among the layers");
        }
        let finite = self.bias.is_finite() && self.weights.iter().all(|w| w.is_finite());
        if finite { Ok(()) } else { Err("a weight is no finite number") }
    }
}

fn unusable(what: &str) -> Error {
    Error::new(Code::BadInput, format!("the probe is not usable: {what}."), "Train it again with `semgrad probe`.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn probes() -> Probes {
        let probe = Probe {
            layers: [1, 2],
            bias: 0.5,
            weights: vec![1.0, -2.0, 0.25, 0.0],
            auroc: 0.75,
            auroc_by_layer: vec![0.5; 4],
        };
        Probes {
            key: Key { weights: "ab".into(), template: None, prefix: String::new(), adapter: None },
            threshold: 0.4,
            fitted: Fitted {
                data: "questions.jsonl".into(),
                questions: 40,
                high: 12,
                samples: 10,
                ..Fitted::default()
            },
            probes: BTreeMap::from([("sep".into(), probe)]),
        }
    }

    #[test]
    fn written_read_and_applied() {
        let probes = probes();
        let again = Probes::parse(&serde_json::to_string(&probes).unwrap()).unwrap();
        assert_eq!(again, probes);
        assert!(again.get(Position::PromptEnd).is_none());
        let probe = again.get(Position::AnswerEnd).unwrap();
        let p = probe.probability(&[&[2.0, 1.0], &[4.0, 9.0]]).unwrap();
        assert!((p - 1.0 / (1.0 + (-1.5f64).exp())).abs() < 1e-15);
        assert_eq!(probe.probability(&[&[1e30, 0.0], &[0.0, 0.0]]).unwrap(), 1.0);
    }

    #[test]
    fn other_shapes_are_refused() {
        let probe = probes().probes.remove("sep").unwrap();
        for states in
            [&[&[1.0f32, 2.0, 3.0, 4.0][..]][..], &[&[1.0; 2], &[1.0; 3]], &[&[1.0; 2], &[1.0; 1], &[1.0; 1]], &[]]
        {
            assert_eq!(probe.probability(states).unwrap_err().code, Code::BadInput);
        }
        assert!(probe.probability(&[&[f32::NAN, 0.0], &[0.0, 0.0]]).is_err());
        assert!(probe.probability(&[&[f32::INFINITY, 0.0], &[0.0, 0.0]]).is_err());
    }

    #[test]
    fn broken_files_are_refused() {
        assert_eq!(Probes::parse("{}").unwrap_err().code, Code::BadInput);
        let broken = |change: fn(&mut Probe)| {
            let mut probes = probes();
            probes.probes.values_mut().for_each(change);
            Probes::parse(&serde_json::to_string(&probes).unwrap()).unwrap_err().code
        };
        assert_eq!(broken(|p| p.layers = [2, 1]), Code::BadInput);
        assert_eq!(broken(|p| p.layers = [0, usize::MAX]), Code::BadInput);
        assert_eq!(broken(|p| p.layers = [0, 2]), Code::BadInput);
        assert_eq!(broken(|p| p.weights.clear()), Code::BadInput);
        assert_eq!(broken(|p| p.bias = f64::NAN), Code::BadInput);
    }

    #[test]
    fn positions() {
        // Prompt 0..5; answer a b c end.
        assert_eq!(Position::PromptEnd.index(5, 4), 4);
        assert_eq!(Position::AnswerEnd.index(5, 4), 7);
        assert_eq!(Position::AnswerEnd.index(5, 1), 4, "only the end token: the prompt's last");
        assert_eq!(Position::AnswerEnd.index(5, 0), 4);
    }
}
