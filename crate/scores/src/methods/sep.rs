//! SEP at the second last token: the probability that sampled answers would differ in meaning, read off the model's own
//! states at the answer's end by a trained probe (semantic entropy probes, arXiv 2406.15927).
//!
//! The state is that of the last token before the end token ("SLT"); the paper's code takes one or two tokens earlier.

use super::method::Method;
use super::need::Need;
use crate::evidence::Evidence;

/// Registry entry.
pub const METHOD: Method = Method {
    id: "sep",
    name: "Semantic entropy probe",
    citation: "arXiv 2406.15927",
    needs: &[Need::AnswerEndProbe],
    note: "The last token before the end token; the code reads one or two tokens earlier.",
    score,
    ..Method::BASE
};

/// Probability that semantic entropy is high; NaN without a trained probe.
fn score(evidence: &Evidence) -> f64 {
    evidence.probes.get(METHOD.id).copied().unwrap_or(f64::NAN)
}
