//! Sentence-level SAR: samples weigh by how many similar ones there are, tokens alike (arXiv 2307.01379).

use super::method::Method;
use super::need::Need;
use super::sar::{TAU, energy};
use crate::evidence::Evidence;
use crate::evidence::observed::SampleEvidence;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "sar_sentence",
    name: "SAR, sentences",
    citation: "arXiv 2307.01379",
    needs: &[Need::SampleLogprobs, Need::Similarity],
    settings: &[("tau", TAU)],
    note: "As sar, with the samples' own probabilities, in log space: LM-Polygraph's underflow for long samples.",
    score,
    ..Method::BASE
};

/// Mean energy of the samples, p in the place of p'.
fn score(evidence: &Evidence) -> f64 {
    let logprobs: Vec<f64> = evidence.samples.iter().map(SampleEvidence::total_logprob).collect();
    evidence.similarity.as_ref().map_or(f64::NAN, |similarity| energy(&logprobs, similarity, TAU))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::tests::{bordered, drawn, graph};

    #[test]
    fn totals_take_the_place_of_token_sar() {
        let mut e = drawn(&[&[-0.2, -0.3], &[-0.7], &[-1.0, -0.2]]);
        e.similarity = Some(bordered(&graph()));
        assert!((METHOD.value(&e) + 5.812841).abs() < 1e-6);
        e.similarity = None;
        assert!(METHOD.value(&e).is_nan());
    }
}
