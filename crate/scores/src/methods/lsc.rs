//! LSC, lowest span confidence: the least probable span of the answer (arXiv 2601.19918). Neither diluted by a long
//! sure answer as perplexity is, nor thrown by one odd token as a minimum over tokens is.

use super::method::Method;
use super::support;
use crate::evidence::Evidence;

/// Lengths of the spans, tokens.
pub const WINDOWS: [usize; 3] = [2, 3, 5];

/// Registry entry.
pub const METHOD: Method = Method {
    id: "lsc",
    name: "Lowest span confidence",
    citation: "arXiv 2601.19918",
    settings: &[("shortest_window", WINDOWS[0] as f64), ("longest_window", WINDOWS[2] as f64)],
    note: "The paper's exact window rule is not verified; here windows of 2, 3 and 5 tokens and the geometric mean, as \
           an independent implementation has them, and the whole answer where it is shorter than a window.",
    score,
    ..Method::BASE
};

/// −min over spans of (1/n) Σ ln p; NaN without tokens.
fn score(evidence: &Evidence) -> f64 {
    let logprobs: Vec<f64> = evidence.tokens.iter().map(|t| t.logprob).collect();
    let lowest = |n: usize| {
        let spans = logprobs.windows(n.min(logprobs.len()).max(1));
        support::max(spans.map(|span| -support::mean(span.iter().copied())))
    };
    support::max(WINDOWS.into_iter().map(lowest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::tests::answer;

    #[test]
    fn known_value() {
        // methods.md §13.
        assert!(((-METHOD.value(&answer(&[-0.1, -2.0, -0.3, -0.05]))).exp() - 0.316637).abs() < 1e-6);
    }

    #[test]
    fn short_and_long_answers() {
        assert_eq!(METHOD.value(&answer(&[-0.5])), 0.5);
        assert_eq!(METHOD.value(&answer(&[0.0, 0.0])), 0.0);
        assert!(METHOD.value(&answer(&[])).is_nan());
        let mut long = vec![-0.01; 2000];
        long[1000] = -3.0;
        assert!((METHOD.value(&answer(&long)) - 1.505).abs() < 1e-12, "the window of two around the odd token");
        long[7] = f64::NAN;
        assert!(METHOD.value(&answer(&long)).is_nan());
    }
}
