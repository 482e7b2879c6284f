//! The scalar that is differentiated.

use crate::generate::statistics::TokenStatistics;
use std::ops::Range;

/// ℒ = −(1/T) Σ_t ω_t ln p(y_t) over T neighboring tokens of an answer; ω is held constant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// The answer's tokens that count.
    pub tokens: Range<usize>,
    /// How much each of them does.
    pub weights: Weights,
}

/// The ω of a [`Loss`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weights {
    /// 1: the mean negative log-likelihood.
    One,
    /// The entropy of the token's distribution (methods.md §1.2).
    Entropy,
}

impl Loss {
    /// The mean negative log-likelihood of `tokens`.
    pub fn nll(tokens: Range<usize>) -> Self {
        Self { tokens, weights: Weights::One }
    }

    /// That weighted by entropies, of which the semantic gradient is.
    pub fn entropy_weighted(tokens: Range<usize>) -> Self {
        Self { tokens, weights: Weights::Entropy }
    }

    /// ω_t/T, the factor of a token's −ln p.
    pub fn factor(&self, token: &TokenStatistics) -> f64 {
        let weight = match self.weights {
            Weights::One => 1.0,
            Weights::Entropy => token.entropy,
        };
        weight / self.tokens.len() as f64
    }
}
