//! NI-Entropy: Inv-Entropy without the inversion (arXiv 2506.09684 §3.3): qᵢ = P(yᵢ | xᵢ).

use super::method::Method;
use super::need::Need;
use super::{support, walk};
use crate::evidence::Evidence;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "ni_entropy",
    name: "NI-Entropy",
    citation: "arXiv 2506.09684",
    needs: &[Need::PerturbedReplies],
    passes: 50,
    settings: &[("bootstraps", 30.0)],
    note: "Averaged over 30 different draws of one reply per wording (paper: 30 draws, code: 20). P(X) = πP_yP_yP_x as \
           the code; one line of the paper has πP_yP_x.",
    score,
};

/// Entropy of the forward model's diagonal; 0 without perturbations, NaN without replies.
fn score(evidence: &Evidence) -> f64 {
    walk::mean(evidence, |walk| support::entropy(walk.forward.iter().copied()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn known_value() {
        let e = crate::methods::walk::tests::three();
        assert!((super::METHOD.value(&e) - 1.103230).abs() < 1e-6);
    }
}
