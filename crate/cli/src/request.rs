//! What the command line can say about every request.

use crate::stop::Stop;
use clap::Args;
use semgrad::answer::record::Request;
use semgrad::confidence::verdict::Risk;
use std::path::PathBuf;

/// What can be said about every request.
#[derive(Args)]
pub struct RequestArguments {
    /// Scores to compute, separated by commas, or all.
    #[arg(long, value_delimiter = ',')]
    pub methods: Option<Vec<String>>,
    /// Answers to draw beside the greedy one.
    #[arg(long)]
    pub samples: Option<usize>,
    /// Of the samples where some are asked for (default 1), else of the answer (default 0, greedy).
    #[arg(long)]
    pub temperature: Option<f64>,
    /// Most tokens to generate.
    #[arg(long)]
    pub max_tokens: Option<usize>,
    /// Seed of the draws.
    #[arg(long)]
    pub seed: Option<u64>,
    /// Put before every question.
    #[arg(long)]
    pub prefix: Option<String>,
    /// System message.
    #[arg(long)]
    pub system: Option<String>,
    /// header, profile or -N.
    #[arg(long, allow_hyphen_values = true)]
    semantic_position: Option<String>,
    /// Profile file, or none; without it the one beside the weights is used.
    #[arg(long)]
    pub profile: Option<PathBuf>,
    /// Who finds other wordings of the question: the model, or a search in the list of --synonyms; by default that of a
    /// list that is named.
    #[arg(long, value_parser = ["model", "search"])]
    wordings: Option<String>,
    /// Tolerated share of wrong answers for the verdict "answer", instead of the profile's.
    #[arg(long)]
    answer_risk: Option<f64>,
    /// The same for an answer with a flag; below, the verdict is "abstain".
    #[arg(long)]
    abstain_risk: Option<f64>,
    /// Also report gradient norms at this many last prompt positions.
    #[arg(long)]
    tail: Option<usize>,
    /// Also report gradient norms below the upper half of the layers.
    #[arg(long)]
    all_layers: bool,
    /// Also report the prompt's tokens, and gradient norms at every one of them.
    #[arg(long)]
    explain: bool,
    /// Also split the answer into claims and score each.
    #[arg(long)]
    spans: bool,
    /// Also report what the methods read, for `semgrad methods eval`.
    #[arg(long)]
    evidence: bool,
    /// Also report the hidden state that `semgrad calibrate` can learn from.
    #[arg(long)]
    pub state: bool,
}

impl RequestArguments {
    /// The defaults of every request.
    pub fn defaults(&self) -> Result<Request, Stop> {
        if let Some(methods) = &self.methods {
            semgrad::methods::select(methods).map_err(Stop::Usage)?;
        }
        let risk = Risk { answer: self.answer_risk, abstain: self.abstain_risk, mode: None };
        Ok(Request {
            risk: (risk != Risk::default()).then_some(risk),
            methods: self.methods.clone(),
            samples: self.samples,
            temperature: self.temperature,
            max_tokens: self.max_tokens,
            seed: self.seed,
            prefix: self.prefix.clone(),
            system: self.system.clone(),
            semantic_position: self.semantic_position.clone(),
            wordings: self.wordings.clone(),
            tail: self.tail,
            all_layers: self.all_layers.then_some(true),
            explain: self.explain.then_some(true),
            spans: self.spans.then_some(true),
            evidence: self.evidence.then_some(true),
            state: self.state.then_some(true),
            ..Request::default()
        })
    }
}
