//! Abstaining where a score is high: what training has to beat, because it costs nothing but the score.
//!
//! Questions of equal score have no order. Where the wished number of answers ends within such a group, which of them are
//! answered is left to the lot, and what is said is the exact expectation over it ([`super::random`]).

use super::outcome::Tally;
use super::random::{Expected, expected};
use crate::statistics::order;
use crate::statistics::ranking::Ranking;

/// Values of τ that are tried for entropies, in nats: those of the paper, nine equally spaced ones.
pub const GRID: [f64; 9] = [0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 2.25];

/// Questions in the order in which a score gives them up; higher is less sure.
pub struct Ranked {
    ranking: Ranking,
    wrong: Vec<bool>,
}

impl Ranked {
    /// A score that is no number is less sure than all others.
    pub fn new(scores: &[f64], right: &[bool]) -> Self {
        let scores: Vec<f64> = scores.iter().map(|&score| if score.is_nan() { f64::INFINITY } else { score }).collect();
        Self { ranking: Ranking::new(&scores), wrong: right.iter().map(|right| !right).collect() }
    }

    /// Answering the surest `answered` of the questions, or all, where question i counts `times[i]` times.
    pub fn at(&self, answered: usize, times: &[usize]) -> Expected {
        let (mut sure, mut tied, mut drawn, mut left) = (Tally::default(), Tally::default(), 0, answered);
        for tie in self.ranking.ties(&self.wrong, times) {
            let right = tie.count - tie.wrong;
            if tie.count <= left {
                (sure.right, sure.wrong) = (sure.right + right, sure.wrong + tie.wrong);
                left -= tie.count;
            } else if left > 0 {
                tied = Tally { right, wrong: tie.wrong, refused: 0 };
                (drawn, left) = (left, 0);
            } else {
                sure.refused += tie.count;
            }
        }
        expected(sure, tied, drawn)
    }
}

/// A threshold: what scores at most `tau` is answered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Threshold {
    /// Highest score of an answer that is given.
    pub tau: f64,
    /// What becomes of the questions that it was chosen by.
    pub tally: Tally,
}

/// What becomes of judged questions if those that score at most `tau` are answered.
pub fn at(scores: &[f64], right: &[bool], tau: f64) -> Threshold {
    let mut tally = Tally::default();
    for (&score, &right) in scores.iter().zip(right) {
        match (score <= tau, right) {
            (true, true) => tally.right += 1,
            (true, false) => tally.wrong += 1,
            (false, _) => tally.refused += 1,
        }
    }
    Threshold { tau, tally }
}

/// The value of `grid`, which rises, with the least accuracy–engagement distance; the smallest of equals. `None` without
/// questions or values.
pub fn best(scores: &[f64], right: &[bool], grid: &[f64]) -> Option<Threshold> {
    let all = grid.iter().map(|&tau| at(scores, right, tau));
    let best = all.reduce(|best, next| if next.tally.aed() < best.tally.aed() { next } else { best })?;
    (best.tally.questions() > 0).then_some(best)
}

