//! A calibration read from JSON, which is untrusted: lists must fit, maps must fall, numbers must be finite and
//! probabilities lie in [0, 1], so that nothing later can panic or say more than was fitted.
//!
//! By hand and not by serde's derives, which check none of that and weigh far more in the wasm module.

use super::calibration::{Answers, Calibration, Conditions, Fitted, FittedSet, MethodMap, Samples};
use super::combined::{Combined, Map};
use super::domain::Domain;
use super::entropy::EntropyRule;
use super::features::{Feature, Transform};
use super::quality::Quality;
use super::state::{Look, Standard, State};
use super::thresholds::{Level, Thresholds};
use super::verdict::{Mode, Policy};
use crate::kinds::Kind;
use crate::statistics::isotonic::Isotonic;
use crate::statistics::platt::Platt;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::{Map as Object, Value};

type Parsed<T> = Result<T, String>;

impl<'de> Deserialize<'de> for Calibration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Self::from_json(&value).map_err(|what| D::Error::custom(format!("calibrations: {what}")))
    }
}

impl Calibration {
    /// Reads one.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn from_json(value: &Value) -> Parsed<Self> {
        let at = Fields::new(value, "a calibration")?;
        let conditions = Conditions::from_json(at)?;
        let mut maps = Vec::new();
        for (id, map) in at.typed("maps", Value::as_object)? {
            maps.push((id.clone(), MethodMap::from_json(map).map_err(|what| format!("{id}: {what}"))?));
        }
        let combined = at.optional("combined", Some)?.map(Combined::from_json).transpose()?;
        let domain = at.optional("domain", Some)?.map(Domain::from_json).transpose()?;
        let look = combined.as_ref().and_then(|combined: &Combined| combined.look.as_ref());
        let is_same =
            |domain: &Domain, look: &Look| (domain.layer, domain.standard.width()) == (look.layer, look.weights.len());
        if domain.as_ref().zip(look).is_some_and(|(domain, look)| !is_same(domain, look)) {
            return Err("domain and state are of different layers or widths".into());
        }
        let policy = at.object("verdict")?;
        let risk = |key| policy.number(key, |risk| risk > 0.0 && risk < 1.0);
        let modes = [Mode::Conformal, Mode::Selective, Mode::Entropy].map(|mode| (mode.as_str(), mode));
        Ok(Self {
            conditions,
            fitted: Fitted::from_json(at.object("fitted")?)?,
            maps,
            combined,
            domain,
            thresholds: Thresholds::from_json(at.object("thresholds")?)?,
            verdict: Policy {
                mode: policy.one_of("mode", &modes)?,
                answer_risk: risk("answer_risk")?,
                abstain_risk: risk("abstain_risk")?,
            },
        })
    }
}

impl Conditions {
    /// What is missing is as in [`Conditions::default`].
    pub(super) fn from_json(at: Fields<'_>) -> Parsed<Self> {
        let text = |key| at.optional(key, Value::as_str).map(|text| text.map(str::to_owned));
        let temperature = |at: Fields<'_>| match at.optional("temperature", Some)? {
            Some(_) => at.number("temperature", |t| t >= 0.0),
            None => Ok(0.0),
        };
        Ok(Self {
            answers: if text("answers")?.is_some() { at.one_of("answers", &Answers::NAMES)? } else { Answers::Own },
            temperature: temperature(at)?,
            system: text("system")?,
            semantic_rule: text("semantic_rule")?.unwrap_or_else(|| "header".into()),
            semantic_offset: at.optional("semantic_offset", Value::as_i64)?,
            max_tokens: at.optional("max_tokens", count)?,
            samples: match at.optional("samples", Value::as_object)? {
                Some(object) => {
                    let at = Fields(object);
                    Some(Samples { count: at.typed("count", count)?, temperature: temperature(at)? })
                }
                None => None,
            },
            nli: text("nli")?,
            embed: text("embed")?,
            kinds: at.optional("kinds", Value::as_array)?.into_iter().flatten().map(kind).collect::<Parsed<_>>()?,
        })
    }
}

impl Fitted {
    fn from_json(at: Fields<'_>) -> Parsed<Self> {
        let mut sets = Vec::new();
        for set in at.typed("sets", Value::as_array)? {
            let at = Fields::new(set, "a set")?;
            let [questions, right] = [at.typed("questions", count)?, at.typed("right", count)?];
            sets.push(FittedSet { name: at.text("name")?, questions, right });
        }
        let [questions, right] = [at.typed("questions", count)?, at.typed("right", count)?];
        Ok(Self { sets, judge: at.text("judge")?, date: at.text("date")?, questions, right })
    }
}

