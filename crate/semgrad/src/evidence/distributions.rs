//! What is read off whole distributions over the vocabulary: their shapes, and the geometry of tokens at the head. A few
//! rows of logits at a time come to the host.

use super::pass::Pass;
use crate::control::Pacer;
use crate::error::Result;
use crate::generate::statistics::{maximum, sharp_logprob};
use crate::ops::{cpu, cut_rows, read};
use crate::text::Text;
use semgrad_scores::evidence::observed::{Alternative, DistributionShape, Geometry};

/// Rows of logits on the host at once.
const ROWS: usize = 8;
/// Alternatives of a token that are kept at least.
const ALTERNATIVES: usize = 10;
/// Alternatives of at least this probability are all kept: what boosted probabilities and claim variants look at.
const PROBABLE: f64 = 0.005;
/// Other tokens whose distance counts for fDBD, as in its paper.
const NEIGHBORS: usize = 1000;

/// Which of it is wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// `shapes`.
    pub shapes: bool,
    /// `geometry`.
    pub geometry: bool,
    /// `sharp_logprob`.
    pub sharp: bool,
}

/// What was read off, in step with the answer's tokens.
#[derive(Clone, Debug, Default)]
pub struct Distributions {
    /// Empty unless wanted.
    pub shapes: Vec<DistributionShape>,
    /// Empty unless wanted.
    pub geometry: Vec<Geometry>,
    /// Mean log-probability of the answer's tokens at temperature 0.1, [`SHARP`](crate::generate::statistics::SHARP).
    pub sharp_logprob: Option<f64>,
}

impl Pass<'_> {
    /// Reads off what is wanted.
    ///
    /// # Errors
    /// `aborted`, `device_lost`.
    pub async fn distributions(&self, wanted: Wanted, text: Option<&Text>, pacer: &Pacer<'_>) -> Result<Distributions> {
        let mut out = Distributions::default();
        let [tokens, vocab] = self.logits.dims();
        let mut sharp = 0.0;
        for first in (0..tokens).step_by(ROWS) {
            pacer.tick().await?;
            let count = (tokens - first).min(ROWS);
            let logits = read(cut_rows(self.logits.clone(), first, count)).await?;
            for (t, row) in (first..).zip(logits.chunks_exact(vocab)) {
                let id = self.response[t];
                if wanted.sharp {
                    sharp += sharp_logprob(row, id);
                }
                if wanted.shapes {
                    let mut shape = shape(row);
                    for other in &mut shape.top {
                        other.text = text.and_then(|text| text.token(other.id));
                    }
                    out.shapes.push(shape);
                }
                if wanted.geometry {
                    out.geometry.push(self.geometry(t, row, id).await?);
                }
            }
        }
        out.sharp_logprob = wanted.sharp.then_some(sharp / tokens as f64);
        Ok(out)
    }

    /// Geometry of token `t`, which is `id`, among the most probable others.
    async fn geometry(&self, t: usize, logits: &[f32], id: u32) -> Result<Geometry> {
        let mut others = largest(logits, NEIGHBORS + 1);
        others.retain(|&other| other != id);
        others.truncate(NEIGHBORS);
        let ids: Vec<u32> = std::iter::once(id).chain(others.iter().copied()).collect();
        let rows = read(self.decoder.head().look_up(self.decoder.device.ids(&ids))).await?; // [1 + others, hidden]
        let z = read(cut_rows(self.heads.clone(), t, 1)).await?;
        let norm = z.iter().map(|&v| f64::from(v).powi(2)).sum::<f64>().sqrt();
        // Where two words are equally probable is decided by the products, which some models scale or cap to logits.
        let product = |row: &[f32]| row.iter().zip(&z).map(|(w, z)| f64::from(*w) * f64::from(*z)).sum::<f64>();
        let (own, rows) = rows.split_at(z.len());
        let others: Vec<_> = rows
            .chunks_exact(z.len())
            .zip(cpu::squared_distances(own, rows))
            .map(|(other, distance)| (product(other), f64::from(distance).sqrt()))
            // Unused rows of a vocabulary may be equal to each other.
            .filter(|(_, distance)| *distance > 0.0)
            .collect();
        Ok(Geometry::new(product(own), norm, &others))
    }
}

