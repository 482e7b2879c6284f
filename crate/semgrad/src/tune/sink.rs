//! Gradients of the changes, summed over a batch on the device.

use crate::error::Result;
use crate::model::gradients::Gradients;
use crate::model::low_rank::Changes;
use crate::ops::{self, Reading};
use burn::tensor::Tensor;
use std::collections::BTreeMap;

/// Of one change: that of a, `[rank, in]`, and that of s·bᵀ, `[rank, out]`.
type Sums = [Tensor<2>; 2];

/// Takes what the layers of `changes` give.
pub struct Sink<'a> {
    changes: &'a Changes,
    sums: &'a mut BTreeMap<String, Sums>,
}

impl<'a> Sink<'a> {
    /// Adds to `sums`.
    pub fn new(changes: &'a Changes, sums: &'a mut BTreeMap<String, Sums>) -> Self {
        Self { changes, sums }
    }
}

impl Gradients for Sink<'_> {
    fn linear(&mut self, name: &str, x: impl FnOnce() -> Tensor<2>, dy: &Tensor<2>) {
        let Some(change) = self.changes.get(name) else { return };
        let factors = change.factors(x(), dy.clone());
        let rank = factors.u.dims()[1];
        let zeros = |like: &Tensor<2>| ops::zeros([rank, like.dims()[1]], &like.device());
        let [a, b] = self.sums.remove(name).unwrap_or_else(|| [zeros(&factors.x), zeros(dy)]);
        let a = ops::outer(a, factors.h, factors.x);
        let b = ops::outer(b, factors.u, dy.clone());
        self.sums.insert(name.to_owned(), [a, b]);
    }
}

/// Brings them to the host: of a `[rank, in]`, and of b `[out, rank]` where the change is multiplied by `scale`.
///
/// # Errors
/// `device_lost`.
pub async fn read(sums: BTreeMap<String, Sums>, scale: f32) -> Result<BTreeMap<String, [Vec<f32>; 2]>> {
    // All are asked for before the first is awaited.
    let asked = |(name, [a, b]): (String, Sums)| (name, a.dims()[0], [Reading::begin(a), Reading::begin(b)]);
    let readings: Vec<_> = sums.into_iter().map(asked).collect();
    let mut gradients = BTreeMap::new();
    for (name, rank, [a, b]) in readings {
        let (a, b) = (a.end().await?, b.end().await?);
        let outputs = b.len() / rank;
        let b = (0..b.len()).map(|i| scale * b[i % rank * outputs + i / rank]).collect();
        gradients.insert(name, [a, b]);
    }
    Ok(gradients)
}
