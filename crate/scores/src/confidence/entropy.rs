//! The semantic-entropy rule: say "I don't know" where ten samples disagree more than τ (arXiv 2410.17234, there used to
//! choose training targets; here at run time). τ is the value of the paper's grid with the least accuracy–engagement
//! distance on labeled questions.

use crate::abstain::threshold;

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

/// The best of τ = 0.25, 0.5, …, 2.25; the smallest of equals. `None` without questions.
pub fn fit(entropies: &[f64], right: &[bool]) -> Option<EntropyRule> {
    let best = threshold::best(entropies, right, &threshold::GRID)?;
    let all = threshold::at(entropies, right, f64::INFINITY);
    let (aed, aed_all) = (best.tally.aed(), all.tally.aed());
    Some(EntropyRule { tau: best.tau, aed, aed_all, questions: entropies.len() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_says_how_good_it_is() {
        let entropies: Vec<f64> = (0..40).map(|i| f64::from(i) / 20.0).collect();
        let right: Vec<bool> = entropies.iter().map(|e| *e <= 1.1).collect();
        let rule = fit(&entropies, &right).unwrap();
        assert_eq!((rule.tau, rule.questions), (1.25, 40));
        assert!((rule.aed - 298f64.sqrt() / (40.0 * 2f64.sqrt())).abs() < 1e-12);
        assert!((rule.aed_all - 17.0 / 40.0).abs() < 1e-12, "all answered: 17 wrong of 40");
        assert_eq!(fit(&[], &[]), None);
    }
}