/// The τ that answers about the wished share of questions like these, of which nobody has to know the right answer, and the
/// share that it does answer: equal scores are answered together or not at all. It lies midway between two scores, so that
/// rounding does not move a question across; of two that miss the wish by as much, the one that answers less. `None`
/// without scores.
pub fn for_engagement(scores: &[f64], wished: f64) -> Option<(f64, f64)> {
    let order = order(scores);
    let n = scores.len() as f64;
    let (mut best, mut below): (Option<(f64, f64)>, usize) = (None, 0);
    let missed = |share: f64| (share - wished).abs();
    let mut groups = order.chunk_by(|&a, &b| scores[a] == scores[b]).peekable();
    // Nothing is answered below the least score.
    let mut offer = |tau: f64, share: f64| {
        if tau.is_finite() && best.is_none_or(|(_, other)| missed(share) < missed(other) - 1e-12) {
            best = Some((tau, share));
        }
    };
    offer(scores[*order.first()?] - 1.0, 0.0);
    while let Some(group) = groups.next() {
        below += group.len();
        let here = scores[group[0]];
        let next = groups.peek().map(|next| scores[next[0]]).filter(|next| next.is_finite());
        offer(next.map_or(here, |next| here + (next - here) / 2.0), below as f64 / n);
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_surest_are_answered() {
        let right = [true, true, false, true, false];
        let ranked = Ranked::new(&[0.1, 0.2, 0.3, 0.4, f64::NAN], &right);
        let of = |answered: usize| ranked.at(answered, &[1; 5]);
        let tally = |right: usize, wrong: usize| Tally { right, wrong, refused: 5 - right - wrong };
        for (answered, right, wrong) in [(0, 0, 0), (2, 2, 0), (3, 2, 1), (4, 3, 1), (5, 3, 2), (9, 3, 2)] {
            let found = of(answered);
            assert!((found.aed - tally(right, wrong).aed()).abs() < 1e-12 && found.deviation < 1e-7, "{answered}");
            assert_eq!((found.answered, found.questions), (right + wrong, 5));
        }
        // As often as they were drawn: the first three times, the second and third not at all.
        let drawn = ranked.at(4, &[3, 0, 0, 2, 0]);
        assert_eq!((drawn.answered, drawn.right, drawn.questions), (4, 4.0, 5));
    }

    #[test]
    fn among_equals_the_lot_decides() {
        // methods.md §13: one sure question that is right, and two of equal score of which one is right; two answers.
        let ranked = Ranked::new(&[0.0, 1.0, 1.0, 2.0], &[true, true, false, false]);
        let found = ranked.at(2, &[1; 4]);
        let of = |right: usize, wrong: usize| Tally { right, wrong, refused: 2 }.aed();
        assert!((found.aed - (of(2, 0) + of(1, 1)) / 2.0).abs() < 1e-12);
        assert!((found.aed - 0.456285).abs() < 1e-6 && (found.deviation - 0.102732).abs() < 1e-6);
        assert_eq!((found.right, found.accuracy(), found.engagement()), (1.5, 0.75, 0.5));
        // A score that says nothing is the lot.
        let constant = Ranked::new(&[7.0; 100], &(0..100).map(|i| i < 20).collect::<Vec<_>>());
        assert_eq!(constant.at(29, &[1; 100]), super::super::random::at(20, 100, 29));
    }

    #[test]
    fn tau_of_the_least_distance() {
        let scores: Vec<f64> = (0..40).map(|i| f64::from(i) / 20.0).collect();
        let right: Vec<bool> = scores.iter().map(|e| *e <= 1.1).collect();
        let found = best(&scores, &right, &GRID).unwrap();
        // 23 are right, with at most 1.1. τ = 1 lets 21 through; 1.25 all of them and three wrong ones: √(3² + 17²) is
        // less than 19.
        assert_eq!((found.tau, found.tally), (1.25, Tally { right: 23, wrong: 3, refused: 14 }));
        assert_eq!(best(&[], &[], &GRID), None);
        assert_eq!(best(&[1.0], &[true], &[]), None);
        assert_eq!(best(&[3.0], &[true], &GRID).unwrap().tau, 0.25, "nothing is answered by any: the smallest");
        assert_eq!(at(&[f64::NAN, 1.0], &[true, true], f64::INFINITY).tally.refused, 1, "no number is no answer");
    }

    #[test]
    fn tau_of_a_wished_engagement() {
        let scores = [0.0, 0.0, 0.0, 1.0, 2.0];
        let of = |wished: f64| for_engagement(&scores, wished).unwrap();
        assert_eq!(of(0.6), (0.5, 0.6));
        assert_eq!((of(0.8), of(1.0)), ((1.5, 0.8), (2.0, 1.0)));
        // Nothing between none and three of five: the nearer, and of equally near ones the one that answers less.
        assert_eq!((of(0.2), of(0.31), of(0.3)), ((-1.0, 0.0), (0.5, 0.6), (-1.0, 0.0)));
        assert_eq!(for_engagement(&[], 0.5), None);
        // What is no number is never answered.
        assert_eq!(for_engagement(&[1.0, f64::NAN], 1.0), Some((1.0, 0.5)));
        assert_eq!(for_engagement(&[f64::NAN], 1.0), None);
    }
}
