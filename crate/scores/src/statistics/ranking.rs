//! Quality of a ranking from its ties alone: sort once, then every resample is a pass.
//!
//! Answers with equal scores have no order, so each number is its mean over all orders within ties; packages that sort
//! give one of these orders. Wrong answers are the positives.

/// Shares of answers kept, of [`aurac`]: 20 from 0.1 to 1 (Farquhar et al., Nature 2024).
const SHARES: usize = 20;
/// Points of a curve, about.
const POINTS: f64 = 100.0;

/// Answers with equal scores.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tie {
    /// How many.
    pub count: usize,
    /// Of these, wrong.
    pub wrong: usize,
}

/// The order of scores.
#[derive(Clone, Debug)]
pub struct Ranking {
    /// By answer: its tie, from the least score up.
    tie: Vec<usize>,
    ties: usize,
}

impl Ranking {
    /// Of scores without NaN.
    pub fn new(scores: &[f64]) -> Self {
        let mut order: Vec<usize> = (0..scores.len()).collect();
        order.sort_by(|&a, &b| scores[a].total_cmp(&scores[b]));
        let (mut tie, mut ties) = (vec![0; scores.len()], 0);
        // `==` and not the order's own notion of equality: −0 ties with 0.
        for equal in order.chunk_by(|&a, &b| scores[a] == scores[b]) {
            equal.iter().for_each(|&i| tie[i] = ties);
            ties += 1;
        }
        Self { tie, ties }
    }

    /// The ties, from the least score up, where answer i counts `times[i]` times.
    pub fn ties(&self, wrong: &[bool], times: &[usize]) -> Vec<Tie> {
        let mut ties = vec![Tie::default(); self.ties];
        for ((&tie, &wrong), &times) in self.tie.iter().zip(wrong).zip(times) {
            ties[tie].count += times;
            ties[tie].wrong += if wrong { times } else { 0 };
        }
        ties
    }

    /// Mean rank of each tie, from 1, where answer i counts `times[i]` times.
    fn ranks(&self, times: &[usize]) -> Vec<f64> {
        let mut counts = vec![0; self.ties];
        self.tie.iter().zip(times).for_each(|(&tie, &times)| counts[tie] += times);
        let mut below = 0;
        let rank = |count: usize| {
            below += count;
            below as f64 - (count as f64 - 1.0) / 2.0
        };
        counts.into_iter().map(rank).collect()
    }
}

/// Answers and wrong ones.
pub fn totals(ties: &[Tie]) -> Tie {
    ties.iter().fold(Tie::default(), |sum, tie| Tie { count: sum.count + tie.count, wrong: sum.wrong + tie.wrong })
}

/// Pairs of a wrong and a right answer that are in order, ties counting one half, and all such pairs.
pub fn pairs(ties: &[Tie]) -> (f64, f64) {
    let (mut ordered, mut right) = (0.0, 0.0);
    for tie in ties {
        let here = (tie.count - tie.wrong) as f64;
        ordered += tie.wrong as f64 * (right + here / 2.0);
        right += here;
    }
    (ordered, right * totals(ties).wrong as f64)
}

/// Probability that a wrong answer has the higher score. NaN without both kinds.
pub fn auroc(ties: &[Tie]) -> f64 {
    let (ordered, all) = pairs(ties);
    ordered / all
}

/// Average precision of finding wrong answers from the highest score down, as scikit-learn sums it. NaN without wrong
/// answers.
pub fn auprc(ties: &[Tie]) -> f64 {
    let (mut found, mut sum) = (Tie::default(), 0.0);
    for tie in ties.iter().rev().filter(|tie| tie.count > 0) {
        found = Tie { count: found.count + tie.count, wrong: found.wrong + tie.wrong };
        sum += tie.wrong as f64 * found.wrong as f64 / found.count as f64;
    }
    sum / found.wrong as f64
}

/// Mean wrong answers among the k that have the least scores, k = 1..=n.
fn errors(ties: &[Tie]) -> impl Iterator<Item = f64> + '_ {
    let mut before = 0.0;
    ties.iter().flat_map(move |tie| {
        let (begin, share) = (before, tie.wrong as f64 / tie.count as f64);
        before += tie.wrong as f64;
        (1..=tie.count).map(move |k| begin + share * k as f64)
    })
}

/// Area under risk against coverage, (1/n) Σ_k errors among the k least uncertain / k (Geifman and El-Yaniv 2017). NaN
/// without answers.
pub fn aurc(ties: &[Tie]) -> f64 {
    let risks = errors(ties).enumerate().map(|(before, errors)| errors / (before + 1) as f64);
    risks.sum::<f64>() / totals(ties).count as f64
}

