//! What was observed about one question, gathered once for all methods that were asked for.

pub mod gradients;

use crate::generate::statistics::TokenStatistics;
use serde::Serialize;

/// Observations about one answer. Methods are pure functions of this.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Evidence {
    /// Statistics of the answer's tokens, the end-of-turn token included.
    pub tokens: Vec<TokenStatistics>,
    /// Mean |∂ℒ/∂h| at the semantic position for hidden states 0..L−1; `None` where it was not computed.
    pub layers: Vec<Option<f64>>,
    /// Mean |∂ℒ/∂W_head|.
    pub paragrad: Option<f64>,
    /// The same without entropy weights.
    pub exgrad: Option<f64>,
}

impl Evidence {
    /// exp(−mean entropy): how certain the answer's tokens were, 0..1.
    pub fn alpha(&self) -> f64 {
        (-self.mean_entropy()).exp()
    }

    /// Mean token entropy in nats; NaN without tokens.
    pub fn mean_entropy(&self) -> f64 {
        self.tokens.iter().map(|t| t.entropy).sum::<f64>() / self.tokens.len() as f64
    }
}
