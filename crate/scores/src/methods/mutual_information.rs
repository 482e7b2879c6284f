//! Mutual information by iterative prompting: does an answer become likelier when the prompt already states one
//! (arXiv 2406.02543)? A model that knows is not moved.
//!
//! Different samples are merged by word overlap; μ1(i) is the mass of meaning i, μ2(j; i) the probability of answer j when
//! the prompt states answer i, normalized over j; MI = Σ μ1(i)·μ2(j; i)·ln(μ2(j; i) / Σ_i μ1(i)·μ2(j; i)).

use super::method::Method;
use super::need::Need;
use super::support;
use super::support::clusters::{cluster, first_equal};
use crate::evidence::Evidence;
use crate::evidence::observed::Matrix;
use crate::lexical::{Measure, similarity};

/// F1 of words above which two answers are one.
pub const THRESHOLD: f64 = 0.25;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "mutual_information",
    name: "Mutual information, iterative prompting",
    citation: "arXiv 2406.02543",
    needs: &[Need::SampleTexts, Need::SampleLogprobs, Need::Iterated],
    settings: &[("threshold", THRESHOLD), ("gamma1", 0.0), ("gamma2", 0.0)],
    note: "As the SemGrad code: a meaning is represented by its first answer, in the prompt and as what is scored; a text \
           that was drawn twice counts once; stabilizers γ are 0; two rounds. Paper: 10 samples at temperature 0.9.",
    score,
    ..Method::BASE
};

/// 0 … ln of the number of meanings.
fn score(evidence: &Evidence) -> f64 {
    match (evidence.sample_texts(), &evidence.iterated) {
        (Some(texts), Some(iterated)) => of_rounds(evidence, &texts, iterated),
        _ => f64::NAN,
    }
}

/// First members of the merged answers: only what they make each other say is read from the evidence.
pub fn representatives(texts: &[&str]) -> Vec<usize> {
    let clusters = merged(texts);
    let opens = |&i: &usize| !clusters[..i].contains(&clusters[i]);
    (0..texts.len()).filter(opens).collect()
}

fn merged(texts: &[&str]) -> Vec<usize> {
    let overlap = similarity(Measure::TokenF1, texts);
    cluster(&first_equal(texts), &|i, j| overlap[i][j] > THRESHOLD)
}

fn of_rounds(evidence: &Evidence, texts: &[&str], iterated: &Matrix) -> f64 {
    let (clusters, first) = (merged(texts), first_equal(texts));
    let opens = representatives(texts);
    let masses: Vec<f64> = (0..opens.len())
        .map(|c| {
            let members = (0..texts.len()).filter(|&i| first[i] == i && clusters[i] == c);
            support::log_sum_exp(&members.map(|i| evidence.samples[i].total_logprob()).collect::<Vec<_>>())
        })
        .collect();
    let second = opens.iter().map(|&i| normalized(&opens.iter().map(|&j| iterated[i][j]).collect::<Vec<_>>()));
    information(&normalized(&masses), &second.collect())
}

fn normalized(logprobs: &[f64]) -> Vec<f64> {
    let all = support::log_sum_exp(logprobs);
    logprobs.iter().map(|logprob| (logprob - all).exp()).collect()
}

/// Of μ1 `[n]` and μ2 `[n, n]`, rows normalized.
fn information(first: &[f64], second: &Matrix) -> f64 {
    if first.len() == 1 && first[0].is_finite() {
        return 0.0;
    }
    let marginal = |j: usize| first.iter().zip(second).map(|(p, row)| p * row[j]).sum::<f64>();
    let marginals: Vec<f64> = (0..first.len()).map(marginal).collect();
    let term = |p: f64, q: f64, marginal: f64| if q == 0.0 || p == 0.0 { 0.0 } else { p * q * (q / marginal).ln() };
    let row = |(p, row): (&f64, &Vec<f64>)| row.iter().zip(&marginals).map(|(q, m)| term(*p, *q, *m)).sum::<f64>();
    let sum: f64 = first.iter().zip(second).map(row).sum();
    // Never negative but by rounding; NaN stays.
    if sum < 0.0 { 0.0 } else { sum }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::tests::spoken;

    #[test]
    fn known_value() {
        // methods.md §13.
        let second = vec![vec![0.8, 0.1, 0.1], vec![0.4, 0.5, 0.1], vec![0.3, 0.3, 0.4]];
        assert!((information(&[0.5, 0.3, 0.2], &second) - 0.139094).abs() < 1e-6);
    }

    #[test]
    fn from_evidence() {
        // The same numbers, un-normalized, the first meaning drawn as two texts and one of those twice.
        let texts = ["red fox", "blue hen", "red fox", "a fox", "green owl"];
        let mut e = spoken("red fox", &texts);
        for (sample, p) in e.samples.iter_mut().zip([0.03f64, 0.03, 0.03, 0.02, 0.02]) {
            sample.logprob = vec![p.ln() + 1.0, -1.0];
        }
        assert_eq!(representatives(&texts), [0, 1, 4]);
        let mut iterated = vec![vec![f64::NAN; 5]; 5];
        for (i, row) in [(0, [0.8f64, 0.1, 0.1]), (1, [0.4, 0.5, 0.1]), (4, [0.3, 0.3, 0.4])] {
            for (j, p) in [0, 1, 4].into_iter().zip(row) {
                iterated[i][j] = p.ln() - 7.0;
            }
        }
        assert!(METHOD.value(&e).is_nan());
        e.iterated = Some(iterated);
        assert!((METHOD.value(&e) - 0.139094).abs() < 1e-6);
        e.iterated.as_mut().unwrap()[0][1] = f64::NAN;
        assert!(METHOD.value(&e).is_nan());
    }

    #[test]
    fn edges() {
        assert_eq!(information(&[1.0], &vec![vec![1.0]]), 0.0);
        let unmoved = vec![vec![0.5, 0.25, 0.25]; 3];
        assert_eq!(information(&[0.2, 0.3, 0.5], &unmoved), 0.0);
        let echo = vec![vec![1.0, 0.0], vec![0.0, 1.0]];
        assert!((information(&[0.5, 0.5], &echo) - 2f64.ln()).abs() < 1e-15);
        assert!(information(&[0.5, 0.5], &vec![vec![f64::NAN; 2]; 2]).is_nan());
        assert!(information(&[f64::NAN], &vec![vec![1.0]]).is_nan());
        let mut same = spoken("yes", &["yes", "Yes.", "yes"]);
        same.samples.iter_mut().for_each(|s| s.logprob = vec![-1.0]);
        same.iterated = Some(vec![vec![-1.0; 3]; 3]);
        assert_eq!(METHOD.value(&same), 0.0);
    }
}