impl MethodMap {
    fn from_json(value: &Value) -> Parsed<Self> {
        let at = Fields::new(value, "a map")?;
        let platt = at.object("platt")?;
        Ok(Self {
            isotonic: Isotonic::from_json(at.object("isotonic")?)?,
            platt: Platt { slope: platt.number("slope", any)?, intercept: platt.number("intercept", any)? },
            used: at.one_of("used", &[("isotonic", Map::Isotonic), ("platt", Map::Platt)])?,
            quality: Quality::from_json(at),
        })
    }
}

impl Isotonic {
    fn from_json(at: Fields<'_>) -> Parsed<Self> {
        let (scores, confidence) = (at.numbers("scores")?, at.numbers("confidence")?);
        let rises = scores.is_sorted_by(|a, b| a < b);
        let falls = confidence.is_sorted_by(|a, b| a >= b) && confidence.iter().all(|p| (0.0..=1.0).contains(p));
        if scores.is_empty() || scores.len() != confidence.len() || !rises || !falls {
            return Err("isotonic needs as many falling confidences in [0, 1] as rising scores".into());
        }
        Ok(Self { scores, confidence })
    }
}

impl Combined {
    fn from_json(value: &Value) -> Parsed<Self> {
        let at = Fields::new(value, "combined")?;
        let mut features = Vec::new();
        for feature in at.typed("features", Value::as_array)? {
            let at = Fields::new(feature, "a feature")?;
            features.push(Feature {
                name: at.text("name")?,
                transform: at.one_of("transform", &[Transform::Log, Transform::Identity].map(|t| (t.as_str(), t)))?,
                mean: at.number("mean", any)?,
                scale: at.number("scale", |scale| scale > 0.0)?,
                weight: at.number("weight", any)?,
            });
        }
        Ok(Self {
            features,
            intercept: at.number("intercept", any)?,
            penalty: at.number("penalty", |penalty| penalty >= 0.0)?,
            look: at.optional("state", Value::as_object)?.map(|object| Look::from_json(Fields(object))).transpose()?,
            isotonic: match at.optional("isotonic", Value::as_object)? {
                Some(object) => Some(Isotonic::from_json(Fields(object))?),
                None => None,
            },
            quality: Quality::from_json(at),
        })
    }
}

impl Look {
    fn from_json(at: Fields<'_>) -> Parsed<Self> {
        let State { layer, values: weights, .. } = State::from_json(at, "weights")?;
        Ok(Self { layer, weights, bias: at.number("bias", any)? })
    }
}

impl Domain {
    fn from_json(value: &Value) -> Parsed<Self> {
        let at = Fields::new(value, "domain")?;
        let (mean, scale) = (at.numbers("mean")?, at.numbers("scale")?);
        if mean.is_empty() || mean.len() != scale.len() || !scale.iter().all(|&scale| scale > 0.0) {
            return Err("domain needs as many means as positive scales".into());
        }
        let limit = at.number("limit", |limit| limit > 0.0)?;
        Ok(Self { layer: at.typed("layer", count)?, standard: Standard::new(mean, scale), limit })
    }
}

impl State {
    /// `key`: what the values are called.
    pub(super) fn from_json(at: Fields<'_>, key: &str) -> Parsed<Self> {
        let values = at.numbers(key)?.into_iter().map(|value| value as f32).collect();
        let question = match at.optional("question", Some)? {
            Some(_) => at.numbers("question")?.into_iter().map(|value| value as f32).collect(),
            None => Vec::new(),
        };
        let state = Self { layer: at.typed("layer", count)?, values, question };
        if !state.values.is_empty() && state.is_finite() { Ok(state) } else { Err(format!("{key} has no numbers")) }
    }
}

impl Quality {
    /// What is missing is NaN: these numbers inform, nothing is computed from them.
    fn from_json(at: Fields<'_>) -> Self {
        let number = |key| at.0.get(key).and_then(Value::as_f64).unwrap_or(f64::NAN);
        let interval = |key| {
            let ends = at.numbers(key).unwrap_or_default();
            <[f64; 2]>::try_from(ends).unwrap_or([f64::NAN; 2])
        };
        Self {
            questions: at.0.get("questions").and_then(count).unwrap_or_default(),
            auroc: number("auroc"),
            auroc_interval: interval("auroc_interval"),
            ece: number("ece"),
            brier: number("brier"),
            skill: number("skill"),
            skill_interval: interval("skill_interval"),
        }
    }
}

