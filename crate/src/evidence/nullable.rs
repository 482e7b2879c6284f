//! Numbers that JSON cannot hold: NaN and infinities are written as null, and null is read back as NaN.

use serde::de::{Deserialize, DeserializeOwned, Deserializer};
use std::collections::BTreeMap;

/// A number, or lists of numbers in lists, in which null may stand for a number.
pub trait Nullable: Sized {
    /// The same with `Option` for each number.
    type Wire: DeserializeOwned;
    /// Null becomes NaN.
    fn from_wire(wire: Self::Wire) -> Self;
}

impl Nullable for f64 {
    type Wire = Option<f64>;
    fn from_wire(wire: Self::Wire) -> Self {
        wire.unwrap_or(f64::NAN)
    }
}

impl<T: Nullable> Nullable for Vec<T> {
    type Wire = Vec<T::Wire>;
    fn from_wire(wire: Self::Wire) -> Self {
        wire.into_iter().map(T::from_wire).collect()
    }
}

impl<T: Nullable> Nullable for BTreeMap<String, T> {
    type Wire = BTreeMap<String, T::Wire>;
    fn from_wire(wire: Self::Wire) -> Self {
        wire.into_iter().map(|(key, value)| (key, T::from_wire(value))).collect()
    }
}

/// A null of its own is `None`.
impl<T: Nullable> Nullable for Option<Vec<T>> {
    type Wire = Option<Vec<T::Wire>>;
    fn from_wire(wire: Self::Wire) -> Self {
        wire.map(Vec::from_wire)
    }
}

/// For `#[serde(deserialize_with = …)]`.
///
/// # Errors
/// What is neither null nor a number where one is expected.
pub fn read<'de, D: Deserializer<'de>, T: Nullable>(deserializer: D) -> Result<T, D::Error> {
    T::Wire::deserialize(deserializer).map(T::from_wire)
}

/// For `#[serde(default = …)]`: a number that is not there is not zero.
pub fn missing() -> f64 {
    f64::NAN
}

#[cfg(test)]
mod tests {
    use crate::evidence::Evidence;
    use crate::evidence::observed::{Entailment, Perturbed, SampleEvidence};
    use crate::generate::statistics::TokenStatistics;

    #[test]
    fn what_is_no_number_comes_back_as_nan() {
        let token = TokenStatistics { logprob: -0.5, entropy: f64::INFINITY, top2_margin: f64::NAN };
        let sample = SampleEvidence { logprob: vec![-1.0, f64::NEG_INFINITY], ..SampleEvidence::default() };
        let evidence = Evidence {
            tokens: vec![token],
            samples: vec![sample],
            similarity: Some(vec![vec![1.0, f64::NAN], vec![f64::NAN, 1.0]]),
            entailment: Some(vec![vec![Entailment { entail: f64::NAN, neutral: 0.25, contradict: 0.75 }]]),
            perturbed: Some(Perturbed { hellinger: vec![vec![f64::NAN]], ..Perturbed::default() }),
            probes: [("sep".to_string(), f64::NAN)].into(),
            layers: vec![None, Some(0.5)],
            ..Evidence::default()
        };
        let text = serde_json::to_string(&evidence).unwrap();
        let back: Evidence = serde_json::from_str(&text).unwrap();
        assert!(back.tokens[0].entropy.is_nan() && back.samples[0].logprob[1].is_nan() && back.probes["sep"].is_nan());
        assert!(back.similarity.as_ref().unwrap()[0][1].is_nan());
        // NaN differs from itself, so the texts are compared.
        assert_eq!(serde_json::to_string(&back).unwrap(), text);
    }

    #[test]
    fn what_is_not_there_is_not_zero() {
        let evidence: Evidence =
            serde_json::from_str(r#"{"tokens": [{"logprob": -1}], "geometry": [{"nci": 1}]}"#).unwrap();
        assert!(evidence.mean_entropy().is_nan() && evidence.geometry[0].fdbd.is_nan());
        assert_eq!((evidence.similarity, evidence.samples.len()), (None, 0));
        assert!(serde_json::from_str::<Evidence>(r#"{"similarity": [["one"]]}"#).is_err());
    }
}
