//! MAX-py-x: the largest P(yᵢ | xᵢ), a reply that fits its own wording more than the others (arXiv 2506.09684 §3.3).
//!
//! As in the paper; its code takes the largest marginal P(Y).

use super::method::Method;
use super::need::Need;
use super::{support, walk};
use crate::evidence::Evidence;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "max_py_x",
    name: "MAX-py-x",
    citation: "arXiv 2506.09684",
    needs: &[Need::PerturbedReplies],
    passes: 50,
    settings: &[("bootstraps", 30.0)],
    note: "The paper: largest P(y | x) of a pair. The code takes the largest marginal P(y). Averaged over 30 different \
           draws of one reply per wording (paper: 30 draws, code: 20). P(X) = πP_yP_yP_x as the code; one line of the \
           paper has πP_yP_x.",
    score,
};

/// Largest probability of the forward model's diagonal; 1 without perturbations, NaN without replies.
fn score(evidence: &Evidence) -> f64 {
    walk::mean(evidence, |walk| support::max(walk.forward.iter().copied()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn known_value() {
        let e = crate::methods::walk::tests::three();
        assert!((super::METHOD.value(&e) - 0.359271).abs() < 1e-6);
    }
}
