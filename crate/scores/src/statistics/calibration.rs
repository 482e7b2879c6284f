//! How well probabilities of being right hold: calibration errors, Brier score and skill.
//!
//! Calibration errors follow the expected calibration error (Naeini et al. 2015): Σ n_b/n · |accuracy_b − confidence_b|,
//! with mean confidences. Bins of equal width hold what lies above their lower edge, up to and with their upper one, as in
//! LM-Polygraph and scikit-learn. Bins of equal mass and the debiased errors are those of Kumar, Liang and Ma ("Verified
//! uncertainty calibration", 2019) and of their package `uncertainty-calibration`: equal confidences stay together. The
//! debiased error is 2·ECE − E|accuracy − confidence| summed over bins, where each accuracy is drawn from a normal
//! distribution around the observed one; the package draws, here the expectation is exact. What the sampling of few
//! answers adds to an error is thus estimated and subtracted, so the result can fall below zero.

use super::order;

/// Answers of like confidence.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bin {
    /// Mean probability of being right.
    pub confidence: f64,
    /// Share of right answers.
    pub accuracy: f64,
    /// Number of answers.
    pub count: usize,
}

/// `bins` bins of equal width over [0, 1]; empty ones are left out.
pub fn equal_width(confidence: &[f64], right: &[bool], bins: usize) -> Vec<Bin> {
    let mut answers = vec![Vec::new(); bins];
    let width = 1.0 / bins as f64;
    for (&p, &right) in confidence.iter().zip(right) {
        // The edges as numpy's linspace rounds them.
        let bin = (1..bins).filter(|&edge| edge as f64 * width < p).count();
        answers[bin].push((p, right));
    }
    answers.iter().filter_map(|answers| mean(answers)).collect()
}

/// About `bins` bins of equally many answers; fewer where confidences tie. `answers` rise in confidence.
pub fn equal_mass(answers: &[(f64, bool)], bins: usize) -> Vec<Bin> {
    let (size, larger) = (answers.len() / bins.max(1), answers.len() % bins.max(1));
    let (mut all, mut begin) = (Vec::new(), 0);
    for bin in 1..=bins {
        let cut = bin * size + bin.min(larger);
        let Some(&(last, _)) = cut.checked_sub(1).and_then(|at| answers.get(at)) else { continue };
        let ties = answers[cut..].iter().take_while(|answer| answer.0 == last).count();
        all.extend(answers.get(begin..cut + ties).and_then(mean));
        begin = begin.max(cut + ties);
    }
    all
}

fn mean(answers: &[(f64, bool)]) -> Option<Bin> {
    let n = answers.len() as f64;
    (!answers.is_empty()).then(|| Bin {
        confidence: answers.iter().map(|answer| answer.0).sum::<f64>() / n,
        accuracy: answers.iter().filter(|answer| answer.1).count() as f64 / n,
        count: answers.len(),
    })
}

/// Answers by rising confidence.
pub fn sorted(confidence: &[f64], right: &[bool]) -> Vec<(f64, bool)> {
    order(confidence).into_iter().map(|i| (confidence[i], right[i])).collect()
}

/// Expected calibration error. NaN without bins.
pub fn ece(bins: &[Bin]) -> f64 {
    over(bins, |bin| (bin.accuracy - bin.confidence).abs())
}

/// Expected calibration error less its bias (see above). NaN without bins.
pub fn ece_debiased(bins: &[Bin]) -> f64 {
    let drawn = over(bins, |bin| {
        let deviation = (bin.accuracy * (1.0 - bin.accuracy) / bin.count as f64).sqrt();
        folded(bin.accuracy - bin.confidence, deviation)
    });
    2.0 * ece(bins) - drawn
}

/// Mean squared calibration error less its bias: each bin's squared error less accuracy·(1 − accuracy)/(n − 1), nothing
/// for a bin of one. Unbiased, so it can fall below zero. NaN without bins.
pub fn squared_error_debiased(bins: &[Bin]) -> f64 {
    over(bins, |bin| match bin.count {
        0 | 1 => 0.0,
        n => (bin.accuracy - bin.confidence).powi(2) - bin.accuracy * (1.0 - bin.accuracy) / (n - 1) as f64,
    })
}

