//! LN-PE, length-normalized predictive entropy: mean negative log-likelihood per token of the samples
//! (arXiv 2002.07650, 2302.09664).

use super::{Method, Need, support};
use crate::evidence::Evidence;
use crate::evidence::observed::SampleEvidence;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "ln_pe",
    name: "Length-normalized predictive entropy",
    citation: "arXiv 2002.07650",
    needs: &[Need::SampleLogprobs],
    note: "The end token counts in sum and length. LM-Polygraph counts it in the sum only, and skips empty samples; a \
           sample without log-probabilities leaves this score undefined.",
    score,
    ..Method::BASE
};

/// −(1/K) Σ ℓ(s)/|s|.
pub fn score(evidence: &Evidence) -> f64 {
    if !METHOD.fed(evidence) {
        return f64::NAN;
    }
    -support::mean(evidence.samples.iter().map(SampleEvidence::mean_logprob))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::tests::drawn;

    #[test]
    fn mean_of_means() {
        assert!((score(&drawn(&[&[-1.0, -2.0], &[-0.5]])) - 1.0).abs() < 1e-15);
        assert_eq!(score(&drawn(&[&[-0.25]])), 0.25);
        assert_eq!(score(&drawn(&[&[0.0; 2000] as &[f64]; 256])), 0.0);
        assert!(score(&drawn(&[])).is_nan() && score(&drawn(&[&[-1.0], &[]])).is_nan());
        assert!(score(&drawn(&[&[-1.0], &[f64::NAN]])).is_nan());
        assert_eq!(score(&drawn(&[&[f64::NEG_INFINITY]])), f64::INFINITY);
    }
}
