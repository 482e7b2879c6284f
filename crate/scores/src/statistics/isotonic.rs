//! Isotonic regression: the falling map from score to share of right answers that fits best in squares, by pooling
//! adjacent violators (Ayer et al. 1955; Zadrozny and Elkan 2002 for calibration).
//!
//! Between two pools the map is interpolated linearly, as scikit-learn does: a step would turn the smallest change of a
//! score into a jump of confidence, and where between two observed scores it lies is unknown anyway. Scores seen in
//! fitting get exactly their pool's share; beyond the outermost scores the map is constant.

use super::calibration::sorted;

/// A falling map, as its knots: both ends of every pool.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Isotonic {
    /// Rising.
    pub scores: Vec<f64>,
    /// Falling, in [0, 1]; as many as `scores`.
    pub confidence: Vec<f64>,
}

/// Neighbors in score order with one common share.
struct Pool {
    right: f64,
    count: f64,
    first: f64,
    last: f64,
}

/// Fits the map to scores (higher = less sure) and whether each answer was right. Equal scores are one pool from the
/// start; scores that are no finite numbers are left out. Without any, the map is empty.
pub fn fit(scores: &[f64], right: &[bool]) -> Isotonic {
    let mut points = sorted(scores, right);
    points.retain(|point| point.0.is_finite());
    let mut pools: Vec<Pool> = Vec::new();
    // `==` and not the order's own notion of equality: −0 ties with 0.
    for tie in points.chunk_by(|a, b| a.0 == b.0) {
        let right = tie.iter().filter(|point| point.1).count() as f64;
        let mut pool = Pool { right, count: tie.len() as f64, first: tie[0].0, last: tie[0].0 };
        // A share that does not fall is pooled with the one before.
        while let Some(before) = pools.pop_if(|before| before.right * pool.count <= pool.right * before.count) {
            pool.right += before.right;
            pool.count += before.count;
            pool.first = before.first;
        }
        pools.push(pool);
    }
    let mut map = Isotonic::default();
    for pool in &pools {
        let share = pool.right / pool.count;
        map.scores.push(pool.first);
        map.confidence.push(share);
        if pool.last > pool.first {
            map.scores.push(pool.last);
            map.confidence.push(share);
        }
    }
    map
}

impl Isotonic {
    /// The confidence for a score. NaN for a NaN, and from an empty map.
    pub fn apply(&self, score: f64) -> f64 {
        let above = self.scores.partition_point(|&knot| knot < score);
        let knot = |i: usize| Some((*self.scores.get(i)?, *self.confidence.get(i)?));
        let before = above.checked_sub(1).and_then(knot);
        match (before, knot(above)) {
            _ if score.is_nan() => f64::NAN,
            (Some((x, p)), Some((y, q))) => p + (q - p) * ((score - x) / (y - x)),
            (Some((_, p)), None) | (None, Some((_, p))) => p,
            (None, None) => f64::NAN,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn pools_what_does_not_fall() {
        // Shares 1, then (0, 1) pooled to 1/2, then 0.
        let map = fit(&[1.0, 2.0, 3.0, 4.0], &[true, false, true, false]);
        assert_eq!(map.scores, [1.0, 2.0, 3.0, 4.0]);
        assert_eq!(map.confidence, [1.0, 0.5, 0.5, 0.0]);
        assert_eq!(map.apply(2.0), 0.5);
        assert_eq!(map.apply(1.5), 0.75, "halfway between two pools");
        assert_eq!((map.apply(-9.0), map.apply(9.0)), (1.0, 0.0));
        assert_eq!((map.apply(f64::INFINITY), map.apply(f64::NEG_INFINITY)), (0.0, 1.0));
    }

    #[test]
    fn ties_are_one_pool() {
        let map = fit(&[1.0, 1.0, 0.0, -0.0, 1.0], &[true, false, true, true, false]);
        assert_eq!(map.scores, [0.0, 1.0]);
        assert_eq!(map.confidence, [1.0, 1.0 / 3.0]);
    }

    #[test]
    fn edges() {
        assert!(fit(&[], &[]).apply(1.0).is_nan());
        assert!(fit(&[f64::NAN, f64::INFINITY], &[true, true]).apply(1.0).is_nan());
        let one = fit(&[2.0, f64::NAN], &[true, false]);
        assert_eq!((one.apply(0.0), one.apply(2.0), one.apply(5.0)), (1.0, 1.0, 1.0));
        assert!(one.apply(f64::NAN).is_nan());
        // Answers that are all right, or all wrong, make a constant map.
        assert_eq!(fit(&[1.0, 2.0, 3.0], &[false; 3]).confidence, [0.0, 0.0]);
    }

    proptest! {
        #[test]
        fn falls_stays_between_0_and_1_and_keeps_the_mean(
            data in prop::collection::vec((-8i32..8, any::<bool>()), 1..80), x in -10f64..10.0, y in -10f64..10.0,
        ) {
            let scores: Vec<f64> = data.iter().map(|d| f64::from(d.0) / 2.0).collect();
            let right: Vec<bool> = data.iter().map(|d| d.1).collect();
            let map = fit(&scores, &right);
            let (low, high) = (map.apply(x.max(y)), map.apply(x.min(y)));
            prop_assert!((0.0..=1.0).contains(&low) && low <= high && high <= 1.0);
            let mean: f64 = scores.iter().map(|&s| map.apply(s)).sum();
            prop_assert!((mean - right.iter().filter(|&&r| r).count() as f64).abs() < 1e-9);
        }
    }
}
