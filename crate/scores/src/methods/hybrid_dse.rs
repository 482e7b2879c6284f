//! Hybrid DSE: discrete semantic entropy corrected for the meanings that few samples miss (arXiv 2509.14478).
//!
//! n samples, k clusters of which f₁ have one member: the number of meanings is |S| = max(k·n/(n − f₁), EigV), or EigV
//! alone when every cluster has one; q_i = k·p̂_i/|S|; H = −Σ q_i ln q_i / (1 − (1 − q_i)ⁿ).

use super::eigv;
use super::method::Method;
use super::need::Need;
use super::support::clusters::{Rule, of_samples, sizes};
use super::support::graph::weights;
use crate::evidence::Evidence;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "hybrid_dse",
    name: "Hybrid discrete semantic entropy",
    citation: "arXiv 2509.14478",
    needs: &[Need::Entailment],
    note: "Strict clustering as discrete_semantic_entropy; EigV as eigv. The formula is from secondary sources.",
    score,
    ..Method::BASE
};

/// 0 for one meaning.
fn score(evidence: &Evidence) -> f64 {
    match (of_samples(evidence, Rule::Strict), weights(evidence)) {
        (Some(clusters), Some(w)) => corrected(&sizes(&clusters), eigv::of_graph(&w)),
        _ => f64::NAN,
    }
}

/// H of cluster sizes and EigV.
fn corrected(sizes: &[usize], eigv: f64) -> f64 {
    let (n, k) = (sizes.iter().sum::<usize>() as f64, sizes.len() as f64);
    let meanings = meanings(sizes, eigv);
    let term = |&size: &usize| {
        // EigV is at least 1 and |S| at least k unless all are alone, so q ≤ 1 but for rounding; NaN stays.
        let q = k * size as f64 / n / meanings;
        let q = if q > 1.0 { 1.0 } else { q };
        // Chance that a meaning of probability q was drawn at all.
        -q * q.ln() / (1.0 - (1.0 - q).powf(n))
    };
    sizes.iter().map(term).sum::<f64>() + 0.0
}

/// |S|.
fn meanings(sizes: &[usize], eigv: f64) -> f64 {
    let (n, k) = (sizes.iter().sum::<usize>() as f64, sizes.len() as f64);
    let alone = sizes.iter().filter(|&&size| size == 1).count() as f64;
    let covered = k * n / (n - alone);
    // f₁ = n divides by zero. NaN stays.
    if covered.is_finite() && covered > eigv { covered } else { eigv }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::tests::{NEVER, SURELY, judged, spoken};

    #[test]
    fn known_values() {
        // methods.md §13.
        assert!((meanings(&[6, 2, 1, 1], 3.1) - 5.0).abs() < 1e-12);
        assert!((corrected(&[6, 2, 1, 1], 3.1) - 1.422660).abs() < 1e-6);
        assert_eq!(corrected(&[10], 1.0), 0.0);
        assert!((corrected(&[1; 10], 9.0) - 3.527703).abs() < 1e-6);
    }

    #[test]
    fn edges() {
        assert!(corrected(&[1], 1.0) == 0.0 && corrected(&[1], 1.0).is_sign_positive());
        assert!(corrected(&[2, 1], f64::NAN).is_nan());
        let mut e = spoken("a", &["a", "a", "a"]);
        e.entailment = Some(judged(4, &|_, _| SURELY));
        assert!(METHOD.value(&e).abs() < 1e-12);
        e = spoken("a", &["a", "b"]);
        e.entailment = Some(judged(3, &|_, _| NEVER));
        // Two singletons, EigV 2: q = ½ each, of which three in four are seen.
        assert!((METHOD.value(&e) - 2f64.ln() / 0.75).abs() < 1e-12);
        e.entailment = None;
        assert!(METHOD.value(&e).is_nan());
    }
}
