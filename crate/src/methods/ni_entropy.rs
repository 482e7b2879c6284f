//! NI-Entropy: Inv-Entropy without the inversion (arXiv 2506.09684 §3.3): qᵢ = P(yᵢ | xᵢ).

use super::{Method, Need, walk};
use crate::evidence::Evidence;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "ni_entropy",
    name: "NI-Entropy",
    citation: "arXiv 2506.09684",
    needs: &[Need::PerturbedReplies],
    passes: 50,
    score,
};

/// Entropy of the forward model's diagonal; 0 without perturbations, NaN without replies.
pub fn score(evidence: &Evidence) -> f64 {
    walk::mean(evidence, |walk| walk::entropy(&walk.forward))
}

#[cfg(test)]
mod tests {
    #[test]
    fn known_value() {
        let e = crate::methods::walk::tests::three();
        assert!((super::score(&e) - 1.103230).abs() < 1e-6);
    }
}
