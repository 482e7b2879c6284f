//! LN-PE, length-normalized predictive entropy: mean negative log-likelihood per token of the samples
//! (arXiv 2002.07650, 2302.09664).

use super::method::Method;
use super::need::Need;
use super::support;
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
fn score(evidence: &Evidence) -> f64 {
    -support::mean(evidence.samples.iter().map(SampleEvidence::mean_logprob))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::tests::drawn;

    #[test]
    fn mean_of_means() {
        assert!((METHOD.value(&drawn(&[&[-1.0, -2.0], &[-0.5]])) - 1.0).abs() < 1e-15);
        assert_eq!(METHOD.value(&drawn(&[&[-0.25]])), 0.25);
        assert_eq!(METHOD.value(&drawn(&[&[0.0; 2000] as &[f64]; 256])), 0.0);
        assert!(METHOD.value(&drawn(&[])).is_nan() && METHOD.value(&drawn(&[&[-1.0], &[]])).is_nan());
        assert!(METHOD.value(&drawn(&[&[-1.0], &[f64::NAN]])).is_nan());
        assert_eq!(METHOD.value(&drawn(&[&[f64::NEG_INFINITY]])), f64::INFINITY);
    }
}
