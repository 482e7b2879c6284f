//! How much of a ranking is the length of answers: scores that follow it look good where long answers are wrong.

use super::ranking::{Ranking, pairs};

/// Groups of answers of about equal length.
pub const STRATA: usize = 10;

/// AUROC over pairs within groups of like length: what a score knows beyond length.
#[derive(Clone, Debug)]
pub struct WithinLength {
    /// By group: its answers, and their order.
    strata: Vec<(Vec<usize>, Ranking)>,
}

impl WithinLength {
    /// Tenths of the answers by number of tokens, answers of equal length together (fewer groups then).
    pub fn new(scores: &[f64], tokens: &[usize]) -> Self {
        let mut order: Vec<usize> = (0..tokens.len().min(scores.len())).collect();
        order.sort_by_key(|&i| tokens[i]);
        let mut strata: Vec<Vec<usize>> = Vec::new();
        let mut before = 0;
        for equal in order.chunk_by(|&a, &b| tokens[a] == tokens[b]) {
            // A length belongs to the tenth in which its middle answer lies.
            let tenth = (before + equal.len() / 2) * STRATA / order.len();
            before += equal.len();
            strata.resize(strata.len().max(tenth + 1), Vec::new());
            strata[tenth].extend(equal);
        }
        let rank = |answers: Vec<usize>| {
            let scores: Vec<f64> = answers.iter().map(|&i| scores[i]).collect();
            (answers, Ranking::new(&scores))
        };
        Self { strata: strata.into_iter().map(rank).collect() }
    }

    /// Share of the pairs of a wrong and a right answer of one group that are in order, ties counting one half, where
    /// answer i counts `times[i]` times. NaN without such pairs.
    pub fn auroc(&self, wrong: &[bool], times: &[usize]) -> f64 {
        let (mut ordered, mut all) = (0.0, 0.0);
        for (answers, ranking) in &self.strata {
            let wrong: Vec<bool> = answers.iter().map(|&i| wrong[i]).collect();
            let times: Vec<usize> = answers.iter().map(|&i| times[i]).collect();
            let (here, of) = pairs(&ranking.ties(&wrong, &times));
            ordered += here;
            all += of;
        }
        ordered / all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_alone_is_worth_nothing() {
        // The score is the length, and long answers are wrong more often.
        let tokens: Vec<usize> = (0..400).map(|i| 1 + i % 40).collect();
        let mut state = 1u64;
        let mut below = |n: u64| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 33) % n
        };
        let wrong: Vec<bool> = tokens.iter().map(|&n| below(40) < n as u64).collect();
        let score: Vec<f64> = tokens.iter().map(|&n| n as f64).collect();
        let times = vec![1; 400];
        let plain = crate::statistics::auroc(&score, &wrong);
        let within = WithinLength::new(&score, &tokens).auroc(&wrong, &times);
        assert!(plain > 0.8, "{plain}");
        assert!((within - 0.5).abs() < 0.1, "{within}");
        // Groups of one length each: nothing remains at all.
        let coarse: Vec<usize> = tokens.iter().map(|n| n / 10).collect();
        let score: Vec<f64> = coarse.iter().map(|&n| n as f64).collect();
        assert_eq!(WithinLength::new(&score, &coarse).auroc(&wrong, &times), 0.5);
    }

    #[test]
    fn edges() {
        assert!(WithinLength::new(&[], &[]).auroc(&[], &[]).is_nan());
        // No two answers of like length.
        let tokens: Vec<usize> = (0..10).collect();
        let apart = WithinLength::new(&[1.0; 10], &tokens);
        assert!(apart.auroc(&[true, false, true, false, true, false, true, false, true, false], &[1; 10]).is_nan());
        // One length: the plain AUROC.
        let all = WithinLength::new(&[3.0, 1.0, 2.0], &[5; 3]);
        assert_eq!(all.auroc(&[true, false, false], &[1; 3]), 1.0);
    }
}