impl Thresholds {
    fn from_json(at: Fields<'_>) -> Parsed<Self> {
        let mut delta = 0.0;
        let mut levels = |list: &str, key: &str| -> Parsed<Vec<Level>> {
            let mut levels = Vec::new();
            for level in at.typed(list, Value::as_array)? {
                let at = Fields::new(level, "a threshold")?;
                let share = |key| at.number(key, |share| share > 0.0 && share < 1.0);
                let threshold = match at.optional("threshold", Some)? {
                    None => f64::INFINITY,
                    Some(_) => at.number("threshold", |threshold| (0.0..=1.0).contains(&threshold))?,
                };
                if list == "selective" {
                    delta = share("delta")?;
                }
                levels.push(Level { risk: share(key)?, threshold });
            }
            Ok(levels)
        };
        let conformal = levels("conformal", "alpha")?;
        if !conformal.is_sorted_by(|a, b| a.risk < b.risk && a.threshold >= b.threshold) {
            return Err("conformal thresholds do not fall with rising risk".into());
        }
        let selective = levels("selective", "risk")?;
        let entropy = match at.optional("entropy", Value::as_object)? {
            None => None,
            Some(object) => {
                let at = Fields(object);
                let [aed, aed_all] = [at.number("aed", any)?, at.number("aed_all", any)?];
                Some(EntropyRule {
                    tau: at.number("tau", any)?,
                    aed,
                    aed_all,
                    questions: at.typed("questions", count)?,
                })
            }
        };
        Ok(Self { conformal, selective, delta, entropy })
    }
}

/// Characters of an unusable value that are shown.
const SHOWN: usize = 60;

/// Typed access to an object; null counts as absent.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a>(pub &'a Object<String, Value>);

impl<'a> Fields<'a> {
    pub fn new(value: &'a Value, what: &str) -> Parsed<Self> {
        value.as_object().map(Self).ok_or_else(|| format!("{what} is not an object"))
    }

    /// The field, if it is there.
    pub fn optional<T>(self, key: &str, read: fn(&'a Value) -> Option<T>) -> Parsed<Option<T>> {
        let Some(value) = self.0.get(key).filter(|value| !value.is_null()) else { return Ok(None) };
        let shown = || value.to_string().chars().take(SHOWN).collect::<String>();
        read(value).map(Some).ok_or_else(|| format!("{key} cannot be {}", shown()))
    }

    pub fn typed<T>(self, key: &str, read: fn(&'a Value) -> Option<T>) -> Parsed<T> {
        self.optional(key, read)?.ok_or_else(|| format!("{key} is missing"))
    }

    pub fn text(self, key: &str) -> Parsed<String> {
        self.typed(key, Value::as_str).map(str::to_owned)
    }

    fn object(self, key: &str) -> Parsed<Self> {
        self.typed(key, Value::as_object).map(Self)
    }

    fn number(self, key: &str, fits: fn(f64) -> bool) -> Parsed<f64> {
        let number = self.typed(key, Value::as_f64)?;
        if number.is_finite() && fits(number) { Ok(number) } else { Err(format!("{key} is {number}")) }
    }

    fn numbers(self, key: &str) -> Parsed<Vec<f64>> {
        let numbers = self.typed(key, Value::as_array)?.iter().map(Value::as_f64);
        numbers.collect::<Option<_>>().ok_or_else(|| format!("{key} has something else than numbers"))
    }

    pub fn one_of<T: Copy>(self, key: &str, names: &[(&str, T)]) -> Parsed<T> {
        let name = self.typed(key, Value::as_str)?;
        let found = names.iter().find(|known| known.0 == name);
        found.map(|known| known.1).ok_or_else(|| format!("{key} is {name:?}"))
    }
}

/// A kind of question, by its name.
pub(super) fn kind(name: &Value) -> Parsed<Kind> {
    name.as_str().and_then(Kind::from_name).ok_or_else(|| format!("{name} is no kind of question"))
}

fn any(_: f64) -> bool {
    true
}

fn count(value: &Value) -> Option<usize> {
    usize::try_from(value.as_u64()?).ok()
}
