//! BoostedProb: a token is as sure as the set of dominant tokens that it belongs to, so that several good ways to say
//! the same do not count as doubt (EMNLP 2025 main 166, package boostedprob).
//!
//! A cut after rank r where p_r − p_{r+1} > 0.3·p_r and > 0.005; the last cut ends the dominant set. A token of the set
//! scores the set's mass, any other its own probability, and so does every token where there is no cut.

use super::method::Method;
use super::need::Need;
use super::support;
use crate::evidence::Evidence;
use crate::evidence::observed::Alternative;
use std::collections::BTreeSet;

/// Relative drop of probability that marks a cut.
pub const JUMP: f64 = 0.3;
/// What rounding may add to a sum of probabilities.
const ROUNDING: f64 = 1e-3;
/// Least drop of probability at a cut.
pub const EPSILON: f64 = 0.005;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "boosted_prob",
    name: "BoostedProb",
    citation: "EMNLP 2025 main 166",
    needs: &[Need::Shapes],
    settings: &[("jump", JUMP), ("epsilon", EPSILON)],
    note: "As the package: last cut, mean over the tokens. The package looks at the 1024 most probable tokens; no cut can \
           lie below probability 0.005, so the evidence stops one rank after it.",
    score,
    ..Method::BASE
};

/// −mean over tokens, −1..0.
fn score(evidence: &Evidence) -> f64 {
    let tokens = evidence.tokens.iter().zip(&evidence.shapes);
    -support::mean(tokens.map(|(token, shape)| boosted(token.logprob, &shape.top)))
}

/// Of the token with `logprob` among alternatives that fall.
fn boosted(logprob: f64, top: &[Alternative]) -> f64 {
    let p: Vec<f64> = top.iter().map(|a| a.logprob.exp()).collect();
    let falls = p.windows(2).all(|pair| pair[0] >= pair[1]);
    if !falls || p.is_empty() || p.iter().sum::<f64>() > 1.0 + ROUNDING || repeated(top) {
        // Not sorted, not numbers, or no distribution.
        return f64::NAN;
    }
    let cut = p.windows(2).rposition(|pair| pair[0] - pair[1] > JUMP * pair[0] && pair[0] - pair[1] > EPSILON);
    let own = logprob.exp();
    let boosted = match cut {
        // The token is known by its probability alone: in the set it has the last member's at least, outside the next
        // one's at most, and a cut is wide.
        Some(last) if own > (p[last] + p[last + 1]) / 2.0 => p[..=last].iter().sum(),
        _ => own,
    };
    // Not `min`, which takes NaN for 1.
    if boosted > 1.0 { 1.0 } else { boosted }
}

/// Whether a token stands in the list twice, as some servers put the one that was drawn before the most probable ones.
/// Where ids are not known they are all 0, and texts tell tokens apart.
fn repeated(top: &[Alternative]) -> bool {
    let mut seen = BTreeSet::new();
    top.iter().filter(|a| a.text.is_some()).any(|a| !seen.insert((a.id, a.text.as_deref(), a.logprob.to_bits())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::observed::DistributionShape;
    use crate::methods::tests::answer;

    fn top(p: &[f64]) -> Vec<Alternative> {
        p.iter().map(|p| Alternative { logprob: p.ln(), ..Alternative::default() }).collect()
    }

    #[test]
    fn known_values() {
        // methods.md §13.
        let p = [0.45, 0.42, 0.05, 0.04, 0.03, 0.01];
        let boosted: Vec<f64> = p.iter().map(|own: &f64| boosted(own.ln(), &top(&p))).collect();
        for (got, want) in boosted.iter().zip([0.99, 0.99, 0.99, 0.99, 0.99, 0.01]) {
            assert!((got - want).abs() < 1e-12, "{got}");
        }
    }

    #[test]
    fn edges() {
        let flat = top(&[0.1; 10]);
        assert!((boosted(0.1f64.ln(), &flat) - 0.1).abs() < 1e-15, "no cut");
        assert!((boosted(0f64, &top(&[1.0, 0.0, 0.0])) - 1.0).abs() < 1e-15);
        assert_eq!(boosted(f64::NEG_INFINITY, &top(&[0.9, 0.1])), 0.0);
        assert_eq!(boosted(0.5f64.ln(), &top(&[0.5])), 0.5, "one alternative has no next");
        assert!(boosted(0.0, &top(&[0.1, 0.9])).is_nan() && boosted(0.0, &[]).is_nan());
        assert!(boosted(0.0, &top(&[0.9, f64::NAN])).is_nan() && boosted(f64::NAN, &flat).is_nan());
        let twice = top(&[0.3, 0.3, 0.2]);
        let named = |text: &str| Alternative { text: Some(text.into()), ..twice[0].clone() };
        let last = Alternative { text: Some("B".into()), ..twice[2].clone() };
        assert!(boosted(0.3f64.ln(), &[named("A"), named("A"), last.clone()]).is_nan(), "a token twice");
        assert!((boosted(0.3f64.ln(), &[named("A"), named("C"), last]) - 0.6).abs() < 1e-12);
        assert!(boosted(0.6f64.ln(), &top(&[0.6, 0.6])).is_nan(), "more than 1 in all");
        let shape = |p: &[f64]| DistributionShape { vocab: 10, top: top(p), ..DistributionShape::default() };
        let mut e = answer(&[0.6f64.ln(), 0.1f64.ln()]);
        assert!(METHOD.value(&e).is_nan());
        e.shapes = vec![shape(&[0.6, 0.3, 0.1]), shape(&[0.6, 0.3, 0.1])];
        // Cuts after .6 and after .3: both tokens of .9 are dominant, the third is not.
        assert!((METHOD.value(&e) + (0.9 + 0.1) / 2.0).abs() < 1e-12);
        e.shapes.pop();
        assert!(METHOD.value(&e).is_nan(), "not in step with the tokens");
    }
}
