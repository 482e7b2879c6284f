//! SAR, shifting attention to relevance: tokens weigh by what the answer's meaning loses without them, samples by how
//! many similar ones there are (arXiv 2307.01379).
//!
//! E_k = −ln(p'_k + (1/τ)·Σ_{j≠k} sim(k, j)·p'_j) with p' = exp(−tokenSAR); the mean over the samples k.

use super::method::Method;
use super::need::Need;
use super::sar_token::shifted;
use super::support;
use crate::evidence::Evidence;
use crate::evidence::observed::Matrix;

/// Weight 1/τ of the other samples.
pub const TAU: f64 = 0.001;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "sar",
    name: "SAR",
    citation: "arXiv 2307.01379",
    needs: &[Need::SampleLogprobs, Need::SampleRelevance, Need::Similarity],
    settings: &[("tau", TAU)],
    note: "τ = 0.001 as paper, authors' code and LM-Polygraph; ln τ makes it negative as a rule. Log space: long samples do \
           not underflow. A sample of which no token is relevant has equal weights (0 in the authors' code). The paper \
           draws 5 samples.",
    score,
    ..Method::BASE
};

/// Mean energy of the samples.
fn score(evidence: &Evidence) -> f64 {
    let of = |s: &crate::evidence::observed::SampleEvidence| Some(-shifted(&s.logprob, s.relevance.as_ref()?));
    let logprobs: Option<Vec<f64>> = evidence.samples.iter().map(of).collect();
    match (logprobs, &evidence.similarity) {
        (Some(logprobs), Some(similarity)) => energy(&logprobs, similarity, TAU),
        _ => f64::NAN,
    }
}

/// Mean over the samples of −ln(p_k + (1/τ)·Σ_{j≠k} sim(k, j)·p_j); in `similarity` row and column 0 are the greedy
/// answer's.
pub(super) fn energy(logprobs: &[f64], similarity: &Matrix, tau: f64) -> f64 {
    let most = support::max(logprobs.iter().copied());
    let sample = |k: usize| {
        let near = |j: usize| if j == k { 1.0 } else { similarity[k + 1][j + 1] / tau };
        let sum: f64 = logprobs.iter().enumerate().map(|(j, logprob)| near(j) * (logprob - most).exp()).sum();
        -(most + sum.ln())
    };
    support::mean((0..logprobs.len()).map(sample))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::tests::{bordered, drawn, graph};

    const TOKEN_SAR: [f64; 3] = [0.5, 0.7, 1.2];

    #[test]
    fn known_values() {
        // methods.md §13.
        let logprobs = TOKEN_SAR.map(|v| -v);
        assert!((energy(&logprobs, &bordered(&graph()), 0.001) + 5.812841).abs() < 1e-6);
        assert!((energy(&logprobs, &bordered(&graph()), 1.0) - 0.233152).abs() < 1e-6);
        // The energies one by one: a sample that resembles none has its own negative log-probability.
        let only = |k: usize| {
            let near = |i: usize, j: usize| if i == k { graph()[i][j] } else { 0.0 };
            let w = (0..3).map(|i| (0..3).map(|j| near(i, j)).collect()).collect();
            let others: f64 = (0..3).filter(|&i| i != k).map(|i| TOKEN_SAR[i]).sum();
            3.0 * energy(&logprobs, &bordered(&w), 0.001) - others
        };
        for (k, want) in [-6.059110, -6.302546, -5.076868].into_iter().enumerate() {
            assert!((only(k) - want).abs() < 1e-6);
        }
    }

    #[test]
    fn from_evidence() {
        let mut e = drawn(&[&[-0.5, -9.0], &[-0.7], &[-1.2, -1.2]]);
        assert!(METHOD.value(&e).is_nan());
        e.similarity = Some(bordered(&graph()));
        for (sample, relevance) in e.samples.iter_mut().zip([vec![1.0, 0.0], vec![0.5], vec![0.0, 0.0]]) {
            sample.relevance = Some(relevance);
        }
        assert!((METHOD.value(&e) + 5.812841).abs() < 1e-6);
        e.samples[1].relevance = Some(vec![f64::NAN]);
        assert!(METHOD.value(&e).is_nan());
        e.samples[1].relevance = Some(vec![0.5, 0.5]);
        assert!(METHOD.value(&e).is_nan(), "not in step with the tokens");
    }

    #[test]
    fn one_sample_and_tiny_probabilities() {
        assert_eq!(energy(&[-0.7], &bordered(&vec![vec![1.0]]), TAU), 0.7);
        let near = energy(&[-5000.0, -5000.0], &bordered(&vec![vec![1.0; 2]; 2]), 1.0);
        assert!((near - (5000.0 - 2f64.ln())).abs() < 1e-9);
        assert!(energy(&[-1.0, f64::NAN], &bordered(&vec![vec![1.0; 2]; 2]), TAU).is_nan());
        assert!(energy(&[f64::NEG_INFINITY; 2], &bordered(&vec![vec![1.0; 2]; 2]), TAU).is_nan());
    }
}
