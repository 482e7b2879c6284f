//! Quality of scores, without devices. What the browser calibrates with comes first; the rest is the command line's.

mod auroc;
pub mod calibration;
#[cfg(feature = "cli")]
pub mod length;
#[cfg(feature = "cli")]
pub mod ranking;
#[cfg(feature = "cli")]
pub mod temperature;

pub use auroc::auroc;

/// Places of numbers by rising number; of equal ones by place. The one sort of everything that the browser calibrates
/// with: each further one would weigh several kilobytes in the wasm module.
pub fn order(numbers: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..numbers.len()).collect();
    order.sort_unstable_by(|&a, &b| numbers[a].total_cmp(&numbers[b]).then(a.cmp(&b)));
    order
}
