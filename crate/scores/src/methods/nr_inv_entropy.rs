//! NR-Inv-Entropy: Inv-Entropy without replication (arXiv 2506.09684 §3.3): one reply per wording, here the first.

use super::method::Method;
use super::need::Need;
use super::{support, walk};
use crate::evidence::Evidence;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "nr_inv_entropy",
    name: "NR-Inv-Entropy",
    citation: "arXiv 2506.09684",
    needs: &[Need::PerturbedReplies],
    passes: 10,
    note: "The first reply of each wording.",
    score,
    ..Method::BASE
};

/// Entropy of the inverse model's diagonal; 0 without perturbations, NaN without replies.
fn score(evidence: &Evidence) -> f64 {
    walk::first(evidence, |walk| support::entropy(walk.inverse.iter().copied()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn known_value() {
        let e = crate::methods::walk::tests::three();
        assert!((super::METHOD.value(&e) - 1.103213).abs() < 1e-6);
    }
}
