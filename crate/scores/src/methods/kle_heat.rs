//! Kernel language entropy with the heat kernel exp(−t·𝓛) of the samples' graph (arXiv 2405.20003).

use super::method::Method;
use super::need::Need;
use super::support::graph::{graded, laplacian, von_neumann};
use crate::evidence::Evidence;
use crate::evidence::observed::Matrix;

/// Time of diffusion t.
pub const TIME: f64 = 0.3;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "kle_heat",
    name: "Kernel language entropy, heat kernel",
    citation: "arXiv 2405.20003",
    needs: &[Need::Entailment],
    settings: &[("time", TIME)],
    note: "Weights are probabilities, as LM-Polygraph; the authors' code takes the judged class, 1, ½ or 0. t = 0.3 as the \
           paper and LM-Polygraph, 0.4 in the authors' signature. Not divided by ln K, which both do.",
    score,
    ..Method::BASE
};

/// −Σ λ ln λ of the normalized kernel, 0 … ln K.
fn score(evidence: &Evidence) -> f64 {
    graded(evidence).and_then(|w| of_graph(&w)).unwrap_or(f64::NAN)
}

fn of_graph(w: &Matrix) -> Option<f64> {
    von_neumann(&laplacian(w)?.map(|value| (-TIME * value).exp()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::support;
    use crate::methods::tests::{BROKEN, NEVER, SURELY, graph, judged, random_graph};

    #[test]
    fn known_value() {
        // methods.md §13, on 2W.
        let doubled = graph().iter().map(|row| row.iter().map(|w| 2.0 * w).collect()).collect();
        let value = of_graph(&doubled).unwrap();
        assert!((value - 1.022099).abs() < 1e-6 && (value / 3f64.ln() - 0.930355).abs() < 1e-6);
    }

    #[test]
    fn edges() {
        let of = |n, entry: &dyn Fn(usize, usize) -> _| {
            METHOD.value(&Evidence { entailment: Some(judged(n, entry)), ..Evidence::default() })
        };
        let one = of(2, &|_, _| NEVER);
        assert!(one == 0.0 && one.is_sign_positive());
        assert!((of(5, &|_, _| NEVER) - 4f64.ln()).abs() < 1e-12, "nothing in common");
        // Ten alike: 𝓛 has 0 once and 2·10 nine times; the kernel's diagonal is (1 + 9e)/10 with e = exp(−6).
        let e = (-6f64).exp();
        let want = support::entropy([1.0].into_iter().chain([e; 9]).map(|value| value / (1.0 + 9.0 * e)));
        assert!((of(11, &|_, _| SURELY) - want).abs() < 1e-12);
        assert!(
            of(3, &|i, j| if i * j == 2 { BROKEN } else { SURELY }).is_nan()
                && METHOD.value(&Evidence::default()).is_nan()
        );
    }

    #[test]
    fn many_samples_have_an_entropy() {
        let value = of_graph(&random_graph(256)).unwrap();
        assert!(value > 0.0 && value <= 256f64.ln());
    }
}
