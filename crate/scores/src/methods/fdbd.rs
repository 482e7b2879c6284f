//! fDBD, a geometric score at the head: how far the final hidden state is from the borders to other tokens
//! (arXiv 2602.07253).

use super::method::Method;
use super::need::Need;
use super::support;
use crate::evidence::Evidence;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "fdbd",
    name: "fDBD",
    citation: "arXiv 2602.07253",
    needs: &[Need::Geometry],
    note: "A confidence, negated. ‖z − μ‖ with μ = 0 (heads have no bias); which other tokens count is the evidence's \
           choice, about the 1000 most probable in the paper.",
    score,
    ..Method::BASE
};

/// −(1/T) Σ mean over other tokens c of |(w_y − w_c)·z| / ‖w_y − w_c‖ / ‖z‖.
fn score(evidence: &Evidence) -> f64 {
    -support::mean(evidence.geometry.iter().map(|g| g.fdbd))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::observed::Geometry;
    use crate::methods::tests::answer;

    #[test]
    fn known_value() {
        // methods.md §13: z = (1, 2), rows (.5, 1), (.2, .1), (−.3, .4), the first is the token.
        let others = [(0.4, 0.3f64.hypot(0.9)), (0.5, 0.8f64.hypot(0.6))];
        let mut e = answer(&[-0.1]);
        e.geometry = vec![Geometry::new(2.5, 5f64.sqrt(), &others)];
        assert!((METHOD.value(&e) + 0.942188).abs() < 1e-6);
        e.geometry = vec![Geometry::new(2.5, 5f64.sqrt(), &[])];
        assert!(METHOD.value(&e).is_nan(), "nothing to be far from");
        assert!(METHOD.value(&answer(&[])).is_nan());
    }
}
