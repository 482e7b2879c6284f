//! Quality of a ranking in one number.

/// Area under the ROC curve: the probability that a positive outranks a negative, ties counting one half (the
/// Mann–Whitney statistic). NaN without both classes, for a NaN score, or when the lengths differ.
pub fn auroc(scores: &[f64], positive: &[bool]) -> f64 {
    let n = scores.len();
    let positives = positive.iter().filter(|&&p| p).count();
    if n != positive.len() || scores.iter().any(|s| s.is_nan()) {
        return f64::NAN;
    }
    let order = super::order(scores);
    let mut ranks = 0.0; // of the positives, from 1
    let mut first = 0;
    // `==` and not the order's own notion of equality: −0 ties with 0.
    for tie in order.chunk_by(|&a, &b| scores[a] == scores[b]) {
        let rank = first as f64 + (tie.len() as f64 + 1.0) / 2.0;
        ranks += rank * tie.iter().filter(|&&i| positive[i]).count() as f64;
        first += tie.len();
    }
    let (p, q) = (positives as f64, (n - positives) as f64);
    (ranks - p * (p + 1.0) / 2.0) / (p * q)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_value() {
        // methods.md §13.
        let wrong = [false, false, true, true, false];
        assert!((auroc(&[0.1, 0.4, 0.35, 0.8, 0.2], &wrong) - 0.833333).abs() < 1e-6);
    }

    #[test]
    fn equals_the_count_of_pairs() {
        // A multiplicative generator is enough for scores with many ties.
        let mut state = 1u64;
        let mut next = |n| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 33) % n
        };
        let scores: Vec<f64> = (0..60).map(|_| next(9) as f64 - 4.0).collect();
        let positive: Vec<bool> = (0..60).map(|_| next(3) == 0).collect();
        let (mut wins, mut pairs) = (0.0, 0.0);
        for i in (0..60).filter(|&i| positive[i]) {
            for j in (0..60).filter(|&j| !positive[j]) {
                pairs += 1.0;
                wins += if scores[i] > scores[j] { 1.0 } else { 0.0 } + if scores[i] == scores[j] { 0.5 } else { 0.0 };
            }
        }
        assert!((auroc(&scores, &positive) - wins / pairs).abs() < 1e-12);
    }

    #[test]
    fn edges() {
        assert!(auroc(&[], &[]).is_nan());
        assert!(auroc(&[1.0, 2.0], &[true, true]).is_nan());
        assert!(auroc(&[1.0, f64::NAN], &[true, false]).is_nan());
        assert!(auroc(&[1.0], &[true, false]).is_nan());
        assert_eq!(auroc(&[0.0, -0.0], &[true, false]), 0.5);
        assert_eq!(auroc(&[f64::INFINITY, f64::NEG_INFINITY], &[true, false]), 1.0);
    }
}
