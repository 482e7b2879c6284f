//! Inv-Entropy: how undecided a reply leaves which wording of the question it came from (arXiv 2506.09684 §3.3).
//!
//! H = −Σᵢ qᵢ ln qᵢ with qᵢ = P(xᵢ | yᵢ), the diagonal as it is, averaged over draws of one reply per wording. With
//! wordings, or replies, that all look alike it is ln(n+1), its practical minimum: perturbations must differ to be of
//! use. Beyond q = 1/e it falls again; embedding similarities do not get there, hard 0/1 similarities do.
//! Similarity here is whatever the evidence was gathered with: (1 + cos)/2 or two-way entailment in the paper, |cos| in
//! its code.

use super::method::Method;
use super::need::Need;
use super::{support, walk};
use crate::evidence::Evidence;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "inv_entropy",
    name: "Inv-Entropy",
    citation: "arXiv 2506.09684",
    needs: &[Need::PerturbedReplies],
    passes: 50,
    settings: &[("bootstraps", 30.0)],
    note: "Averaged over 30 different draws of one reply per wording (paper: 30 draws, code: 20). P(X) = πP_yP_yP_x as \
           the code; one line of the paper has πP_yP_x. Not monotone for very different wordings and replies.",
    score,
};

/// Entropy of the inverse model's diagonal; 0 without perturbations, NaN without replies.
fn score(evidence: &Evidence) -> f64 {
    walk::mean(evidence, |walk| support::entropy(walk.inverse.iter().copied()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn known_value() {
        let e = crate::methods::walk::tests::three();
        assert!((super::METHOD.value(&e) - 1.103213).abs() < 1e-6);
    }
}
