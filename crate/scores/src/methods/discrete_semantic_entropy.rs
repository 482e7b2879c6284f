//! Discrete semantic entropy: entropy of the shares of the meanings among the samples; needs no log-probabilities
//! (Farquhar et al., Nature 630, 2024).

use super::method::Method;
use super::need::Need;
use super::support;
use super::support::clusters::{Rule, of_samples, sizes};
use crate::evidence::Evidence;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "discrete_semantic_entropy",
    name: "Discrete semantic entropy",
    citation: "Nature 630 (2024)",
    needs: &[Need::Entailment],
    note: "Strict clustering, as Nature's code by default. Biased low for few samples: see hybrid_dse.",
    score,
    ..Method::BASE
};

/// −Σ (|C|/K) ln(|C|/K), 0 … ln K.
fn score(evidence: &Evidence) -> f64 {
    of_samples(evidence, Rule::Strict).map_or(f64::NAN, |clusters| of_sizes(&sizes(&clusters)))
}

fn of_sizes(sizes: &[usize]) -> f64 {
    let all: usize = sizes.iter().sum();
    support::entropy(sizes.iter().map(|&size| size as f64 / all as f64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::tests::{NO, YES, judged, spoken};

    #[test]
    fn known_value() {
        // methods.md §13: clusters (0, 0, 1, 0, 2).
        assert!((of_sizes(&sizes(&[0, 0, 1, 0, 2])) - 0.950271).abs() < 1e-6);
    }

    #[test]
    fn equal_texts_are_one_meaning() {
        let mut e = spoken("a", &["a", "b", "a", "a"]);
        e.entailment = Some(judged(5, &|_, _| NO));
        assert!((METHOD.value(&e) - of_sizes(&[3, 1])).abs() < 1e-15);
        e.entailment = Some(judged(5, &|_, _| YES));
        assert!(METHOD.value(&e) == 0.0 && METHOD.value(&e).is_sign_positive());
        let mut many = spoken("", &[""; 256]);
        many.entailment = Some(judged(257, &|_, _| NO));
        assert_eq!(METHOD.value(&many), 0.0);
        let mut accents = spoken("Pelé", &["Pelé", "Pele\u{301}", "Pele"]);
        accents.entailment = Some(judged(4, &|_, _| NO));
        assert!(
            (METHOD.value(&accents) - of_sizes(&[2, 1])).abs() < 1e-15,
            "composed and decomposed letters are one text"
        );
        let mut rtl = spoken("פריז", &["פריז", "باريس", "פריז\u{200f}"]);
        rtl.entailment = Some(judged(4, &|_, _| NO));
        assert!((METHOD.value(&rtl) - 3f64.ln()).abs() < 1e-15, "a mark of direction makes another text, to be judged");
    }
}
