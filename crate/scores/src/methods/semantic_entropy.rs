//! Semantic entropy: entropy over meanings instead of wordings (arXiv 2302.09664; Farquhar et al., Nature 630, 2024).
//!
//! Samples that entail each other form a meaning C; p(C) = Σ_{s∈C} exp ℓ̄(s) / Σ_s exp ℓ̄(s) with ℓ̄ the mean
//! log-probability per token; −Σ p(C) ln p(C), 0 … ln K.

use super::method::Method;
use super::need::Need;
use super::support;
use super::support::clusters::{Rule, of_samples};
use crate::evidence::Evidence;
use crate::evidence::observed::SampleEvidence;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "semantic_entropy",
    name: "Semantic entropy",
    citation: "Nature 630 (2024), arXiv 2302.09664",
    needs: &[Need::SampleLogprobs, Need::Entailment],
    note: "Nature's form: strict clustering, length-normalized, Rao. The code of 2023 averages ln p(C) over clusters \
           unweighted, plus 5; LM-Polygraph averages un-normalized ln p(C) over samples. Nature's code lets a later \
           cluster take assigned answers; here they stay.",
    score,
    ..Method::BASE
};

/// With strict clustering.
fn score(evidence: &Evidence) -> f64 {
    of_rule(evidence, Rule::Strict)
}

pub(super) fn of_rule(evidence: &Evidence, rule: Rule) -> f64 {
    let logprobs: Vec<f64> = evidence.samples.iter().map(SampleEvidence::mean_logprob).collect();
    of_samples(evidence, rule).map_or(f64::NAN, |clusters| rao(&clusters, &logprobs))
}

/// Entropy over clusters weighted by their members' probabilities.
pub fn rao(clusters: &[usize], logprobs: &[f64]) -> f64 {
    let masses = log_masses(clusters, logprobs);
    let all = support::log_sum_exp(&masses);
    support::entropy(masses.iter().map(|mass| (mass - all).exp()))
}

/// ln Σ exp ℓ over the members, by cluster.
fn log_masses(clusters: &[usize], logprobs: &[f64]) -> Vec<f64> {
    let mut members: Vec<Vec<f64>> = Vec::new();
    for (&cluster, &logprob) in clusters.iter().zip(logprobs) {
        if members.len() <= cluster {
            members.resize(cluster + 1, Vec::new());
        }
        members[cluster].push(logprob);
    }
    members.iter().map(|members| support::log_sum_exp(members)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::tests::{NO, YES, drawn, judged};

    const LOGPROBS: [f64; 5] = [-0.2, -0.3, -1.0, -1.5, -2.0];
    const CLUSTERS: [usize; 5] = [0, 0, 1, 0, 2];

    #[test]
    fn known_values() {
        // methods.md §13.
        let masses = log_masses(&CLUSTERS, &LOGPROBS);
        let all = support::log_sum_exp(&masses);
        for (mass, want) in masses.iter().zip([0.779861, 0.160935, 0.059205]) {
            assert!(((mass - all).exp() - want).abs() < 1e-6);
        }
        assert!((rao(&CLUSTERS, &LOGPROBS) - 0.655250).abs() < 1e-6);
        // The other forms of the same masses: the code of 2023, and LM-Polygraph's.
        let unweighted = 5.0 - support::mean(masses.iter().copied());
        let by_sample = -support::mean(CLUSTERS.iter().map(|&c| masses[c]));
        assert!((unweighted - 5.807294).abs() < 1e-6 && (by_sample - 0.253130).abs() < 1e-6);
        // The same from evidence; 0 is the greedy answer.
        let mut e = drawn(&LOGPROBS.each_ref().map(std::slice::from_ref));
        let same = |i: usize, j: usize| i > 0 && j > 0 && CLUSTERS[i - 1] == CLUSTERS[j - 1];
        e.entailment = Some(judged(6, &|i, j| if same(i, j) { YES } else { NO }));
        assert!((METHOD.value(&e) - 0.655250).abs() < 1e-6);
    }

    #[test]
    fn edges() {
        let zero = |value: f64| value == 0.0 && value.is_sign_positive();
        assert!(zero(rao(&[0], &[-3.0])) && zero(rao(&[0; 4], &[-0.1, -0.7, -2.0, -1.3])));
        assert!((rao(&[0, 1, 2], &[-1e4; 3]) - 3f64.ln()).abs() < 1e-12, "no underflow");
        assert_eq!(rao(&[0, 1], &[0.0, f64::NEG_INFINITY]), 0.0);
        assert!(rao(&[0, 1], &[f64::NEG_INFINITY; 2]).is_nan() && rao(&[0, 1], &[-1.0, f64::NAN]).is_nan());
        let mut e = drawn(&[&[-1.0], &[-1.0]]);
        assert!(METHOD.value(&e).is_nan(), "no judgments");
        e.entailment = Some(judged(3, &|i, j| if i + j > 2 { crate::methods::tests::BROKEN } else { YES }));
        assert!(METHOD.value(&e).is_nan());
        e.entailment = Some(judged(2, &|_, _| YES));
        assert!(METHOD.value(&e).is_nan(), "judgments of one sample, two drawn");
    }
}
