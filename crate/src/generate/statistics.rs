//! What one row of logits says about one token. Sums over the vocabulary are taken where the logits are; what is small
//! enough to be read back is finished here, in double precision.

use crate::device::Device;
use crate::error::Result;
use crate::evidence::nullable;
use crate::kernels;
use crate::model::{overflow, read};
use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

/// Statistics of a token under the model's distribution at temperature 1; nats.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
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

/// A row of logits in six numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// The most probable id, the smallest one of equals.
    pub best: u32,
    /// Its logit.
    pub max: f64,
    second: f64,
    rest: f64,     // Σ exp(z − max) over all other ids
    weighted: f64, // Σ (z − max)·exp(z − max)
    chosen: f64,
}

impl Summary {
    /// Statistics of the id that the row was summed up for.
    pub fn statistics(&self) -> TokenStatistics {
        TokenStatistics {
            logprob: self.chosen - self.max - self.rest.ln_1p(),
            entropy: (self.rest.ln_1p() - self.weighted / (1.0 + self.rest)).max(0.0),
            top2_margin: self.max - self.second,
        }
    }

    /// Those of the most probable id.
    pub fn best_statistics(&self) -> TokenStatistics {
        Self { chosen: self.max, ..*self }.statistics()
    }

    /// Σ exp(z − max) over all ids.
    pub fn sum(&self) -> f64 {
        1.0 + self.rest
    }
}

/// Sums up logits `[rows, vocab]` on their device, each row for one id; waits for the result.
///
/// # Errors
/// `device_lost`; `corrupt_weights` for logits that are no finite numbers.
pub async fn summarize(logits: Tensor<2>, ids: &[u32], device: &Device) -> Result<Vec<Summary>> {
    let (rows, _) = kernels::token_statistics(logits, device.ids(ids));
    summaries(&read(rows).await?)
}

/// What [`kernels::token_statistics`] says of each row.
///
/// # Errors
/// `corrupt_weights` for logits that are no finite numbers.
pub fn summaries(rows: &[f32]) -> Result<Vec<Summary>> {
    // The second largest may be −∞: of a single id there is none.
    let finite = |v: &[f32; 6]| !v[2].is_nan() && v.iter().enumerate().all(|(i, v)| i == 2 || v.is_finite());
    if !rows.as_chunks().0.iter().all(finite) {
        return Err(overflow("logits"));
    }
    let row = |v: &[f32; 6]| Summary {
        best: v[0] as u32,
        max: f64::from(v[1]),
        second: f64::from(v[2]),
        rest: f64::from(v[3]),
        weighted: f64::from(v[4]),
        chosen: f64::from(v[5]),
    };
    Ok(rows.as_chunks().0.iter().map(row).collect())
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
    use crate::error::Code;

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
    fn logits_that_overflow_are_an_error_of_the_model() {
        let row = [3.0, 1.0, f32::NEG_INFINITY, 0.0, 0.0, 1.0];
        assert!(summaries(&row).is_ok());
        for (at, bad) in
            [(1, f32::INFINITY), (1, f32::NAN), (2, f32::NAN), (3, f32::NAN), (4, f32::NAN), (5, -f32::INFINITY)]
        {
            let mut row = row;
            row[at] = bad;
            assert_eq!(summaries(&row).map_err(|e| e.code), Err(Code::CorruptWeights), "{at}");
        }
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
