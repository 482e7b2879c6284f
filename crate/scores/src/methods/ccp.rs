//! CCP, claim-conditioned probability: how much of a token's probability goes to alternatives that say the same
//! (arXiv 2403.04696).
//!
//! CCP_j = Σ entailing p / (Σ entailing p + Σ contradicting p) over the token itself, counted as entailing, and its
//! alternatives; neutral ones are another claim type and drop out. Both directions are judged: entailment or
//! contradiction outweighs neutral, one of each makes neutral. Function words count as 1. A claim's probability is the
//! product over its tokens, its doubt 1 − product (the paper's code negates instead). The score of an answer is the
//! mean over its claims.

use super::method::Method;
use super::need::Need;
use super::support;
use crate::evidence::Evidence;
use crate::evidence::observed::{Claim, Entailment, Variant};

/// Registry entry.
pub const METHOD: Method = Method {
    id: "ccp",
    name: "CCP",
    citation: "arXiv 2403.04696",
    needs: &[Need::ClaimVariants],
    settings: &[("alternatives", 10.0)],
    note: "1 − product, mean over the claims; the code returns −product by claim.",
    score,
    ..Method::BASE
};

/// Mean doubt over the claims; NaN without claims, or when one has no alternatives.
fn score(evidence: &Evidence) -> f64 {
    support::mean(claims(evidence).into_iter())
}

/// Doubt by claim, 0..1; NaN where alternatives or tokens are missing.
pub fn claims(evidence: &Evidence) -> Vec<f64> {
    evidence.claims.iter().map(|claim| doubt(evidence, claim)).collect()
}

fn doubt(evidence: &Evidence, claim: &Claim) -> f64 {
    let (first, end) = claim.tokens;
    let tokens = evidence.tokens.get(first..end).unwrap_or_default();
    if tokens.is_empty() || tokens.len() != claim.alternatives.len() {
        return f64::NAN;
    }
    let factors = tokens.iter().zip(&claim.alternatives).map(|(token, variants)| kept(token.logprob.exp(), variants));
    1.0 - factors.product::<f64>()
}

/// CCP of one token with probability `p`.
fn kept(p: f64, variants: &[Variant]) -> f64 {
    let (mut same, mut other) = (p, 0.0);
    for variant in variants {
        let both = verdict(variant.forward).zip(verdict(variant.backward));
        match both.map(|(forward, backward)| (forward + backward).signum()) {
            Some(1) => same += variant.probability,
            Some(-1) => other += variant.probability,
            Some(_) => {}
            None => return f64::NAN,
        }
    }
    // Function words, and tokens of probability 0 whose alternatives say something else altogether.
    if variants.is_empty() || same + other == 0.0 { 1.0 } else { same / (same + other) }
}

/// 1 for entailment, −1 for contradiction, 0 for neutral; `None` when a number is missing.
fn verdict(Entailment { entail, neutral, contradict }: Entailment) -> Option<i8> {
    let number = entail.is_finite() && neutral.is_finite() && contradict.is_finite();
    let verdict = if contradict >= neutral.max(entail) {
        -1
    } else if neutral >= entail {
        0
    } else {
        1
    };
    number.then_some(verdict)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::distribution::TokenStatistics;
    use crate::methods::tests::{BROKEN, MAYBE, NO, YES};

    fn variant(probability: f64, forward: Entailment, backward: Entailment) -> Variant {
        Variant { probability, forward, backward }
    }

    fn evidence(tokens: &[f64], claims: Vec<Claim>) -> Evidence {
        let token = |p: &f64| TokenStatistics { logprob: p.ln(), ..TokenStatistics::default() };
        Evidence { tokens: tokens.iter().map(token).collect(), claims, ..Evidence::default() }
    }

    fn claim(tokens: (usize, usize), alternatives: Vec<Vec<Variant>>) -> Claim {
        Claim { tokens, alternatives, ..Claim::default() }
    }

    #[test]
    fn known_value() {
        // methods.md §13: entailing .7 in all, contradicting .2.
        let variants = [variant(0.2, YES, MAYBE), variant(0.2, NO, NO), variant(0.1, MAYBE, MAYBE)];
        assert!((kept(0.5, &variants) - 0.777778).abs() < 1e-6);
    }

    #[test]
    fn directions_combine() {
        let with = |forward, backward| kept(0.5, &[variant(0.25, forward, backward), variant(0.25, NO, NO)]);
        for pair in [(YES, YES), (YES, MAYBE), (MAYBE, YES)] {
            assert_eq!(with(pair.0, pair.1), 0.75);
        }
        for pair in [(NO, NO), (NO, MAYBE), (MAYBE, NO)] {
            assert_eq!(with(pair.0, pair.1), 0.5);
        }
        for pair in [(MAYBE, MAYBE), (YES, NO), (NO, YES)] {
            assert!((with(pair.0, pair.1) - 2.0 / 3.0).abs() < 1e-15);
        }
    }

    #[test]
    fn claims_are_products_and_the_answer_their_mean() {
        let doubted = vec![variant(0.4, NO, NO)];
        let e = evidence(
            &[0.6, 0.9, 0.4, 0.6],
            vec![claim((0, 2), vec![doubted.clone(), Vec::new()]), claim((2, 4), vec![doubted.clone(), doubted])],
        );
        let (a, b) = (1.0 - 0.6, 1.0 - 0.5 * 0.6);
        let got = claims(&e);
        assert!((got[0] - a).abs() < 1e-12 && (got[1] - b).abs() < 1e-12);
        assert!((METHOD.value(&e) - (a + b) / 2.0).abs() < 1e-12);
        // Function words alone, a very long claim, one token.
        assert_eq!(METHOD.value(&evidence(&[0.1; 3], vec![claim((0, 3), vec![Vec::new(); 3])])), 0.0);
        let long = vec![vec![variant(0.5, NO, NO)]; 2000];
        assert_eq!(METHOD.value(&evidence(&[0.5; 2000], vec![claim((0, 2000), long)])), 1.0);
    }

    #[test]
    fn edges() {
        let any = || vec![vec![variant(0.1, NO, NO)]];
        for e in [
            Evidence::default(),
            evidence(&[0.5], Vec::new()),
            evidence(&[0.5], vec![claim((0, 0), Vec::new())]),
            evidence(&[0.5], vec![claim((0, 1), Vec::new())]),
            evidence(&[0.5], vec![claim((0, 2), any())]),
            evidence(&[0.5], vec![claim((1, 0), any())]),
            evidence(&[0.5], vec![claim((usize::MAX, usize::MAX), any())]),
            evidence(&[f64::NAN], vec![claim((0, 1), any())]),
            evidence(&[0.5], vec![claim((0, 1), vec![vec![variant(f64::NAN, NO, NO)]])]),
            evidence(&[0.5], vec![claim((0, 1), vec![vec![variant(0.1, BROKEN, NO)]])]),
            evidence(&[0.5], vec![claim((0, 1), vec![vec![variant(0.1, BROKEN, BROKEN)]])]),
        ] {
            assert!(METHOD.value(&e).is_nan(), "{e:?}");
        }
        assert_eq!(kept(f64::NAN, &[]), 1.0, "a function word, whatever its probability");
        assert_eq!(kept(0.0, &[variant(0.3, MAYBE, MAYBE)]), 1.0);
        assert_eq!(kept(0.0, &[variant(0.3, NO, NO)]), 0.0);
    }
}
