//! Statistics of numbers alone: how well scores rank, how well probabilities hold, and what is fitted to them.

mod auroc;
pub mod bootstrap;
pub mod calibration;
pub mod crossfit;
pub mod eigen;
pub mod folds;
pub mod isotonic;
pub mod length;
pub mod logistic;
pub mod platt;
pub mod ranking;
pub mod share;
pub mod temperature;

pub use auroc::auroc;

/// A matrix, row by row.
pub type Matrix = Vec<Vec<f64>>;

/// Places of numbers by rising number; of equal ones by place. The one sort of everything that the browser calibrates
/// with: each further one would weigh several kilobytes in the wasm module.
pub fn order(numbers: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..numbers.len()).collect();
    order.sort_unstable_by(|&a, &b| numbers[a].total_cmp(&numbers[b]).then(a.cmp(&b)));
    order
}

/// Mean and standard deviation; the latter is 1 where all numbers are equal, or there are none.
pub fn spread(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let count = values.clone().count().max(1) as f64;
    let mean = values.clone().sum::<f64>() / count;
    let variance = values.map(|v| (v - mean).powi(2)).sum::<f64>() / count;
    // Rounding leaves a little of nothing.
    (mean, if variance.sqrt() > 1e-12 * mean.abs() { variance.sqrt() } else { 1.0 })
}

/// The largest value; NaN without values or with a NaN among them, which `f64::max` would drop.
pub fn max(values: impl Iterator<Item = f64>) -> f64 {
    values.reduce(|a, b| if a.is_nan() || a > b { a } else { b }).unwrap_or(f64::NAN)
}
