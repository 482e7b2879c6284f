//! NCI, a geometric score at the head: how well the final hidden state points at the token's row (arXiv 2602.07253).

use super::method::Method;
use super::need::Need;
use super::support;
use crate::evidence::Evidence;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "nci",
    name: "NCI",
    citation: "arXiv 2602.07253",
    needs: &[Need::Geometry],
    note: "A confidence, negated. cos(w, z − μ)·‖w‖ with μ = 0 (heads have no bias), for the answer's token, which is the \
           paper's greedy one unless the answer was given.",
    score,
    ..Method::BASE
};

/// −(1/T) Σ cos(w_y, z)·‖w_y‖.
fn score(evidence: &Evidence) -> f64 {
    -support::mean(evidence.geometry.iter().map(|g| g.nci))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::observed::Geometry;
    use crate::methods::tests::answer;

    #[test]
    fn known_value() {
        // methods.md §13: z = (1, 2), w = (.5, 1).
        let token = Geometry::new(2.5, 5f64.sqrt(), &[(0.4, 1.0)]);
        let mut e = answer(&[-0.1, -0.2]);
        e.geometry = vec![token, token];
        assert!((METHOD.value(&e) + 1.118034).abs() < 1e-6);
        e.geometry[1].nci = f64::NAN;
        assert!(METHOD.value(&e).is_nan());
        e.geometry.pop();
        assert!(METHOD.value(&e).is_nan() && METHOD.value(&answer(&[])).is_nan());
    }
}
