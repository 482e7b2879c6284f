//! Semantic entropy with lax clustering: two answers mean the same when neither contradicts the other and at least one
//! entails (Nature's long answers; the SemGrad paper's baseline).

use super::support::clusters::Rule;
use super::{Method, Need, semantic_entropy};
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
pub fn score(evidence: &Evidence) -> f64 {
    if !METHOD.fed(evidence) {
        return f64::NAN;
    }
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
        assert_eq!(score(&e), 0.0);
        assert!((semantic_entropy::score(&e) - 2f64.ln()).abs() < 1e-15);
        e.entailment = Some(judged(3, &|_, _| MAYBE));
        assert!((score(&e) - 2f64.ln()).abs() < 1e-15);
    }
}
