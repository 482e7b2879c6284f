//! What is measured: the same in both halves, and for Deno's written into the native one's report.

use crate::stop::Stop;
use semgrad::Error;
use semgrad::answer::record::Request;
use semgrad::weights::made::Formats;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Sizes of the work, and models.
#[derive(Deserialize)]
pub struct Workload {
    /// How it stands in the file.
    #[serde(skip)]
    pub text: Value,
    /// A model that would begin later is left out.
    pub seconds: f64,
    /// Tokens of the prompt that is read, and that is behind a token whose decoding is timed.
    pub prompt: usize,
    /// Tokens of the question whose answer is scored.
    pub question: usize,
    /// Where its meaning is read.
    pub semantic: String,
    /// Tokens of the answer.
    pub answer: usize,
    /// Samples beside it.
    pub samples: usize,
    /// Of each request; medians are shown.
    pub repetitions: usize,
    /// Smallest first.
    pub models: Vec<Shape>,
}

/// A model to be made.
#[derive(Deserialize)]
pub struct Shape {
    /// In the table.
    pub name: String,
    /// Where its sizes are from.
    pub like: String,
    /// Name of its file.
    pub file: String,
    /// Its `config.json`.
    pub config: Value,
    /// How its matrices are stored.
    pub formats: Formats,
}

/// What is asked, by what it measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// A prompt and one token.
    Prefill,
    /// Some tokens behind a prompt.
    Decode,
    /// An answer and its gradients.
    Scores,
    /// An answer and others beside it.
    Samples,
}

impl Asked {
    /// In the order in which they are asked.
    pub const ALL: [Self; 4] = [Self::Prefill, Self::Decode, Self::Scores, Self::Samples];
}

impl Workload {
    /// That of a card, or the small one.
    pub fn of(small: bool) -> Result<Self, Stop> {
        let internal = |error| Stop::Failed(Error::internal(format!("workload.json: {error}")));
        let mut all: Value =
            serde_json::from_str(include_str!("../../../../../tests/gpu/workload.json")).map_err(internal)?;
        let text = all[if small { "small" } else { "full" }].take();
        Ok(Self { text: text.clone(), ..serde_json::from_value(text).map_err(internal)? })
    }

    /// So many tokens that say nothing, none of them the first of the vocabulary.
    pub fn ids(&self, count: usize, vocab: usize) -> Vec<u32> {
        (0..count).map(|i| 1 + (i * 7919 % (vocab - 1)) as u32).collect()
    }

    /// A request to a model of so many tokens.
    pub fn request(&self, asked: Asked, vocab: usize) -> Request {
        let of = |ids: usize, tokens: usize| Request {
            prompt_ids: Some(self.ids(ids, vocab)),
            max_tokens: Some(tokens),
            methods: Some(Vec::new()),
            semantic_position: Some(self.semantic.clone()),
            ..Request::default()
        };
        match asked {
            Asked::Prefill => of(self.prompt, 1),
            Asked::Decode => of(self.prompt, self.answer),
            Asked::Scores => {
                Request { methods: Some(vec!["semgrad".into(), "hybridgrad".into()]), ..of(self.question, self.answer) }
            }
            Asked::Samples => Request { samples: Some(self.samples), ..of(self.question, self.answer) },
        }
    }

    /// The model remembers its last prompt; one that begins with another token makes it forget.
    pub fn forget() -> Request {
        Request { prompt_ids: Some(vec![0]), max_tokens: Some(1), methods: Some(Vec::new()), ..Request::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use semgrad::weights::made::Made;

    #[test]
    fn models_can_be_made_and_are_as_large_as_they_should_be() {
        let sizes: Vec<u64> = [true, false]
            .into_iter()
            .flat_map(|small| Workload::of(small).ok().unwrap().models)
            .map(|shape| Made::new(&shape.config, &shape.formats).unwrap().bytes() / 1_000_000)
            .collect();
        // The real files have 98, 986 to 1117 and 2497 MB.
        assert!(sizes[..3].iter().all(|&size| size < 3), "{sizes:?}");
        assert!((95..100).contains(&sizes[3]), "{sizes:?}");
        assert!((900..1120).contains(&sizes[4]) && (2300..2600).contains(&sizes[5]), "{sizes:?}");
    }
}
