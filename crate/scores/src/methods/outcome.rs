//! Scores of evidence that somebody else gathered: what `semgrad methods eval` and `evaluate()` in JavaScript report.

use super::method::Method;
use crate::error::Error;
use crate::evidence::Evidence;
use serde::Serialize;
use std::collections::BTreeMap;

/// A score, or why there is none.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// Higher is less sure; null where there is none.
    pub score: Option<f64>,
    /// Why there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Error>,
}

/// The scores of `methods` by id.
pub fn evaluate(methods: &[&'static Method], evidence: &Evidence) -> BTreeMap<&'static str, Outcome> {
    let outcome = |method: &&'static Method| match method.evaluate(evidence) {
        Ok(score) => (method.id, Outcome { score: Some(score), error: None }),
        Err(reason) => (method.id, Outcome { score: None, error: Some(reason.error(method)) }),
    };
    methods.iter().map(outcome).collect()
}