/// Mean accuracy of what is kept when all answers up to a quantile of the scores are, over 20 quantiles from 0.1 to 1 (the
/// code of Farquhar et al. 2024 sums the same accuracies times their distance of 0.047: 0.947 of this). NaN without
/// answers.
pub fn aurac(ties: &[Tie]) -> f64 {
    let n = totals(ties).count;
    let (mut kept, mut next, mut sum) = (Tie::default(), ties.iter(), 0.0);
    for share in 0..SHARES {
        // Which answer the quantile 0.1 + 0.9·share/19 of n numbers reaches; whole numbers do not round.
        let last = n.saturating_sub(1) * (SHARES - 1 + 9 * share) / (10 * (SHARES - 1));
        while kept.count <= last {
            let Some(tie) = next.next() else { break };
            kept = Tie { count: kept.count + tie.count, wrong: kept.wrong + tie.wrong };
        }
        sum += (kept.count - kept.wrong) as f64 / kept.count as f64;
    }
    sum / SHARES as f64
}

/// Prediction rejection ratio of LM-Polygraph: the mean accuracy of what is kept while up to `most` of the answers are
/// rejected one by one, 0 at its value for a random order and 1 at that of an oracle. A random order has its exact
/// expectation here; LM-Polygraph draws 1000. NaN when all are right or all wrong, or nothing may be rejected.
pub fn prr(ties: &[Tie], most: f64) -> f64 {
    let Tie { count, wrong } = totals(ties);
    let rejected = (most * count as f64) as usize;
    let begin = count - rejected.min(count);
    let area = |errors: &mut dyn Iterator<Item = f64>| {
        let accuracies = errors.enumerate().skip(begin).map(|(before, errors)| 1.0 - errors / (before + 1) as f64);
        accuracies.sum::<f64>() / rejected as f64
    };
    let right = count - wrong;
    let oracle = area(&mut (1..=count).map(|k| k.saturating_sub(right) as f64));
    let random = right as f64 / count as f64;
    if right == 0 || wrong == 0 { f64::NAN } else { (area(&mut errors(ties)) - random) / (oracle - random) }
}

/// Spearman's correlation of two rankings of the same answers: Pearson's of mean ranks. NaN when either is constant.
pub fn spearman(a: &Ranking, b: &Ranking, times: &[usize]) -> f64 {
    let (ranks_a, ranks_b) = (a.ranks(times), b.ranks(times));
    let n: usize = times.iter().sum();
    let middle = (n as f64 + 1.0) / 2.0;
    let (mut both, mut own_a, mut own_b) = (0.0, 0.0, 0.0);
    for ((&a, &b), &times) in a.tie.iter().zip(&b.tie).zip(times) {
        let (a, b, times) = (ranks_a[a] - middle, ranks_b[b] - middle, times as f64);
        both += times * a * b;
        own_a += times * a * a;
        own_b += times * b * b;
    }
    both / (own_a * own_b).sqrt()
}

/// `[right answers above the threshold, wrong answers above it]` as shares, from (0, 0) to (1, 1); empty without both
/// kinds.
pub fn roc(ties: &[Tie]) -> Vec<[f64; 2]> {
    let all = totals(ties);
    let (right, wrong) = ((all.count - all.wrong) as f64, all.wrong as f64);
    if right == 0.0 || wrong == 0.0 {
        return Vec::new();
    }
    let mut above = Tie::default();
    let points = ties.iter().rev().map(|tie| {
        above = Tie { count: above.count + tie.count, wrong: above.wrong + tie.wrong };
        [(above.count - above.wrong) as f64 / right, above.wrong as f64 / wrong]
    });
    thin(std::iter::once([0.0, 0.0]).chain(points), |[x, y]| (x + y) / 2.0)
}

/// `[coverage, share of wrong answers among what is kept]`, coverage rising to 1.
pub fn risk_coverage(ties: &[Tie]) -> Vec<[f64; 2]> {
    let n = totals(ties).count as f64;
    let mut kept = Tie::default();
    let points = ties.iter().filter(|tie| tie.count > 0).map(|tie| {
        kept = Tie { count: kept.count + tie.count, wrong: kept.wrong + tie.wrong };
        [kept.count as f64 / n, kept.wrong as f64 / kept.count as f64]
    });
    thin(points, |[coverage, _]| coverage)
}

