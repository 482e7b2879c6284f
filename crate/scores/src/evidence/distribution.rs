//! What one row of logits says about one token, in double precision.

use super::nullable;
use serde::{Deserialize, Serialize};

/// Statistics of a token under the model's distribution at temperature 1; nats.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema), schemars(extend("required" = ["logprob", "entropy"])))]
#[serde(default)]
pub struct TokenStatistics {
    /// Log-probability of the token.
    #[serde(default = "nullable::missing", deserialize_with = "nullable::logprob")]
    pub logprob: f64,
    /// Entropy of the whole distribution.
    #[serde(default = "nullable::missing", deserialize_with = "nullable::size")]
    pub entropy: f64,
    /// Largest logit minus the second largest.
    #[serde(default = "nullable::missing", deserialize_with = "nullable::size")]
    pub top2_margin: f64,
}

/// A next-token distribution.
#[derive(Clone, Debug)]
pub struct Distribution {
    /// Probabilities by id.
    pub p: Vec<f64>,
    /// Entropy in nats.
    pub entropy: f64,
    log_sum: f64,
    top2_margin: f64,
    /// The most probable id, the smallest one of equals.
    pub best: u32,
}

impl Distribution {
    /// From a row of logits.
    pub fn new(logits: &[f32]) -> Self {
        let (mut best, mut first, mut second) = (0, f32::NEG_INFINITY, f32::NEG_INFINITY);
        for (id, &z) in logits.iter().enumerate() {
            if z > first {
                (best, second, first) = (id as u32, first, z);
            } else if z > second {
                second = z;
            }
        }
        let max = f64::from(first);
        let mut p: Vec<f64> = logits.iter().map(|&z| (f64::from(z) - max).exp()).collect();
        let sum: f64 = p.iter().sum();
        // −Σ p ln p with ln p = z − max − ln Σ.
        let weighted: f64 =
            p.iter().zip(logits).map(|(e, &z)| if *e > 0.0 { e * (f64::from(z) - max) } else { 0.0 }).sum();
        for v in &mut p {
            *v /= sum;
        }
        Self {
            p,
            entropy: (sum.ln() - weighted / sum).max(0.0),
            log_sum: max + sum.ln(),
            top2_margin: f64::from(first) - f64::from(second),
            best,
        }
    }

    /// Statistics of `id` whose logit is `logits[id]`.
    pub fn statistics(&self, logits: &[f32], id: u32) -> TokenStatistics {
        TokenStatistics {
            logprob: f64::from(logits[id as usize]) - self.log_sum,
            entropy: self.entropy,
            top2_margin: self.top2_margin,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uniform_and_certain() {
        let d = Distribution::new(&[1.0; 8]);
        assert!((d.entropy - 8f64.ln()).abs() < 1e-12);
        assert_eq!((d.best, d.statistics(&[1.0; 8], 3).top2_margin), (0, 0.0));
        let z = [0.0, 200.0, -300.0];
        let d = Distribution::new(&z);
        let s = d.statistics(&z, 1);
        assert_eq!(d.best, 1);
        assert!(s.entropy.abs() < 1e-12 && s.logprob.abs() < 1e-12 && s.top2_margin == 200.0);
        assert!((d.statistics(&z, 2).logprob + 500.0).abs() < 1e-9);
    }

    #[test]
    fn known_values() {
        // methods.md §13, ParaGrad example, h₁.
        let z = [0.3 - 0.2f32, -0.2 - 0.8, 0.5 + 0.6];
        let d = Distribution::new(&z);
        for (got, want) in d.p.iter().zip([0.246843, 0.082167, 0.670990]) {
            assert!((got - want).abs() < 1e-6);
        }
        assert!((d.entropy - 0.818396).abs() < 1e-6);
    }
}
