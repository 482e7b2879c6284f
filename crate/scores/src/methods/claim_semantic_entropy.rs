//! Semantic entropy of the claims of a long answer (Farquhar et al., Nature 630, 2024; code of long_hallucinations).
//!
//! For each claim, questions that it could answer are answered afresh (six questions, three answers each, in the paper)
//! and the claim's own answer is added. Discrete entropy over the meanings among them, two answers meaning the same
//! when neither contradicts the other and at least one entails; the mean over the questions. When ⌊answers/2⌋ or more
//! of them are refusals the entropy is the largest possible. The score of an answer is the mean over its claims.

use super::method::Method;
use super::need::Need;
use super::support;
use super::support::clusters::{Rule, cluster, finite, first_equal, sizes};
use crate::evidence::Evidence;
use crate::evidence::observed::{Claim, ClaimQuestion};

/// Registry entry.
pub const METHOD: Method = Method {
    id: "claim_semantic_entropy",
    name: "Claim semantic entropy",
    citation: "Nature 630 (2024)",
    needs: &[Need::ClaimQuestions],
    passes: 18,
    settings: &[("questions", 6.0), ("answers", 3.0)],
    note: "Mean over the claims. Refusals are recognized by English phrases.",
    score,
};

/// Openings and phrases of answers that give none.
const REFUSALS: &[&str] = &[
    "not available",
    "no information",
    "not enough information",
    "insufficient information",
    "not specified",
    "not mentioned",
    "not known",
    "is unknown",
    "are unknown",
    "i don't know",
    "i do not know",
    "i'm not sure",
    "i am not sure",
    "i'm sorry",
    "i am sorry",
    "i cannot",
    "i can't",
    "cannot be determined",
];

/// Mean over the claims; NaN without claims, or when one has no questions.
fn score(evidence: &Evidence) -> f64 {
    support::mean(claims(evidence).into_iter())
}

/// Entropy by claim, 0..=ln of the number of answers; NaN where nothing was asked.
pub fn claims(evidence: &Evidence) -> Vec<f64> {
    let mean = |claim: &Claim| support::mean(claim.questions.iter().map(entropy));
    evidence.claims.iter().map(mean).collect()
}

/// Entropy of the meanings of the answers to one question; NaN with fewer than two answers.
fn entropy(question: &ClaimQuestion) -> f64 {
    let (answers, judged) = (&question.answers, &question.entailment);
    let n = answers.len();
    if n < 2 || judged.len() != n || judged.iter().any(|row| row.len() != n) || !finite(judged, 0) {
        return f64::NAN;
    }
    let refusals = answers.iter().filter(|answer| is_refusal(answer)).count();
    if refusals >= n / 2 {
        return (n as f64).ln();
    }
    let texts: Vec<&str> = answers.iter().map(String::as_str).collect();
    let meanings = cluster(&first_equal(&texts), &|i, j| Rule::Lax.same(&judged[i][j], &judged[j][i]));
    support::entropy(sizes(&meanings).into_iter().map(|size| size as f64 / n as f64))
}

