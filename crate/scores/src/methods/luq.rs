//! LUQ: how little the sampled long answers support each other's sentences (arXiv 2403.20279).
//!
//! P(s | r) = e/(e + c) with the probabilities that answer r entails and contradicts sentence s, neutral left out
//! (equal to the paper's ratio of exponentiated logits: the softmax's sum cancels). U = 1 − mean over answers of the
//! mean over their sentences and the other answers. The authors' code returns the confidence.

use super::method::Method;
use super::need::Need;
use super::support;
use crate::evidence::Evidence;
use crate::evidence::observed::Entailment;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "luq",
    name: "LUQ",
    citation: "arXiv 2403.20279",
    needs: &[Need::SampleSentences],
    note: "1 − confidence; the code returns the confidence, and asks a language model in place of the judge of the \
           paper.",
    score,
    ..Method::BASE
};

/// 1 − mean support; NaN with fewer than two answers that have sentences, or when an answer was not compared with all.
fn score(evidence: &Evidence) -> f64 {
    let samples: &[Vec<Vec<Entailment>>] = evidence.sentences.as_deref().unwrap_or_default();
    // An answer without a sentence supports nothing and can be supported by nothing.
    let spoken: Vec<usize> = (0..samples.len()).filter(|&i| !samples[i].is_empty()).collect();
    if spoken.len() < 2 {
        return f64::NAN;
    }
    let confidence = |&i: &usize| {
        let others = spoken.iter().filter(|&&j| j != i);
        let pairs = samples[i].iter().flat_map(|by| others.clone().map(|&j| entailed(by[j])));
        pairs.sum::<f64>() / (samples[i].len() * (spoken.len() - 1)) as f64
    };
    1.0 - support::mean(spoken.iter().map(confidence))
}

/// e/(e + c); one half when both have vanished beside neutral.
fn entailed(by: Entailment) -> f64 {
    let sum = by.entail + by.contradict;
    if sum == 0.0 { 0.5 } else { by.entail / sum }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(entail: f64, contradict: f64) -> Entailment {
        Entailment { entail, neutral: 1.0 - entail - contradict, contradict }
    }

    fn evidence(sentences: Vec<Vec<Vec<Entailment>>>) -> Evidence {
        Evidence { sentences: Some(sentences), ..Evidence::default() }
    }

    #[test]
    fn known_support() {
        // methods.md §13: logits 2 and −1; the neutral logit changes the probabilities, not their ratio.
        for neutral in [-5.0f64, 0.0, 4.0] {
            let sum = 2f64.exp() + (-1f64).exp() + neutral.exp();
            assert!((entailed(judged(2f64.exp() / sum, (-1f64).exp() / sum)) - 0.952574).abs() < 1e-6);
        }
        assert_eq!(entailed(judged(0.0, 0.0)), 0.5);
    }

    #[test]
    fn mean_of_means() {
        // Answer 0 has two sentences, answer 1 one; what a sentence's own answer says of it is not read.
        let own = judged(f64::NAN, f64::NAN);
        let e = evidence(vec![
            vec![vec![own, judged(0.8, 0.2)], vec![own, judged(0.1, 0.3)]],
            vec![vec![judged(0.5, 0.0), own]],
        ]);
        assert!((METHOD.value(&e) - (1.0 - (0.525 + 1.0) / 2.0)).abs() < 1e-12);
        let same = evidence(vec![vec![vec![judged(1.0, 0.0); 3]]; 3]);
        assert_eq!(METHOD.value(&same), 0.0);
        let long = evidence(vec![vec![vec![judged(0.3, 0.1); 4]; 500]; 4]);
        assert!((METHOD.value(&long) - 0.25).abs() < 1e-12);
    }

    #[test]
    fn edges() {
        let one = judged(1.0, 0.0);
        assert!(METHOD.value(&Evidence::default()).is_nan());
        assert!(METHOD.value(&evidence(Vec::new())).is_nan());
        assert!(METHOD.value(&evidence(vec![vec![vec![one]]])).is_nan(), "one answer has no other");
        assert!(METHOD.value(&evidence(vec![vec![vec![one; 2]], Vec::new()])).is_nan(), "the other is empty");
        assert!(METHOD.value(&evidence(vec![vec![vec![one; 2]], vec![vec![one]]])).is_nan(), "not compared with all");
        assert!(METHOD.value(&evidence(vec![vec![vec![judged(f64::NAN, 0.0); 2]]; 2])).is_nan());
        assert!(METHOD.value(&evidence(vec![vec![vec![judged(f64::INFINITY, 0.0); 2]]; 2])).is_nan());
        // An empty third answer changes nothing.
        let two = evidence(vec![vec![vec![judged(0.6, 0.2); 2]]; 2]);
        let three = evidence(vec![vec![vec![judged(0.6, 0.2); 3]], vec![vec![judged(0.6, 0.2); 3]], Vec::new()]);
        assert!((METHOD.value(&two) - METHOD.value(&three)).abs() < 1e-15);
    }
}
