//! Number of semantic sets: connected components of the graph that joins two samples when in both directions entailment
//! is more probable than contradiction (arXiv 2305.19187).

use super::method::Method;
use super::need::Need;
use super::support::clusters::{finite, firsts};
use crate::evidence::Evidence;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "num_set",
    name: "Number of semantic sets",
    citation: "arXiv 2305.19187",
    needs: &[Need::Entailment],
    note: "As UQ-NLG and LM-Polygraph; samples of equal text are one without being judged.",
    score,
    ..Method::BASE
};

/// 1 … K.
fn score(evidence: &Evidence) -> f64 {
    let Some(judged) = evidence.entailment.as_ref().filter(|judged| finite(judged, 1)) else { return f64::NAN };
    let first = firsts(evidence, judged.len() - 1);
    let more = |i: usize, j: usize| judged[i + 1][j + 1].entail > judged[i + 1][j + 1].contradict;
    components(&first, &|i, j| more(i, j) && more(j, i)) as f64
}

/// Components among the answers that are the first of their text.
fn components(first: &[usize], joined: &dyn Fn(usize, usize) -> bool) -> usize {
    let mut open: Vec<usize> = (0..first.len()).filter(|&i| first[i] == i).collect();
    let mut count = 0;
    while let Some(start) = open.pop() {
        let mut reached = vec![start];
        while let Some(i) = reached.pop() {
            let (near, far) = open.into_iter().partition(|&j| joined(i, j));
            open = far;
            reached.extend::<Vec<usize>>(near);
        }
        count += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::tests::{NO, YES, judged, spoken};

    #[test]
    fn components_are_counted() {
        // 0–1, 1–2 hang together although 0–2 do not; 3 stands alone.
        let chain = |i: usize, j: usize| i.abs_diff(j) == 1 && i.max(j) < 3;
        assert_eq!(components(&[0, 1, 2, 3], &chain), 2);
        assert_eq!(components(&[0, 0, 2, 0], &|_, _| false), 2);
        assert_eq!(components(&[], &chain), 0);
        let mut e = spoken("a", &["a", "b", "c"]);
        e.entailment = Some(judged(4, &|_, _| NO));
        assert_eq!(METHOD.value(&e), 3.0);
        e.entailment = Some(judged(4, &|i, j| if i < j { YES } else { NO }));
        assert_eq!(METHOD.value(&e), 3.0, "one direction is not enough");
        e.entailment = Some(judged(4, &|_, _| YES));
        assert_eq!(METHOD.value(&e), 1.0);
    }
}
