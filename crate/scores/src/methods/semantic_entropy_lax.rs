//! Semantic entropy with lax clustering: two answers mean the same when neither contradicts the other and at least one
//! entails (Nature's long answers; the SemGrad paper's baseline).

use super::method::Method;
use super::need::Need;
use super::semantic_entropy;
use super::support::clusters::Rule;
use crate::evidence::Evidence;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "semantic_entropy_lax",
    name: "Semantic entropy, lax clustering",
    citation: "Nature 630 (2024), arXiv 2302.09664",
    needs: &[Need::SampleLogprobs, Need::Entailment],
    note: "As semantic_entropy but for the clustering; the code of 2023 is laxer still and only asks for no \
           contradiction.",
    score,
    ..Method::BASE
};

/// With lax clustering.
fn score(evidence: &Evidence) -> f64 {
    semantic_entropy::of_rule(evidence, Rule::Lax)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::tests::{MAYBE, YES, drawn, judged};

    #[test]
    fn one_way_is_enough() {
        let mut e = drawn(&[&[-1.0], &[-1.0]]);
        e.entailment = Some(judged(3, &|i, j| if i < j { YES } else { MAYBE }));
        assert_eq!(METHOD.value(&e), 0.0);
        assert!((semantic_entropy::METHOD.value(&e) - 2f64.ln()).abs() < 1e-15);
        e.entailment = Some(judged(3, &|_, _| MAYBE));
        assert!((METHOD.value(&e) - 2f64.ln()).abs() < 1e-15);
    }
}
