//! SEP at the token before generation: the same as `sep`, known before a single token is generated (arXiv 2406.15927).
//! The state is that of the last prompt token ("TBG").

use super::method::Method;
use super::need::Need;
use crate::evidence::Evidence;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "sep_tbg",
    name: "Semantic entropy probe before generation",
    citation: "arXiv 2406.15927",
    needs: &[Need::PromptEndProbe],
    score,
    ..Method::BASE
};

/// Probability that semantic entropy is high; NaN without a trained probe.
fn score(evidence: &Evidence) -> f64 {
    evidence.probes.get(METHOD.id).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use crate::evidence::Evidence;
    use crate::methods::{sep, sep_tbg};

    #[test]
    fn each_reads_its_own_probe() {
        let mut e = Evidence::default();
        assert!(sep::METHOD.value(&e).is_nan() && sep_tbg::METHOD.value(&e).is_nan());
        e.probes.insert("sep".into(), 0.75);
        assert_eq!(sep::METHOD.value(&e), 0.75);
        assert!(sep_tbg::METHOD.value(&e).is_nan());
        e.probes.insert("sep_tbg".into(), 0.25);
        assert_eq!(sep_tbg::METHOD.value(&e), 0.25);
    }
}
