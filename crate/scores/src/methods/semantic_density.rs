//! Semantic density: how dense other answers lie around the greedy one (arXiv 2405.13845).
//!
//! SD = Σ w_i·(1 − d_i) / Σ w_i over the different answers, the greedy one among them with d = 0; w is the answer's
//! probability per token at temperature 0.1, d the expected squared distance p(contradiction) + ½·p(neutral), mean of
//! both directions.

use super::method::Method;
use super::need::Need;
use super::support;
use crate::evidence::Evidence;
use crate::lexical::distinct;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "semantic_density",
    name: "Semantic density",
    citation: "arXiv 2405.13845",
    needs: &[Need::Answer, Need::SampleTexts, Need::SharpLogprobs, Need::Entailment],
    settings: &[("temperature", 0.1)],
    note: "A density, subtracted from 1. Both NLI directions and temperature 0.1 as the paper; LM-Polygraph takes one \
           direction and temperature 1, and counts the greedy answer again when it was drawn. References are samples, \
           not the paper's diverse beams.",
    score,
    ..Method::BASE
};

/// 1 − SD, 0..1; 0 when nothing but the greedy answer was drawn.
fn score(evidence: &Evidence) -> f64 {
    references(evidence).map_or(f64::NAN, |references| 1.0 - density(&references))
}

/// (ln w, d) of the different answers.
fn references(evidence: &Evidence) -> Option<Vec<(f64, f64)>> {
    let judged = evidence.entailment.as_ref()?;
    let mut texts = vec![evidence.answer.as_deref()?];
    texts.extend(evidence.sample_texts()?);
    let (_, which) = distinct(&texts);
    let mut references = Vec::new();
    for (k, &text) in which.iter().enumerate() {
        // The first of its text; the greedy answer is the very first.
        if text == references.len() {
            let far = |i: usize, j: usize| judged[i][j].contradict + 0.5 * judged[i][j].neutral;
            references.push(match k {
                0 => (evidence.sharp_logprob?, 0.0),
                _ => (evidence.samples[k - 1].sharp_logprob?, (far(0, k) + far(k, 0)) / 2.0),
            });
        }
    }
    Some(references)
}

/// Mean of the kernel 1 − d weighed by w; in log space, where a long answer at temperature 0.1 does not vanish.
fn density(references: &[(f64, f64)]) -> f64 {
    let most = support::max(references.iter().map(|(w, _)| *w));
    let (mut near, mut all) = (0.0, 0.0);
    for &(logprob, distance) in references {
        let weight = (logprob - most).exp();
        near += weight * if distance > 1.0 { 0.0 } else { 1.0 - distance };
        all += weight;
    }
    near / all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::observed::Entailment;
    use crate::methods::tests::{BROKEN, judged, spoken};

    #[test]
    fn known_value() {
        // methods.md §13.
        assert!((density(&[(0.6f64.ln(), 0.0), (0.3f64.ln(), 0.2), (0.1f64.ln(), 0.9)]) - 0.85).abs() < 1e-12);
    }

    #[test]
    fn from_evidence() {
        let mut e = spoken("a", &["b", "a", "b", "c"]);
        let distance = |d: f64| Entailment { entail: 1.0 - d, neutral: d / 2.0, contradict: 0.75 * d };
        e.entailment = Some(judged(5, &|i, j| distance(if i + j == 1 { 0.1 } else { 0.9 })));
        assert!(METHOD.value(&e).is_nan(), "no weights");
        e.sharp_logprob = Some(0.6f64.ln());
        for (sample, w) in e.samples.iter_mut().zip([0.3f64, 0.9, 0.9, 0.1]) {
            sample.sharp_logprob = Some(w.ln());
        }
        // a .6 at 0, b .3 at .1, c .1 at .9; the second a and b do not count again.
        assert!((METHOD.value(&e) - (0.3 * 0.1 + 0.1 * 0.9)).abs() < 1e-12);
        e.entailment = Some(judged(5, &|_, _| BROKEN));
        assert!(METHOD.value(&e).is_nan());
    }

    #[test]
    fn edges() {
        assert_eq!(density(&[(-3.0, 0.0)]), 1.0);
        assert_eq!(density(&[(-2000.0, 0.0), (-2000.0, 1.0)]), 0.5);
        assert_eq!(density(&[(-1.0, 0.0), (-1.0, 1.5)]), 0.5);
        assert!(density(&[(f64::NAN, 0.0)]).is_nan() && density(&[(f64::NEG_INFINITY, 0.0)]).is_nan());
        let mut same = spoken("", &[""; 3]);
        same.entailment = Some(judged(4, &|_, _| BROKEN));
        same.sharp_logprob = Some(-1.0);
        same.samples.iter_mut().for_each(|s| s.sharp_logprob = Some(-1.0));
        assert_eq!(METHOD.value(&same), 0.0, "equal texts are not judged");
    }
}
