//! Token-level SAR: negative log-likelihood of the answer, each token weighed by what the meaning loses without it
//! (arXiv 2307.01379).

use super::method::Method;
use super::need::Need;
use crate::evidence::Evidence;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "sar_token",
    name: "SAR, tokens",
    citation: "arXiv 2307.01379",
    needs: &[Need::Relevance],
    note: "Of the greedy answer, as LM-Polygraph; the authors' code takes the mean over the samples. No token relevant: equal \
           weights, where LM-Polygraph has NaN and the authors' code 0.",
    score,
    ..Method::BASE
};

/// Σ R̃_t·(−ln p_t), R̃ = R/ΣR.
fn score(evidence: &Evidence) -> f64 {
    let logprobs: Vec<f64> = evidence.tokens.iter().map(|t| t.logprob).collect();
    evidence.relevance.as_ref().map_or(f64::NAN, |relevance| shifted(&logprobs, relevance))
}

/// Negative log-likelihood weighed by relevance; below zero is rounding of an engine and counts as zero.
pub(super) fn shifted(logprobs: &[f64], relevance: &[f64]) -> f64 {
    let weight = |r: f64| if r < 0.0 { 0.0 } else { r };
    let all: f64 = relevance.iter().copied().map(weight).sum();
    let weighed = |(logprob, &r): (&f64, &f64)| match weight(r) {
        _ if all == 0.0 => -logprob / logprobs.len() as f64,
        // An irrelevant token may be impossible.
        0.0 => 0.0,
        weight => -logprob * weight / all,
    };
    // Of no tokens there is no likelihood.
    if logprobs.is_empty() { f64::NAN } else { logprobs.iter().zip(relevance).map(weighed).sum() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::tests::answer;

    #[test]
    fn known_value() {
        // methods.md §13.
        let mut e = answer(&[-0.1, -0.7, -0.2]);
        assert!(METHOD.value(&e).is_nan());
        e.relevance = Some(vec![0.1, 0.6, 0.3]);
        assert!((METHOD.value(&e) - 0.49).abs() < 1e-12);
        e.relevance = Some(vec![1.0, 6.0, 3.0]);
        assert!((METHOD.value(&e) - 0.49).abs() < 1e-12);
        e.relevance = Some(vec![1.0, 6.0]);
        assert!(METHOD.value(&e).is_nan());
    }

    #[test]
    fn edges() {
        assert!((shifted(&[-0.1, -0.7, -0.2], &[0.0; 3]) - 1.0 / 3.0).abs() < 1e-15);
        assert_eq!(shifted(&[-0.5], &[0.5]), 0.5);
        assert_eq!(shifted(&[-1.0, f64::NEG_INFINITY], &[0.5, 0.0]), 1.0);
        assert_eq!(shifted(&[-1.0, -3.0], &[0.5, -1e-9]), 1.0);
        assert!(shifted(&[-1.0, -3.0], &[0.5, f64::NAN]).is_nan() && shifted(&[f64::NAN], &[0.5]).is_nan());
        assert!(shifted(&[], &[]).is_nan());
        assert!((shifted(&[-0.25; 2000], &[0.001; 2000]) - 0.25).abs() < 1e-12);
    }
}
