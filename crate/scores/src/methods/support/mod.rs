//! Arithmetic that several methods share.

pub mod clusters;
pub mod graph;

pub use crate::statistics::max;

/// (1/n) Σ v; NaN without values.
pub fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len() as f64;
    values.sum::<f64>() / count
}

/// ln Σ exp(v) without overflow; −∞ when every v is −∞ or there is none.
pub fn log_sum_exp(values: &[f64]) -> f64 {
    let most = max(values.iter().copied());
    if values.is_empty() || most == f64::NEG_INFINITY {
        return f64::NEG_INFINITY;
    }
    most + values.iter().map(|v| (v - most).exp()).sum::<f64>().ln()
}

/// −Σ p ln p of probabilities that add up to 1; 0 and not −0 for a certain one.
pub fn entropy(probabilities: impl Iterator<Item = f64>) -> f64 {
    // 0 · ln 0 is NaN.
    let terms = probabilities.filter(|&p| p != 0.0).map(|p| -p * p.ln());
    terms.sum::<f64>() + 0.0
}

/// A number that is not above 0 but for rounding; NaN where it is, because then what it is made of contradicts itself.
pub fn at_most_zero(value: f64) -> f64 {
    if value <= 1e-4 { value.min(0.0) } else { f64::NAN }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges() {
        assert!(max([].into_iter()).is_nan() && max([1.0, f64::NAN, 3.0].into_iter()).is_nan());
        assert!(max([f64::NAN, 3.0].into_iter()).is_nan() && max([3.0, f64::NAN].into_iter()).is_nan());
        assert_eq!(max([1.0, f64::INFINITY, 3.0].into_iter()), f64::INFINITY);
        assert_eq!(log_sum_exp(&[f64::NEG_INFINITY; 3]), f64::NEG_INFINITY);
        assert!((log_sum_exp(&[-1000.0, -1000.0]) - (2f64.ln() - 1000.0)).abs() < 1e-12);
        assert!(log_sum_exp(&[0.0, f64::NAN]).is_nan());
        assert!(entropy([1.0, 0.0].into_iter()).is_sign_positive() && entropy([f64::NAN].into_iter()).is_nan());
        assert!(mean([].into_iter()).is_nan());
    }
}
