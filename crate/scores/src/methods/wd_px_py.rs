//! WD-px-py: distance between how likely the wordings are and how likely the replies are (arXiv 2506.09684 §3.3).
//!
//! The paper names the Wasserstein-1 distance of P(X) and P(Y); its code takes their probability *values* as samples on
//! a line, so the mean of |sorted P(X) − sorted P(Y)|. This is the code's number.

use super::method::Method;
use super::need::Need;
use super::walk;
use crate::evidence::Evidence;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "wd_px_py",
    name: "WD-px-py",
    citation: "arXiv 2506.09684",
    needs: &[Need::PerturbedReplies],
    passes: 50,
    settings: &[("bootstraps", 30.0)],
    note: "The code: probability values as samples on a line. The paper says Wasserstein-1 of the distributions. \
           Averaged over 30 different draws of one reply per wording (paper: 30 draws, code: 20). P(X) = πP_yP_yP_x as \
           the code; one line of the paper has πP_yP_x.",
    score,
};

/// Mean distance of the sorted probabilities; 0 without perturbations, NaN without replies.
fn score(evidence: &Evidence) -> f64 {
    walk::mean(evidence, |walk| distance(walk.questions.clone(), walk.answers.clone()))
}

/// Wasserstein-1 distance of two samples of one size.
fn distance(mut a: Vec<f64>, mut b: Vec<f64>) -> f64 {
    a.sort_by(f64::total_cmp);
    b.sort_by(f64::total_cmp);
    a.iter().zip(&b).map(|(a, b)| (a - b).abs()).sum::<f64>() / a.len() as f64
}

#[cfg(test)]
mod tests {
    #[test]
    fn known_values() {
        let e = crate::methods::walk::tests::three();
        assert!((super::METHOD.value(&e) - 0.002133).abs() < 1e-6);
        assert_eq!(super::distance(vec![1.0, 0.0], vec![0.0, 1.0]), 0.0);
        assert_eq!(super::distance(vec![1.0, 0.0], vec![0.5, 2.0]), 0.75);
    }
}
