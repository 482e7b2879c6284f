//! A draw from a row of logits.

use crate::exp::exp;

/// Logits whose weights are summed up together, so that a draw need not look at each.
const RUN: usize = 64;

/// exp((z − max)·scale) of a row of logits z.
pub struct Weights<'a> {
    logits: &'a [f32],
    max: f32,
    scale: f32,
    runs: Vec<f64>,
    /// Their sum.
    pub total: f64,
}

impl<'a> Weights<'a> {
    /// Those of `logits`, of which `max` is the largest.
    pub fn new(logits: &'a [f32], max: f32, scale: f32) -> Self {
        let mut weights = Self { logits, max, scale, runs: Vec::new(), total: 0.0 };
        weights.runs = logits.chunks(RUN).map(|run| weights.sum(run)).collect();
        weights.total = weights.runs.iter().sum();
        weights
    }

    /// The weight of a logit.
    fn of(&self, z: f32) -> f32 {
        exp((z - self.max) * self.scale)
    }

    /// Eight partial sums, so that they become vectors; in double precision, because next to a weight of 1 the others may
    /// be what matters.
    fn sum(&self, run: &[f32]) -> f64 {
        let (whole, rest) = run.as_chunks::<8>();
        let mut sums = [0.0f64; 8];
        for z in whole {
            for lane in 0..8 {
                sums[lane] += f64::from(self.of(z[lane]));
            }
        }
        sums.iter().sum::<f64>() + rest.iter().map(|&z| f64::from(self.of(z))).sum::<f64>()
    }

    /// Where the sum of the weights exceeds this share of all.
    pub fn find(&self, share: f64) -> Option<usize> {
        let mut left = share * self.total;
        let passed = self.runs.iter().take_while(|&&sum| {
            let passes = left >= sum;
            if passes {
                left -= sum;
            }
            passes
        });
        let start = passed.count() * RUN;
        // The run was summed up in another order: what little may be left of it belongs to the next id.
        let place = self.logits.iter().skip(start).position(|&z| {
            left -= f64::from(self.of(z));
            left < 0.0
        });
        place.map(|place| start + place)
    }
}