fn is_refusal(answer: &str) -> bool {
    let answer = answer.trim().to_lowercase().replace('’', "'");
    let bare = answer.trim_matches(|c: char| !c.is_alphanumeric());
    bare.is_empty() || bare == "unknown" || bare == "n/a" || REFUSALS.iter().any(|phrase| answer.contains(phrase))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::tests::{MAYBE, NO, YES};

    /// Answers of these meanings: entailment within a meaning, contradiction across.
    fn question(answers: &[&str], meanings: &[u8]) -> ClaimQuestion {
        let row = |a: &u8| meanings.iter().map(|b| if a == b { YES } else { NO }).collect();
        ClaimQuestion {
            question: "?".into(),
            answers: answers.iter().map(|&a| a.into()).collect(),
            entailment: meanings.iter().map(row).collect(),
        }
    }

    fn evidence(claims: Vec<Vec<ClaimQuestion>>) -> Evidence {
        let claim = |questions| Claim { questions, ..Claim::default() };
        Evidence { claims: claims.into_iter().map(claim).collect(), ..Evidence::default() }
    }

    #[test]
    fn meanings_are_counted() {
        let near = |q: &ClaimQuestion, want: f64| assert!((entropy(q) - want).abs() < 1e-12, "{}", entropy(q));
        near(&question(&["a", "b", "c", "d"], &[0, 0, 0, 0]), 0.0);
        near(&question(&["a", "b", "c", "d"], &[0, 1, 2, 3]), 4f64.ln());
        near(&question(&["a", "b", "c", "d"], &[0, 0, 1, 0]), -(0.75 * 0.75f64.ln() + 0.25 * 0.25f64.ln()));
        assert_eq!(entropy(&question(&["a", "b"], &[0, 0])).to_bits(), 0f64.to_bits());
        // Equal strings are equal whatever the judge says.
        near(&question(&["Paris", "Paris", "Paris"], &[0, 1, 2]), 0.0);
        near(
            &question(&["باريس", "پاریس", "巴黎 🥐"], &[0, 0, 1]),
            -(2.0 / 3.0 * (2f64 / 3.0).ln() + (1f64 / 3.0).ln() / 3.0),
        );
        let many: Vec<&str> = ["x", "y"].repeat(1000);
        near(&question(&many, &[0, 1].repeat(1000)), 2f64.ln());
    }

    #[test]
    fn one_entailment_without_contradiction_is_enough() {
        let mut q = question(&["a", "b"], &[0, 0]);
        for (forward, backward, same) in
            [(YES, MAYBE, true), (MAYBE, YES, true), (MAYBE, MAYBE, false), (YES, NO, false)]
        {
            (q.entailment[0][1], q.entailment[1][0]) = (forward, backward);
            assert_eq!(entropy(&q) == 0.0, same);
        }
    }

    #[test]
    fn refusals_are_as_uncertain_as_can_be() {
        let q = question(&["1952", "I don’t know.", "Unknown", "1952."], &[0, 1, 1, 0]);
        assert!((entropy(&q) - 4f64.ln()).abs() < 1e-12);
        // One of four is below the half.
        assert!(entropy(&question(&["1952", "Unknown", "in 1952", "1952."], &[0, 1, 0, 0])) < 0.6);
        for text in ["", " ...", "N/A", "**Unknown.**", "The date is unknown.", "I'm sorry, but I cannot say."] {
            assert!(is_refusal(text), "{text:?}");
        }
        for text in ["The Tomb of the Unknown Soldier", "1952", "不明", "لا أعرف"] {
            assert!(!is_refusal(text), "{text:?}");
        }
    }

    #[test]
    fn means_over_questions_and_claims() {
        let (sure, split) = (question(&["a", "b"], &[0, 0]), question(&["a", "b"], &[0, 1]));
        let e = evidence(vec![vec![sure.clone(), split.clone()], vec![split]]);
        let ln2 = 2f64.ln();
        assert_eq!(claims(&e), vec![ln2 / 2.0, ln2]);
        assert!((METHOD.value(&e) - 0.75 * ln2).abs() < 1e-12);
        assert!(METHOD.value(&Evidence::default()).is_nan());
        assert!(METHOD.value(&evidence(vec![Vec::new()])).is_nan());
        assert!(METHOD.value(&evidence(vec![vec![question(&["a"], &[0])]])).is_nan());
        assert!(METHOD.value(&evidence(vec![vec![question(&["a", "b", "c"], &[0, 1])]])).is_nan());
        let mut broken = question(&["a", "b"], &[0, 1]);
        broken.entailment[0][1].entail = f64::INFINITY;
        assert!(METHOD.value(&evidence(vec![vec![sure], vec![broken]])).is_nan());
    }
}
