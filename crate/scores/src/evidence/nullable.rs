//! Numbers that JSON cannot hold: NaN and infinities are written as null, and null is read back as NaN.
//!
//! Evidence may come from anywhere, and a probability of 3 gives a score that looks like any other: numbers that cannot
//! be what they are called are refused where they are read. Rounding is not.

use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// What rounding may add.
const ROUNDING: f64 = 1e-4;
/// OpenAI's value for "so unlikely that it is not computed", which other servers took over.
const UNLIKELY: f64 = -9999.0;

/// A number, or lists of numbers in lists, in which null may stand for a number.
pub trait Nullable: Sized {
    /// The same with `Option` for each number.
    type Wire: DeserializeOwned;
    /// Null becomes NaN.
    fn from_wire(wire: Self::Wire) -> Self;
    /// All the numbers.
    fn each(&mut self, see: &mut dyn FnMut(&mut f64));
}

impl Nullable for f64 {
    type Wire = Option<f64>;
    fn from_wire(wire: Self::Wire) -> Self {
        wire.unwrap_or(f64::NAN)
    }
    fn each(&mut self, see: &mut dyn FnMut(&mut f64)) {
        see(self);
    }
}

/// A number that may not have been gathered.
impl Nullable for Option<f64> {
    type Wire = Self;
    fn from_wire(wire: Self) -> Self {
        wire
    }
    fn each(&mut self, see: &mut dyn FnMut(&mut f64)) {
        self.iter_mut().for_each(see);
    }
}

impl<T: Nullable> Nullable for Vec<T> {
    type Wire = Vec<T::Wire>;
    fn from_wire(wire: Self::Wire) -> Self {
        wire.into_iter().map(T::from_wire).collect()
    }
    fn each(&mut self, see: &mut dyn FnMut(&mut f64)) {
        self.iter_mut().for_each(|value| value.each(see));
    }
}

impl<T: Nullable> Nullable for BTreeMap<String, T> {
    type Wire = BTreeMap<String, T::Wire>;
    fn from_wire(wire: Self::Wire) -> Self {
        wire.into_iter().map(|(key, value)| (key, T::from_wire(value))).collect()
    }
    fn each(&mut self, see: &mut dyn FnMut(&mut f64)) {
        self.values_mut().for_each(|value| value.each(see));
    }
}

/// A null of its own is `None`.
impl<T: Nullable> Nullable for Option<Vec<T>> {
    type Wire = Option<Vec<T::Wire>>;
    fn from_wire(wire: Self::Wire) -> Self {
        wire.map(Vec::from_wire)
    }
    fn each(&mut self, see: &mut dyn FnMut(&mut f64)) {
        self.iter_mut().for_each(|value| value.each(see));
    }
}

/// For `#[serde(deserialize_with = …)]`.
///
/// # Errors
/// What is neither null nor a number where one is expected.
pub fn read<'de, D: Deserializer<'de>, T: Nullable>(deserializer: D) -> Result<T, D::Error> {
    T::Wire::deserialize(deserializer).map(T::from_wire)
}

/// The same for logarithms of tokens' probabilities. One so small that it only stands for a number is NaN.
///
/// # Errors
/// As [`read`], and a number above 0.
pub fn logprob<'de, D: Deserializer<'de>, T: Nullable>(deserializer: D) -> Result<T, D::Error> {
    let mut value: T = log_total(deserializer)?;
    value.each(&mut |v| {
        if *v <= UNLIKELY {
            *v = f64::NAN;
        }
    });
    Ok(value)
}

/// The same for logarithms of probabilities of whole texts.
///
/// # Errors
/// As [`read`], and a number above 0.
pub fn log_total<'de, D: Deserializer<'de>, T: Nullable>(deserializer: D) -> Result<T, D::Error> {
    within(deserializer, f64::NEG_INFINITY..=0.0, "a logarithm of a probability")
}

/// The same for probabilities and similarities.
///
/// # Errors
/// As [`read`], and a number that is not from 0 to 1.
pub fn share<'de, D: Deserializer<'de>, T: Nullable>(deserializer: D) -> Result<T, D::Error> {
    within(deserializer, 0.0..=1.0, "from 0 to 1")
}

/// The same for entropies, distances and means of absolute values.
///
/// # Errors
/// As [`read`], and a number below 0.
pub fn size<'de, D: Deserializer<'de>, T: Nullable>(deserializer: D) -> Result<T, D::Error> {
    within(deserializer, 0.0..=f64::INFINITY, "0 or above")
}

fn within<'de, D: Deserializer<'de>, T: Nullable>(
    deserializer: D,
    range: RangeInclusive<f64>,
    what: &str,
) -> Result<T, D::Error> {
    let (least, most) = range.into_inner();
    let mut value: T = read(deserializer)?;
    let mut wrong = None;
    value.each(&mut |v| {
        if *v < least - ROUNDING || *v > most + ROUNDING {
            wrong = Some(*v);
        }
        *v = v.clamp(least, most);
    });
    match wrong {
        None => Ok(value),
        Some(number) => Err(D::Error::custom(format!("{number} is not {what}"))),
    }
}

/// For `#[serde(default = …)]`: a number that is not there is not zero.
pub fn missing() -> f64 {
    f64::NAN
}

#[cfg(test)]
mod tests {
    use crate::evidence::Evidence;
    use crate::evidence::distribution::TokenStatistics;
    use crate::evidence::observed::{Entailment, Perturbed, SampleEvidence};

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
    fn numbers_that_cannot_be_are_refused() {
        for (text, what) in [
            (r#"{"tokens": [{"logprob": 0.5}]}"#, "0.5 is not a logarithm of a probability"),
            (r#"{"tokens": [{"entropy": -1}]}"#, "-1 is not 0 or above"),
            (r#"{"samples": [{"logprob": [-1, 2]}]}"#, "2 is not a logarithm"),
            (r#"{"p_true": 1.5}"#, "1.5 is not from 0 to 1"),
            (r#"{"similarity": [[1, -0.5]]}"#, "-0.5 is not from 0 to 1"),
            (r#"{"entailment": [[{"entail": 7}]]}"#, "7 is not from 0 to 1"),
            (r#"{"entailment": [[{"entail": 1, "neutral": 1, "contradict": 0}]]}"#, "add up to 2"),
            (r#"{"probes": {"sep": -3}}"#, "-3 is not"),
            (r#"{"layers": [null, -0.5]}"#, "-0.5 is not 0 or above"),
            (r#"{"shapes": [{"top": [{"logprob": 3}]}]}"#, "3 is not a logarithm"),
        ] {
            let error = serde_json::from_str::<Evidence>(text).unwrap_err().to_string();
            assert!(error.contains(what), "{text}: {error}");
        }
        let rounded: Evidence =
            serde_json::from_str(r#"{"tokens": [{"logprob": 1e-7}, {"logprob": -9999}], "similarity": [[1.0000001]]}"#)
                .unwrap();
        assert!(rounded.tokens[0].logprob == 0.0 && rounded.tokens[1].logprob.is_nan());
        assert_eq!(rounded.similarity, Some(vec![vec![1.0]]));
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
