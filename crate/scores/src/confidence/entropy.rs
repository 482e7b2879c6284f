//! The semantic-entropy rule: say "I don't know" where ten samples disagree more than τ (arXiv 2410.17234, there used to
//! choose training targets; here at run time). τ is the value of the paper's grid with the least accuracy–engagement
//! distance on labeled questions.

/// The score that is compared with τ: discrete semantic entropy in nats.
pub const METHOD: &str = "discrete_semantic_entropy";

/// A fitted rule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EntropyRule {
    /// Most entropy of an answer that is given.
    pub tau: f64,
    /// Accuracy–engagement distance of the rule on the questions of fitting.
    pub aed: f64,
    /// The same of answering everything.
    pub aed_all: f64,
    /// Questions of fitting.
    pub questions: usize,
}

/// Accuracy–engagement distance: 0 when all of `questions` are answered right, 1 when all wrong, 0.7071 when none is
/// answered (§5 of the paper, which in one place speaks of maximizing it; it is a distance).
pub fn aed(right: usize, wrong: usize, questions: usize) -> f64 {
    let n = questions as f64;
    ((wrong as f64).powi(2) + (n - right as f64).powi(2)).sqrt() / (n * std::f64::consts::SQRT_2)
}

/// The best of τ = 0.25, 0.5, …, 2.25; the smallest of equals. `None` without questions.
pub fn fit(entropies: &[f64], right: &[bool]) -> Option<EntropyRule> {
    let questions = entropies.len();
    let at = |tau: f64| {
        let answered: Vec<bool> =
            entropies.iter().zip(right).filter(|(entropy, _)| **entropy <= tau).map(|(_, &right)| right).collect();
        let right = answered.iter().filter(|&&right| right).count();
        EntropyRule { tau, aed: aed(right, answered.len() - right, questions), aed_all: 0.0, questions }
    };
    let aed_all = at(f64::INFINITY).aed;
    let rules = (1..=9).map(|i| at(0.25 * f64::from(i)));
    let best = rules.reduce(|best, next| if next.aed < best.aed { next } else { best })?;
    (questions > 0).then_some(EntropyRule { aed_all, ..best })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_distances() {
        // methods.md §13.
        assert!((aed(60, 20, 100) - 0.316228).abs() < 1e-6);
        assert_eq!((aed(7, 0, 7), aed(0, 7, 7)), (0.0, 1.0));
        assert!((aed(0, 0, 9) - 0.5f64.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn the_threshold_parts_right_from_wrong() {
        let entropies: Vec<f64> = (0..40).map(|i| f64::from(i) / 20.0).collect();
        let right: Vec<bool> = entropies.iter().map(|e| *e <= 1.1).collect();
        let rule = fit(&entropies, &right).unwrap();
        // 23 are right, with at most 1.1. τ = 1 lets 21 through; 1.25 all of them and three wrong ones: √(3² + 17²) is
        // less than 19.
        assert_eq!((rule.tau, rule.questions), (1.25, 40));
        assert!((rule.aed - 298f64.sqrt() / (40.0 * 2f64.sqrt())).abs() < 1e-12);
        assert!(rule.aed < rule.aed_all);
        assert_eq!(fit(&[], &[]), None);
        assert_eq!(fit(&[3.0], &[true]).unwrap().tau, 0.25, "nothing is answered by any: the smallest");
    }
}
