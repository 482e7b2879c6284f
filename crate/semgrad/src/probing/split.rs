//! From semantic entropies to labels: high or low (arXiv 2406.15927 §4).

/// Thresholds that are tried.
const GRID: usize = 100;

/// The threshold γ\* that leaves the least squared deviation from the mean on its two sides, low being below it: the
/// best of 100 points from 1e-10 to the largest entropy, the first of equals. `None` when no entropy is above 0 or one
/// is no number: then there is nothing to tell apart.
pub fn threshold(entropies: &[f64]) -> Option<f64> {
    let max = entropies.iter().copied().fold(0.0, f64::max);
    if max <= 0.0 || entropies.iter().any(|e| !e.is_finite()) {
        return None;
    }
    let start = 1e-10f64.min(max);
    let grid = (0..GRID).map(|i| start + (max - start) * i as f64 / (GRID - 1) as f64);
    grid.map(|gamma| (gamma, scatter(entropies, gamma)))
        .reduce(|best, next| if next.1 < best.1 { next } else { best })
        .map(|best| best.0)
}

/// Squared deviations from the mean of each side of `gamma`, summed up.
fn scatter(entropies: &[f64], gamma: f64) -> f64 {
    let side = |high: bool| {
        let of = || entropies.iter().filter(move |&&e| (e >= gamma) == high);
        let mean = of().sum::<f64>() / of().count() as f64;
        of().map(|e| (e - mean).powi(2)).sum::<f64>()
    };
    side(false) + side(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_value() {
        // methods.md §13.
        let entropies = [0.0, 0.0, 0.2, 0.5, 1.1, 1.6, 2.3];
        let gamma = threshold(&entropies).unwrap();
        assert!((gamma - 0.511111).abs() < 1e-6);
        assert!((scatter(&entropies, gamma) - 0.894167).abs() < 1e-6);
    }

    #[test]
    fn edges() {
        assert_eq!(threshold(&[]), None);
        assert_eq!(threshold(&[0.0; 5]), None);
        assert_eq!(threshold(&[0.1, f64::NAN]), None);
        assert_eq!(threshold(&[0.1, f64::INFINITY]), None);
        // All alike and above 0: everything is high, and training says that there is one class only.
        assert!(threshold(&[0.7; 5]).unwrap() <= 0.7);
        assert!((0.0..=1e-12).contains(&threshold(&[0.0, 1e-12]).unwrap()));
    }
}
