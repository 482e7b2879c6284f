//! Predictive entropy by Monte Carlo: mean negative log-likelihood of the samples (arXiv 2302.09664).

use super::method::Method;
use super::need::Need;
use super::support;
use crate::evidence::Evidence;
use crate::evidence::observed::SampleEvidence;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "predictive_entropy",
    name: "Predictive entropy",
    citation: "arXiv 2302.09664",
    needs: &[Need::SampleLogprobs],
    note: "Whole sequences, the end token included: grows with length by design. Nature's \"naive\" entropy is ln_pe.",
    score,
    ..Method::BASE
};

/// −(1/K) Σ ℓ(s).
fn score(evidence: &Evidence) -> f64 {
    -support::mean(evidence.samples.iter().map(SampleEvidence::total_logprob))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::tests::drawn;

    #[test]
    fn mean_of_sums() {
        assert!((METHOD.value(&drawn(&[&[-1.0, -2.0], &[-0.5]])) - 1.75).abs() < 1e-15);
        assert!(METHOD.value(&drawn(&[])).is_nan() && METHOD.value(&drawn(&[&[f64::NAN], &[-1.0]])).is_nan());
    }
}
