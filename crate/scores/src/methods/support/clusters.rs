//! Answers that mean the same (methods.md §3.2).
//!
//! Greedy: the first answer without a cluster opens one and takes every later answer without a cluster that means the
//! same as *it*; depends on the order by design. Nature's code also compares answers that already have a cluster and
//! moves them; leaving them alone differs only where the judgments are not transitive. Equal texts are compared once:
//! the first stands for all.

use crate::evidence::Evidence;
use crate::evidence::observed::Entailment;
use crate::lexical::distinct;

/// When two answers mean the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Each entails the other.
    Strict,
    /// Neither contradicts the other and at least one entails.
    Lax,
}

/// The most probable of the three; of equals contradiction before neutral before entailment, as `argmax` in the order
/// of the usual NLI models.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Contradict,
    Neutral,
    Entail,
}

impl Rule {
    /// Whether two answers mean the same.
    pub fn same(self, forward: &Entailment, backward: &Entailment) -> bool {
        let both = [verdict(forward), verdict(backward)];
        match self {
            Self::Strict => both == [Verdict::Entail; 2],
            Self::Lax => both.contains(&Verdict::Entail) && !both.contains(&Verdict::Contradict),
        }
    }
}

fn verdict(judged: &Entailment) -> Verdict {
    if judged.contradict >= judged.neutral.max(judged.entail) {
        Verdict::Contradict
    } else if judged.neutral >= judged.entail {
        Verdict::Neutral
    } else {
        Verdict::Entail
    }
}

/// Cluster of each of `first.len()` answers, counted from 0 in order of appearance. `first[i]` is the first answer with
/// the same text; `same` is asked for first ones i < j only.
pub fn cluster(first: &[usize], same: &dyn Fn(usize, usize) -> bool) -> Vec<usize> {
    let mut of: Vec<Option<usize>> = vec![None; first.len()];
    let mut count = 0;
    for i in 0..first.len() {
        if first[i] != i || of[i].is_some() {
            continue;
        }
        for j in i..first.len() {
            if first[j] == j && of[j].is_none() && (i == j || same(i, j)) {
                of[j] = Some(count);
            }
        }
        count += 1;
    }
    first.iter().map(|&i| of[i].unwrap_or(count)).collect()
}

/// By text the first equal one.
pub fn first_equal(texts: &[&str]) -> Vec<usize> {
    let (all, which) = distinct(texts);
    let mut first = vec![usize::MAX; all.len()];
    for (i, &text) in which.iter().enumerate() {
        first[text] = first[text].min(i);
    }
    which.iter().map(|&text| first[text]).collect()
}

/// Clusters of the samples; `None` when a judgment is no number. Needs the entailment matrix; texts are looked at where
/// there are any.
pub fn of_samples(evidence: &Evidence, rule: Rule) -> Option<Vec<usize>> {
    let judged = evidence.entailment.as_ref().filter(|judged| finite(judged, 1))?;
    let first = firsts(evidence, judged.len() - 1);
    Some(cluster(&first, &|i, j| rule.same(&judged[i + 1][j + 1], &judged[j + 1][i + 1])))
}

/// By sample the first of equal text; itself where there are no texts.
pub fn firsts(evidence: &Evidence, samples: usize) -> Vec<usize> {
    match evidence.sample_texts() {
        Some(texts) if !texts.is_empty() => first_equal(&texts),
        _ => (0..samples).collect(),
    }
}

/// Members of each cluster, the largest first: what is computed from equal sizes is then equal to the last bit, and ties
/// stay ties.
pub fn sizes(clusters: &[usize]) -> Vec<usize> {
    let mut sizes = vec![0; clusters.iter().max().map_or(0, |last| last + 1)];
    clusters.iter().for_each(|&c| sizes[c] += 1);
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    sizes
}

/// Whether all judgments are numbers, the diagonal aside, from row and column `from` on.
pub fn finite(judged: &[Vec<Entailment>], from: usize) -> bool {
    let number = |e: &Entailment| e.entail.is_finite() && e.neutral.is_finite() && e.contradict.is_finite();
    let row = |(i, row): (usize, &Vec<Entailment>)| row.iter().enumerate().skip(from).all(|(j, e)| i == j || number(e));
    judged.iter().enumerate().skip(from).all(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    const YES: Entailment = Entailment { entail: 0.8, neutral: 0.1, contradict: 0.1 };
    const MAYBE: Entailment = Entailment { entail: 0.1, neutral: 0.8, contradict: 0.1 };
    const NO: Entailment = Entailment { entail: 0.1, neutral: 0.1, contradict: 0.8 };

    #[test]
    fn rules() {
        let both = |a, b| (Rule::Strict.same(&a, &b), Rule::Lax.same(&a, &b));
        assert_eq!(both(YES, YES), (true, true));
        assert_eq!((both(YES, MAYBE), both(MAYBE, YES)), ((false, true), (false, true)));
        assert_eq!(
            (both(MAYBE, MAYBE), both(YES, NO), both(NO, YES)),
            ((false, false), (false, false), (false, false))
        );
        let tie = Entailment { entail: 0.5, neutral: 0.0, contradict: 0.5 };
        assert_eq!(both(tie, tie), (false, false));
    }

    #[test]
    fn greedy_by_first_member() {
        // 0 = 1, 1 = 2, but 0 ≠ 2; 3 has the text of 1 and follows it without being asked about.
        let same = |i: usize, j: usize| {
            assert!(i < 3 && j < 3);
            i + 1 == j
        };
        assert_eq!(cluster(&[0, 1, 2, 1], &same), [0, 0, 1, 0]);
        assert_eq!((sizes(&[0, 0, 1, 0]), sizes(&[0, 1, 1, 2])), (vec![3, 1], vec![2, 1, 1]));
        assert_eq!(first_equal(&["a", "b", "a", "", "b", ""]), [0, 1, 0, 3, 1, 3]);
        assert_eq!((cluster(&[], &same), sizes(&[])), (vec![], vec![]));
    }
}
