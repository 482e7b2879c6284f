//! RAUQ: token probabilities passed on along the attention to the previous token (arXiv 2505.20045).
//!
//! In a layer the head with the largest mean attention counts; c_1 = p_1, c_j = α·p_j + (1 − α)·a_j·c_{j−1}; the layer's
//! score is 1 − mean ln c, the answer's the largest of those layers ⌊L/3⌋ … ⌈2L/3⌉ that have attention. a_j is that of the position
//! that predicts token j to itself, which holds token j − 1.

use super::method::Method;
use super::need::Need;
use super::support;
use crate::evidence::Evidence;
use crate::evidence::observed::LayerAttention;

/// Weight of a token's own probability.
pub const ALPHA: f64 = 0.2;
/// Least confidence, for the logarithm.
pub const FLOOR: f64 = 1e-12;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "rauq",
    name: "RAUQ",
    citation: "arXiv 2505.20045",
    needs: &[Need::Attention],
    passes: 1,
    settings: &[("alpha", ALPHA), ("floor", FLOOR)],
    note: "Attention entry, layers and aggregation as LM-Polygraph and the paper's runs: the newest key of the step that \
           predicts token j; the paper repository's class defaults and a port differ. α is 0.2 for base models, 0.5 for \
           instruct ones in the paper; the evidence does not say which it is, so 0.2 as LM-Polygraph by default.",
    score,
};

/// With the default α.
fn score(evidence: &Evidence) -> f64 {
    score_with(evidence, ALPHA)
}

/// 1 − mean ln c, the largest of the middle layers; NaN when one of them was not looked at.
fn score_with(evidence: &Evidence, alpha: f64) -> f64 {
    let Some(attention) = &evidence.attention else { return f64::NAN };
    let p: Vec<f64> = evidence.tokens.iter().map(|t| t.logprob.exp()).collect();
    let middle = middle(attention.depth);
    if middle.len() > attention.layers.len() + attention.without.len() {
        // Nor is a depth that nobody has worth a loop.
        return f64::NAN;
    }
    let middle = middle.filter(|layer| !attention.without.contains(layer));
    let by_layer = |layer| attention.layer(layer).map_or(f64::NAN, |layer| doubt(layer, &p, alpha));
    support::max(middle.map(by_layer))
}

/// ⌊L/3⌋ … ⌈2L/3⌉, both included, as far as they exist.
pub fn middle(depth: usize) -> std::ops::Range<usize> {
    depth / 3..(depth - depth / 3 + 1).min(depth)
}

fn doubt(layer: &LayerAttention, p: &[f64], alpha: f64) -> f64 {
    // The first entry is the last prompt position's and belongs to no token of the answer; the first of equal heads.
    let looks = layer.to_self.iter().map(|head| head[1..].iter().sum::<f64>());
    let best = looks.enumerate().reduce(|a, b| if a.1.is_nan() || a.1 >= b.1 { a } else { b });
    let Some((best, _)) = best else { return f64::NAN };
    let mut confidence = f64::NAN;
    let steps = p.iter().zip(&layer.to_self[best]).enumerate().map(|(j, (p, a))| {
        confidence = if j == 0 { *p } else { alpha * p + (1.0 - alpha) * a * confidence };
        if confidence < FLOOR { FLOOR.ln() } else { confidence.ln() }
    });
    1.0 - support::mean(steps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::tests::attentive;

    #[test]
    fn known_value() {
        // methods.md §13, beside a head that looks away.
        let p = [0.9f64.ln(), 0.4f64.ln(), 0.8f64.ln()];
        let own = vec![vec![1.0, 0.4, 0.4], vec![0.0, 0.7, 0.3]];
        let e = attentive(&p, 1, &[(0, own.clone())]);
        assert!((score_with(&e, 0.2) - 1.615551).abs() < 1e-6);
        assert!(score_with(&e, 1.0) - (1.0 - (0.9f64 * 0.4 * 0.8).ln() / 3.0) < 1e-12);
        // The largest over layers 1 and 2 of three; layer 0 is not looked at.
        let unsure = vec![vec![0.0, 0.0, 0.0]];
        let e = attentive(&p, 3, &[(2, own.clone()), (1, unsure)]);
        assert!((METHOD.value(&e) - (1.0 - (0.9f64 * 0.08 * 0.16).ln() / 3.0)).abs() < 1e-12);
        let mut e = attentive(&p, 3, &[(2, own)]);
        assert!(METHOD.value(&e).is_nan(), "layer 1 was not looked at");
        e.attention.as_mut().unwrap().without = vec![0, 1];
        assert!((score_with(&e, 0.2) - 1.615551).abs() < 1e-6, "layer 1 has none");
        let mut none = attentive(&p, 1, &[(0, vec![vec![0.5; 3]])]);
        none.attention.as_mut().unwrap().without = vec![0];
        assert!(METHOD.value(&none).is_nan(), "no layer of the middle has any");
    }

    #[test]
    fn layers_and_edges() {
        assert_eq!([1, 2, 3, 12, 28, 30, 32].map(middle), [0..1, 0..2, 1..3, 4..9, 9..20, 10..21, 10..23]);
        let one = attentive(&[0.5f64.ln()], 1, &[(0, vec![vec![0.3], vec![0.4]])]);
        assert!((METHOD.value(&one) - (1.0 + 2f64.ln())).abs() < 1e-12);
        let never = attentive(&[f64::NEG_INFINITY], 1, &[(0, vec![vec![0.3]])]);
        assert!((METHOD.value(&never) - (1.0 - 1e-12f64.ln())).abs() < 1e-9);
        assert_eq!(METHOD.value(&attentive(&[0.0; 2000], 1, &[(0, vec![vec![1.0; 2000]])])), 1.0, "certain throughout");
        assert!(METHOD.value(&attentive(&[-0.1; 2], 1, &[(0, vec![vec![0.3, f64::NAN], vec![0.1, 0.2]])])).is_nan());
        assert!(METHOD.value(&attentive(&[f64::NAN; 2], 1, &[(0, vec![vec![0.3; 2]])])).is_nan());
        assert!(METHOD.value(&attentive(&[], 1, &[(0, vec![vec![]])])).is_nan());
        assert!(METHOD.value(&attentive(&[-0.1], 0, &[(0, vec![vec![0.3]])])).is_nan(), "a model of no layers");
    }
}
