//! What one row of logits says about one token. Sums over the vocabulary are taken where the logits are; what is small
//! enough to be read back is finished here, in double precision.

use crate::device::Device;
use crate::error::Result;
use crate::model::overflow;
use crate::ops::{self, read};
use burn::tensor::Tensor;
pub use semgrad_scores::evidence::distribution::{Distribution, TokenStatistics};

/// Temperature of [`sharp_logprob`], as in semantic density.
pub const SHARP: f64 = 0.1;

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
            logprob: self.logprob(self.chosen),
            entropy: (self.rest.ln_1p() - self.weighted / (1.0 + self.rest)).max(0.0),
            top2_margin: self.max - self.second,
        }
    }

    /// Those of the most probable id.
    pub fn best_statistics(&self) -> TokenStatistics {
        Self { chosen: self.max, ..*self }.statistics()
    }

    /// ln p of an id that has this logit.
    pub fn logprob(&self, logit: f64) -> f64 {
        logit - self.max - self.rest.ln_1p()
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
    let (rows, _) = ops::token_statistics(logits, device.ids(ids));
    summaries(&read(rows).await?)
}

/// What [`ops::token_statistics`] says of each row.
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

/// ln p(id) at temperature [`SHARP`].
pub fn sharp_logprob(logits: &[f32], id: u32) -> f64 {
    let most = maximum(logits);
    // What is far below the largest adds nothing, and is nearly all.
    let near = logits.iter().filter(|&&z| most - z < 40.0 * SHARP as f32);
    let sum: f64 = near.map(|&z| (f64::from(z - most) / SHARP).exp()).sum();
    f64::from(logits[id as usize] - most) / SHARP - sum.ln()
}

/// The largest logit.
pub fn maximum(logits: &[f32]) -> f32 {
    logits.iter().copied().fold(f32::NEG_INFINITY, f32::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

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
}
