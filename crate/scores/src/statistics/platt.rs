//! Platt scaling: confidence = σ(slope · score + intercept), fitted by maximum likelihood to labels drawn a little
//! towards each other, so that a score that tells right from wrong perfectly still gets a finite slope (Platt 1999; Lin,
//! Lin and Weng 2007).

use super::logistic::{Logistic, sigmoid};
use super::spread;
use crate::error::Result;

/// A fitted map. The slope is negative for a score that is higher for wrong answers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Platt {
    /// Change of the log-odds by score.
    pub slope: f64,
    /// Log-odds at score 0.
    pub intercept: f64,
}

/// Fits the map to scores and whether each answer was right.
///
/// # Errors
/// `bad_input` for a score that is no finite number, or lists of different lengths.
pub fn fit(scores: &[f64], right: &[bool]) -> Result<Platt> {
    let positives = right.iter().filter(|&&r| r).count() as f64;
    let negatives = right.len() as f64 - positives;
    let (high, low) = ((positives + 1.0) / (positives + 2.0), 1.0 / (negatives + 2.0));
    let targets: Vec<f64> = right.iter().map(|&r| if r { high } else { low }).collect();
    // Scores may be as small as 1e-5: in units of their own spread the problem is well conditioned.
    let (mean, scale) = spread(scores.iter().copied());
    let rows: Vec<[f64; 1]> = scores.iter().map(|score| [(score - mean) / scale]).collect();
    let rows: Vec<&[f64]> = rows.iter().map(|row| row.as_slice()).collect();
    let fitted = Logistic::fit_targets(&rows, &targets, 0.0)?;
    let slope = fitted.weights().first().copied().unwrap_or_default() / scale;
    Ok(Platt { slope, intercept: fitted.bias() - slope * mean })
}

impl Platt {
    /// The confidence for a score.
    pub fn apply(&self, score: f64) -> f64 {
        sigmoid(self.slope * score + self.intercept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_perfect_score_gets_a_finite_slope() {
        let scores = [1e-5, 2e-5, 8e-5, 9e-5];
        let map = fit(&scores, &[true, true, false, false]).unwrap();
        assert!(map.slope.is_finite() && map.slope < 0.0);
        // With two of each, the targets are 3/4 and 1/4; at the optimum residuals are orthogonal to centered scores.
        assert!((4.0 * (map.apply(1e-5) - 0.75) + 3.0 * (map.apply(2e-5) - 0.75)).abs() < 1e-6);
    }

    #[test]
    fn edges() {
        // A constant score says what share is right, up to the smoothing: (3·4/5 + 1/3) / 4.
        let map = fit(&[0.3; 4], &[true, true, true, false]).unwrap();
        assert!((map.apply(0.3) - (2.4 + 1.0 / 3.0) / 4.0).abs() < 1e-9);
        assert!(map.slope.abs() < 1e-9);
        // One class: smoothed away from 1.
        let map = fit(&[1.0, 2.0], &[true, true]).unwrap();
        assert!((map.apply(1.5) - 0.75).abs() < 1e-6);
        assert!(fit(&[f64::NAN, 1.0], &[true, false]).is_err());
        assert!(fit(&[1.0], &[true, false]).is_err());
    }
}
