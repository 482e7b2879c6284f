//! Self-consistency: share of the samples that do not say what the greedy answer says (baseline of arXiv 2605.04638).

use super::method::Method;
use super::need::Need;
use super::support::clusters::finite;
use crate::evidence::Evidence;
use crate::evidence::observed::Entailment;
use crate::lexical::words::composed;

/// Probability of entailment above which an answer follows.
pub const THRESHOLD: f64 = 0.5;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "self_consistency",
    name: "Self-consistency",
    citation: "arXiv 2203.11171, 2605.04638",
    needs: &[Need::Entailment],
    settings: &[("threshold", THRESHOLD)],
    note: "Equivalent: entailment above 0.5 in both directions. The SemGrad code asks whether the greedy answer entails the \
           sample, one direction.",
    score,
    ..Method::BASE
};

/// 1 − share of samples equivalent to the greedy answer.
fn score(evidence: &Evidence) -> f64 {
    match &evidence.entailment {
        Some(judged) if finite(judged, 0) => share(evidence, judged),
        _ => f64::NAN,
    }
}

fn share(evidence: &Evidence, judged: &[Vec<Entailment>]) -> f64 {
    let equal_text = |k: usize| {
        let text = evidence.samples.get(k - 1).and_then(|s| s.text.as_deref());
        text.is_some() && text.map(composed) == evidence.answer.as_deref().map(composed)
    };
    let follows = |k: usize| judged[0][k].entail > THRESHOLD && judged[k][0].entail > THRESHOLD;
    let samples = judged.len() - 1;
    let others = (1..=samples).filter(|&k| !equal_text(k) && !follows(k)).count();
    others as f64 / samples as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::tests::{NO, YES, judged, spoken};

    #[test]
    fn shares() {
        let mut e = spoken("a", &["a", "b", "c", "d"]);
        e.entailment = Some(judged(5, &|i, j| if i + j == 2 || j == 3 { YES } else { NO }));
        // The first has the same text, the second follows both ways, the third one way.
        assert_eq!(METHOD.value(&e), 0.5);
        e.entailment = Some(judged(5, &|_, _| YES));
        assert_eq!(METHOD.value(&e), 0.0);
        let mut accents = spoken("Pelé", &["Pele\u{301}", "Pele"]);
        accents.entailment = Some(judged(3, &|_, _| NO));
        assert_eq!(METHOD.value(&accents), 0.5, "composed and decomposed letters are one text");
        e.answer = None;
        e.entailment = Some(judged(5, &|_, _| NO));
        assert_eq!(METHOD.value(&e), 1.0);
        e.entailment = None;
        assert!(METHOD.value(&e).is_nan());
    }
}