/// Ids of the `count` largest logits, falling; the smaller id of equals first.
fn largest(logits: &[f32], count: usize) -> Vec<u32> {
    // Order and id in one integer: whole numbers are selected several times faster than by a comparison of logits.
    let key = |(id, &z): (usize, &f32)| {
        let bits = z.to_bits();
        let rising = if bits >> 31 == 1 { !bits } else { bits | 1 << 31 };
        u64::from(!rising) << 32 | id as u64
    };
    let mut keys: Vec<u64> = logits.iter().enumerate().map(key).collect();
    if count < keys.len() {
        keys.select_nth_unstable(count);
        keys.truncate(count);
    }
    keys.sort_unstable();
    keys.into_iter().map(|key| key as u32).collect()
}

/// The distribution's shape, without texts.
fn shape(logits: &[f32]) -> DistributionShape {
    let vocab = logits.len();
    let most = maximum(logits);
    // Sums of exp(z), exp(z/2) and exp(z/4): one exponential serves all.
    let (mut whole, mut half, mut quarter, mut total) = (0.0, 0.0, 0.0, 0.0);
    for &z in logits {
        let e = f64::from((z - most) * 0.25).exp();
        quarter += e;
        half += e * e;
        whole += e * e * e * e;
        total += f64::from(z);
    }
    let log_sum = f64::from(most) + whole.ln();
    let logprob = |id: u32| f64::from(logits[id as usize]) - log_sum;
    // Fewer than 1 / PROBABLE tokens are that probable.
    let ranked = largest(logits, (1.0 / PROBABLE) as usize + 1);
    let probable = ranked.iter().take_while(|&&id| logprob(id) >= PROBABLE.ln()).count() + 1;
    let top = ranked.into_iter().take(probable.max(ALTERNATIVES));
    DistributionShape {
        mean_logprob: total / vocab as f64 - log_sum,
        log_root_sum: quarter.ln() - 0.5 * half.ln(),
        vocab,
        top: top.map(|id| Alternative { id, text: None, logprob: logprob(id) }).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::statistics::SHARP;

    fn softmax(logits: &[f32], temperature: f64) -> Vec<f64> {
        let e: Vec<f64> = logits.iter().map(|&z| (f64::from(z) / temperature).exp()).collect();
        let sum: f64 = e.iter().sum();
        e.iter().map(|e| e / sum).collect()
    }

    #[test]
    fn shapes_equal_plain_sums() {
        let logits: Vec<f32> = (0..700).map(|i| 6.0 * (i as f32 * 0.37).sin()).collect();
        let (p, p2, sharp) = (softmax(&logits, 1.0), softmax(&logits, 2.0), softmax(&logits, SHARP));
        let shape = shape(&logits);
        assert!((shape.mean_logprob - p.iter().map(|p| p.ln()).sum::<f64>() / 700.0).abs() < 1e-9);
        assert!((shape.log_root_sum - p2.iter().map(|p| p.sqrt()).sum::<f64>().ln()).abs() < 1e-9);
        let mut ranked = p.clone();
        ranked.sort_by(|a, b| b.total_cmp(a));
        let kept = ranked.iter().filter(|&&p| p >= PROBABLE).count().max(ALTERNATIVES - 1) + 1;
        assert_eq!(shape.top.len(), kept);
        for (top, p) in shape.top.iter().zip(ranked) {
            assert!((top.logprob - p.ln()).abs() < 1e-9);
        }
        for id in [0, 4, 5, 699] {
            assert!((sharp_logprob(&logits, id) - sharp[id as usize].ln()).abs() < 1e-6);
        }
    }

    #[test]
    fn few_tokens_and_ties() {
        assert_eq!(shape(&[0.0; 3]).top.iter().map(|a| a.id).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(largest(&[1.0, 2.0, 2.0, 0.0], 2), [1, 2]);
        assert_eq!(largest(&[-1.0, -0.5, 0.25, -3.0], 9), [2, 1, 0, 3]);
    }
}
