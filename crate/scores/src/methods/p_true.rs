//! P(True): the model is asked whether its answer is true (arXiv 2207.05221).

use super::method::Method;
use super::need::Need;
use crate::evidence::Evidence;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "p_true",
    name: "P(True)",
    citation: "arXiv 2207.05221",
    needs: &[Need::PTrue],
    passes: 1,
    note: "1 − p as Nature; LM-Polygraph and the SemGrad paper take −ln p, which ranks the same. Prompt and shots are the \
           evidence's. Weak below some ten billion parameters.",
    score,
    ..Method::BASE
};

/// 1 − p(true).
fn score(evidence: &Evidence) -> f64 {
    1.0 - evidence.p_true.unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complement() {
        assert_eq!(METHOD.value(&Evidence { p_true: Some(0.25), ..Evidence::default() }), 0.75);
        assert!(METHOD.value(&Evidence::default()).is_nan());
    }
}
