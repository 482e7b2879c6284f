//! What both halves measure of a model, and the figures made of it.

use super::workload::Asked;
use semgrad::answer::record::Record;
use serde::{Deserialize, Serialize};

/// One request, answered once; times in ms. The names are those of `www/shared/measure/figures.js`, which Deno's half uses.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Run {
    /// What it measures.
    pub asked: Asked,
    /// Tokens of the prompt.
    pub prompt: usize,
    /// Tokens of the answer.
    pub tokens: usize,
    /// Time to the first token.
    pub prefill: f64,
    /// From there to the last.
    pub decode: f64,
    /// Of all scores.
    pub score: f64,
    /// How many there are.
    pub methods: Vec<String>,
    /// Answers drawn.
    pub samples: usize,
    /// Time of these.
    pub sampling: Option<f64>,
}

impl Run {
    /// What a record says.
    pub fn new(asked: Asked, record: &Record) -> Self {
        Self {
            asked,
            prompt: record.prompt_ids.len(),
            tokens: record.response_ids.len(),
            prefill: record.ms.prefill,
            decode: record.ms.decode,
            score: record.ms.score,
            methods: record.scores.keys().map(|id| (*id).to_owned()).collect(),
            samples: record.samples.as_ref().map_or(0, Vec::len),
            sampling: record.ms.samples,
        }
    }
}

/// Medians over the repetitions; `None` where a request was not answered as it should be.
#[derive(Clone, Copy, Debug, Default)]
pub struct Figures {
    /// Tokens of a prompt a second.
    pub prefill: Option<f64>,
    /// Tokens of an answer a second.
    pub decode: Option<f64>,
    /// Time of both gradient scores, of the answer's.
    pub scores: Option<f64>,
    /// Time of the samples, of one answer's.
    pub samples: Option<f64>,
}

impl Figures {
    /// Those of a model.
    pub fn of(runs: &[Run]) -> Self {
        let median = |asked: Asked, value: &dyn Fn(&Run) -> Option<f64>| {
            let values: Option<Vec<f64>> = runs.iter().filter(|run| run.asked == asked).map(value).collect();
            let values = values.filter(|values| !values.is_empty() && values.iter().all(|v| v.is_finite()));
            values.map(crate::median::median)
        };
        let rate = |tokens: usize, ms: f64| (tokens > 0).then(|| tokens as f64 * 1e3 / ms);
        Self {
            prefill: median(Asked::Prefill, &|run| rate(run.prompt, run.prefill)),
            decode: median(Asked::Decode, &|run| rate(run.tokens.saturating_sub(1), run.decode)),
            scores: median(Asked::Scores, &|run| {
                (run.methods.len() == 2).then(|| run.score / (run.prefill + run.decode))
            }),
            samples: median(Asked::Samples, &|run| {
                (run.samples > 1).then_some(run.sampling? / (run.prefill + run.decode))
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_medians_and_what_is_missing_has_none() {
        let run = |asked, decode| Run {
            asked,
            prompt: 100,
            tokens: 11,
            prefill: 50.0,
            decode,
            score: 15.0,
            methods: vec!["semgrad".into(), "hybridgrad".into()],
            samples: 10,
            sampling: Some(300.0),
        };
        let decoded = [100.0, 400.0, 50.0].map(|ms| run(Asked::Decode, ms));
        let figures = Figures::of(&[&decoded[..], &[run(Asked::Scores, 100.0), run(Asked::Samples, 50.0)]].concat());
        assert_eq!((figures.prefill, figures.decode), (None, Some(100.0)));
        assert_eq!((figures.scores, figures.samples), (Some(0.1), Some(3.0)));
        let without = Run { methods: Vec::new(), sampling: None, ..run(Asked::Scores, 1.0) };
        let figures = Figures::of(&[without.clone(), Run { asked: Asked::Samples, ..without }]);
        assert_eq!((figures.scores, figures.samples), (None, None));
    }
}