fn over(bins: &[Bin], error: impl Fn(&Bin) -> f64) -> f64 {
    let n: usize = bins.iter().map(|bin| bin.count).sum();
    bins.iter().map(|bin| bin.count as f64 * error(bin)).sum::<f64>() / n as f64
}

/// Mean absolute value of a normal variable.
fn folded(mean: f64, deviation: f64) -> f64 {
    if deviation == 0.0 {
        return mean.abs();
    }
    let z = mean / deviation;
    deviation * (2.0 / std::f64::consts::PI).sqrt() * (-0.5 * z * z).exp()
        + mean * libm::erf(z * std::f64::consts::FRAC_1_SQRT_2)
}

/// Mean squared distance of the probability from the outcome. NaN without answers.
pub fn brier(confidence: &[f64], right: &[bool]) -> f64 {
    let squares = confidence.iter().zip(right).map(|(p, &right)| (p - f64::from(u8::from(right))).powi(2));
    squares.sum::<f64>() / confidence.len() as f64
}

/// 1 − Brier / Brier of always saying the share of right answers. NaN unless some are right and some wrong.
pub fn brier_skill(confidence: &[f64], right: &[bool]) -> f64 {
    let base = right.iter().filter(|&&right| right).count() as f64 / right.len() as f64;
    if base > 0.0 && base < 1.0 { 1.0 - brier(confidence, right) / (base * (1.0 - base)) } else { f64::NAN }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_of_bins() {
        // 0.05 belongs to the first of twenty bins, the next number above it to the second.
        let bins = equal_width(&[0.0, 0.05, 0.05f64.next_up(), 1.0], &[false, false, true, true], 20);
        assert_eq!(bins.iter().map(|bin| bin.count).collect::<Vec<_>>(), [2, 1, 1]);
        // Ties go down: ten answers in four bins of 3, 3, 2, 2, where the middle four tie.
        let p = [0.1, 0.2, 0.3, 0.5, 0.5, 0.5, 0.5, 0.7, 0.8, 0.9];
        let bins = equal_mass(&sorted(&p, &[true; 10]), 4);
        assert_eq!(bins.iter().map(|bin| bin.count).collect::<Vec<_>>(), [3, 4, 1, 2]);
        let bins = equal_mass(&sorted(&[0.5; 7], &[true; 7]), 3);
        assert_eq!(bins, [Bin { confidence: 0.5, accuracy: 1.0, count: 7 }]);
        assert_eq!(equal_mass(&sorted(&[0.2, 0.1], &[true, false]), 5).len(), 2);
    }

    #[test]
    fn undefined() {
        assert!(ece(&[]).is_nan() && ece_debiased(&[]).is_nan() && brier(&[], &[]).is_nan());
        assert!(equal_mass(&[], 10).is_empty() && equal_width(&[], &[], 20).is_empty());
        assert!(brier_skill(&[0.5, 0.5], &[true, true]).is_nan() && brier_skill(&[], &[]).is_nan());
        assert_eq!(brier_skill(&[0.5, 0.5], &[true, false]), 0.0);
        assert_eq!(brier_skill(&[1.0, 0.0], &[true, false]), 1.0);
    }

    #[test]
    fn the_bias_is_taken_off() {
        // Perfectly calibrated coins: ten bins of 50, the plain error is about √(2/π)·0.5/√50 = 0.056.
        let mut state = 7u64;
        let mut next = || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 11) as f64 / (1u64 << 53) as f64
        };
        let (mut plain, mut debiased, mut squared) = (0.0, 0.0, 0.0);
        for _ in 0..400 {
            let p: Vec<f64> = (0..500).map(|_| 0.3 + 0.4 * next()).collect();
            let right: Vec<bool> = p.iter().map(|&p| next() < p).collect();
            let bins = equal_mass(&sorted(&p, &right), 10);
            plain += ece(&bins) / 400.0;
            debiased += ece_debiased(&bins) / 400.0;
            squared += squared_error_debiased(&bins) / 400.0;
        }
        assert!((plain - 0.056).abs() < 0.003, "{plain}");
        assert!(debiased < 0.65 * plain, "{debiased} of {plain}");
        assert!(squared.abs() < 3e-4, "{squared}");
    }
}
