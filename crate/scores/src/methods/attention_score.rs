//! Attention score: how much the answer's tokens look at themselves in the middle layer (LLM-Check, NeurIPS 2024).
//!
//! An attention map is triangular, so its determinant is the product of its diagonal; the score is minus the mean
//! logarithm of that diagonal over the answer's tokens and the heads. Where the middle layer has no attention, the nearest
//! that has counts.

use super::method::Method;
use super::need::Need;
use super::support;
use crate::evidence::Evidence;

/// Added before the logarithm.
pub const EPSILON: f64 = 1e-12;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "attention_score",
    name: "Attention score",
    citation: "NeurIPS 2024, LLM-Check (openreview LYx4w3CAgy)",
    needs: &[Need::Attention],
    passes: 1,
    settings: &[("layer_of_depth", 0.5), ("epsilon", EPSILON)],
    note: "Layer ⌊L/2⌋ and sign as LM-Polygraph. It sums over prompt and answer by default, which follows the prompt's \
           length; as in the authors' code only the answer counts, and its mean. Their code sums over heads. The last \
           token is never fed and has no row: an answer of one token has no score.",
    score,
};

/// −mean over heads and tokens of ln(a_tt).
fn score(evidence: &Evidence) -> f64 {
    let middle = evidence.attention.as_ref().and_then(|a| a.nearest(a.depth / 2));
    let Some(layer) = middle else { return f64::NAN };
    // The first entry is the last prompt position's.
    let head = |head: &Vec<f64>| -support::mean(head[1..].iter().map(|a| (a + EPSILON).ln()));
    support::mean(layer.to_self.iter().map(head))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::tests::attentive;

    #[test]
    fn known_and_undefined_values() {
        let own = vec![vec![0.9, 0.5, 0.25], vec![0.1, 1.0, 0.125]];
        // Heads: (ln 2 + ln 4)/2 and (0 + ln 8)/2.
        let want = (3.0 * 2f64.ln() / 2.0 + 3.0 * 2f64.ln() / 2.0) / 2.0;
        let e = attentive(&[-0.1; 3], 5, &[(2, own.clone())]);
        assert!((METHOD.value(&e) - want).abs() < 1e-9);
        assert!(METHOD.value(&attentive(&[-0.1; 3], 6, &[(2, own)])).is_nan(), "layer 3 was not looked at");
        // Of layers 1, 2 and 3 of six, only the first has attention.
        let mut between = attentive(&[-0.1; 3], 6, &[(1, vec![vec![0.9, 0.5, 0.25], vec![0.1, 1.0, 0.125]])]);
        assert!(METHOD.value(&between).is_nan(), "layer 3 was not looked at");
        between.attention.as_mut().unwrap().without = vec![2, 3];
        assert!(METHOD.value(&between).is_nan(), "nor was layer 4");
        between.attention.as_mut().unwrap().without = vec![2, 3, 4, 5];
        assert!((METHOD.value(&between) - want).abs() < 1e-9);
        assert!(METHOD.value(&attentive(&[-0.1], 1, &[(0, vec![vec![0.9]])])).is_nan());
        assert!(
            (METHOD.value(&attentive(&[-0.1; 2], 1, &[(0, vec![vec![0.9, 0.0]])])) - 27.631021).abs() < 1e-6,
            "floor"
        );
        assert!(METHOD.value(&attentive(&[-0.1; 2], 1, &[(0, vec![vec![0.9, f64::NAN]])])).is_nan());
        assert!(
            METHOD.value(&attentive(&[-0.1; 2], 1, &[(0, vec![vec![0.9]])])).is_nan(),
            "not in step with the tokens"
        );
    }
}
