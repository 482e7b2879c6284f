//! MAX-py-x: the largest P(yᵢ | xᵢ), a reply that fits its own wording more than the others (arXiv 2506.09684 §3.3).
//!
//! As in the paper; its code takes the largest marginal P(Y).

use super::{Method, Need, walk};
use crate::evidence::Evidence;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "max_py_x",
    name: "MAX-py-x",
    citation: "arXiv 2506.09684",
    needs: &[Need::PerturbedReplies],
    passes: 50,
    score,
};

/// Largest probability of the forward model's diagonal; 1 without perturbations, NaN without replies.
pub fn score(evidence: &Evidence) -> f64 {
    // `f64::max` would pass over a NaN.
    walk::mean(evidence, |walk| walk.forward.iter().fold(0.0, |a, &b| if b > a || b.is_nan() { b } else { a }))
}

#[cfg(test)]
mod tests {
    #[test]
    fn known_value() {
        let e = crate::methods::walk::tests::three();
        assert!((super::score(&e) - 0.359271).abs() < 1e-6);
    }
}