/// The first point, the last, and those between that have gone far enough along the curve.
fn thin(points: impl Iterator<Item = [f64; 2]>, along: fn([f64; 2]) -> f64) -> Vec<[f64; 2]> {
    let mut kept: Vec<[f64; 2]> = Vec::new();
    let mut passed = None;
    for point in points {
        passed = Some(point);
        if kept.last().is_none_or(|&last| along(point) >= along(last) + 1.0 / POINTS) {
            kept.push(point);
        }
    }
    kept.extend(passed.filter(|point| kept.last() != Some(point)));
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics;
    use proptest::prelude::*;

    fn ties(scores: &[f64], wrong: &[bool]) -> Vec<Tie> {
        Ranking::new(scores).ties(wrong, &vec![1; scores.len()])
    }

    proptest! {
        #[test]
        fn counting_twice_is_listing_twice(
            data in prop::collection::vec((-4i32..4, any::<bool>(), 0usize..4), 2..60),
        ) {
            let of = |data: &[(i32, bool, usize)]| -> (Vec<f64>, Vec<bool>, Vec<usize>) {
                let scores = data.iter().map(|d| f64::from(d.0)).collect();
                (scores, data.iter().map(|d| d.1).collect(), data.iter().map(|d| d.2).collect())
            };
            let listed: Vec<_> = data.iter().flat_map(|&d| std::iter::repeat_n(d, d.2)).collect();
            let ((scores, wrong, times), (long, long_wrong, _)) = (of(&data), of(&listed));
            let (short, long) = (Ranking::new(&scores).ties(&wrong, &times), ties(&long, &long_wrong));
            let same = |a: f64, b: f64| (a - b).abs() < 1e-12 || (a.is_nan() && b.is_nan());
            for metric in [auroc, auprc, aurc, aurac, |t: &[Tie]| prr(t, 1.0), |t: &[Tie]| prr(t, 0.5)] {
                prop_assert!(same(metric(&short), metric(&long)));
            }
            let expanded: Vec<f64> = listed.iter().map(|d| f64::from(d.0)).collect();
            prop_assert!(same(auroc(&long), statistics::auroc(&expanded, &long_wrong)));
            prop_assert_eq!(risk_coverage(&short), risk_coverage(&long));
            prop_assert_eq!(roc(&short), roc(&long));
        }
    }

    #[test]
    fn oracle_and_constant() {
        let wrong = [false, true, false, true, true];
        let oracle = ties(&[0.0, 1.0, 0.0, 1.0, 1.0], &wrong);
        assert_eq!((auroc(&oracle), auprc(&oracle)), (1.0, 1.0));
        assert!((prr(&oracle, 1.0) - 1.0).abs() < 1e-12);
        let constant = ties(&[3.0; 5], &wrong);
        assert_eq!((auroc(&constant), auprc(&constant)), (0.5, 0.6));
        assert!((aurc(&constant) - 0.6).abs() < 1e-12 && (aurac(&constant) - 0.4).abs() < 1e-12);
        assert!(prr(&constant, 1.0).abs() < 1e-12);
        assert_eq!(risk_coverage(&constant), [[1.0, 0.6]]);
    }

    #[test]
    fn undefined() {
        for right in [ties(&[1.0, 2.0], &[false, false]), ties(&[1.0, 2.0], &[true, true]), ties(&[], &[])] {
            assert!(auroc(&right).is_nan() && prr(&right, 1.0).is_nan() && roc(&right).is_empty());
        }
        assert!(auprc(&ties(&[1.0], &[false])).is_nan() && prr(&ties(&[1.0, 2.0], &[true, false]), 0.2).is_nan());
        assert!(aurc(&[]).is_nan() && aurac(&[]).is_nan() && risk_coverage(&[]).is_empty());
        let (constant, rising) = (Ranking::new(&[1.0; 3]), Ranking::new(&[1.0, 2.0, 3.0]));
        assert!(spearman(&constant, &rising, &[1; 3]).is_nan());
        assert_eq!(spearman(&rising, &rising, &[1, 0, 2]), 1.0);
    }

    #[test]
    fn curves_are_short_and_complete() {
        let scores: Vec<f64> = (0..5000).map(|i| f64::from(i * 7919 % 5000)).collect();
        let wrong: Vec<bool> = (0..5000).map(|i| i % 3 == 0).collect();
        let ties = ties(&scores, &wrong);
        let (roc, risk) = (roc(&ties), risk_coverage(&ties));
        assert!(roc.len() <= 102 && risk.len() <= 102);
        assert_eq!((roc[0], roc[roc.len() - 1]), ([0.0, 0.0], [1.0, 1.0]));
        assert_eq!(risk[risk.len() - 1], [1.0, 1667.0 / 5000.0]);
    }
}
