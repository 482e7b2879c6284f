//! How questions are asked whose answers a model is measured or taught by.

use semgrad_scores::record::{EngineNames, Request};
use serde::{Deserialize, Serialize};

/// The same for all questions of a run.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Asking {
    /// Samples per question; 0 for the answer alone.
    pub samples: usize,
    /// Their temperature; 1 where it is not said.
    pub temperature: Option<f64>,
    /// Most tokens of an answer; the profile's where it is not said.
    pub max_tokens: Option<usize>,
    /// Seed of the draws.
    pub seed: u64,
    /// Put before every question; the profile's where it is not said.
    pub prefix: Option<String>,
    /// System message.
    pub system: Option<String>,
    /// Who judges entailment: `lexical`, `judge` or `encoder`; the encoder where one was loaded and nobody is named.
    pub nli: Option<String>,
}

impl Asking {
    /// A request for these methods.
    pub fn request(&self, question: &str, methods: &[&str]) -> Request {
        let sampled = self.samples > 0;
        Request {
            question: Some(question.to_owned()),
            samples: sampled.then_some(self.samples),
            temperature: self.temperature.filter(|_| sampled),
            max_tokens: self.max_tokens,
            seed: Some(self.seed),
            methods: Some(methods.iter().map(|&id| id.to_owned()).collect()),
            engines: Some(EngineNames { nli: self.nli.clone(), embed: None }),
            prefix: self.prefix.clone(),
            system: self.system.clone(),
            ..Request::default()
        }
    }
}
