//! CoCoA: the greedy answer's own improbability times how unlike it the samples are (arXiv 2502.04964).

use super::method::Method;
use super::need::Need;
use super::{gnll, support};
use crate::evidence::Evidence;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "cocoa",
    name: "CoCoA",
    citation: "arXiv 2502.04964",
    needs: &[Need::Similarity],
    note: "CocoaMSP of LM-Polygraph: −Σ ln p. Its variants put mean negative log-likelihood or mean entropy there.",
    score,
    ..Method::BASE
};

/// −Σ ln p_t · mean_k (1 − sim(answer, s_k)).
fn score(evidence: &Evidence) -> f64 {
    unlikeness(evidence) * gnll::score(evidence)
}

/// Mean of 1 − similarity between the greedy answer and the samples; NaN without them, or without an answer.
fn unlikeness(evidence: &Evidence) -> f64 {
    match &evidence.similarity {
        Some(rows) if !evidence.tokens.is_empty() => support::mean(rows[0][1..].iter().map(|s| 1.0 - s)),
        _ => f64::NAN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::tests::answer;

    #[test]
    fn product() {
        let mut e = answer(&[-0.5, -1.5]);
        assert!(METHOD.value(&e).is_nan());
        // The column, and what samples have in common, are not read.
        e.similarity = Some(vec![vec![f64::NAN, 0.75, 0.25], vec![f64::NAN; 3], vec![f64::NAN; 3]]);
        assert_eq!(METHOD.value(&e), 1.0);
        e.similarity = Some(vec![vec![1.0; 3]; 3]);
        assert_eq!(METHOD.value(&e), 0.0);
        e.tokens.clear();
        assert!(METHOD.value(&e).is_nan());
        assert!(
            METHOD.value(&Evidence { similarity: Some(vec![vec![1.0]]), ..answer(&[-1.0]) }).is_nan(),
            "no samples"
        );
    }
}
