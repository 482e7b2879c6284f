//! A calibration, a report and a confidence as JSON.
//!
//! By hand and not by serde's derives or `json!`: small functions that are not inlined make each of the many fields a
//! few instructions of the wasm module instead of a few dozen.

use super::apply::Confidence;
use super::calibration::{Calibration, FittedSet, MethodMap, Samples};
use super::combined::{Combined, Map, Part};
use super::conformal::Split;
use super::domain::Domain;
use super::entropy::EntropyRule;
use super::explanation::Explanation;
use super::features::Feature;
use super::quality::Quality;
use super::report::{Applied, Report};
use super::state::Look;
use super::thresholds::{Level, Thresholds};
use super::verdict::Bounds;
use crate::statistics::calibration::Bin;
use crate::statistics::isotonic::Isotonic;
use crate::statistics::platt::Platt;
use serde::{Serialize, Serializer};
use serde_json::{Map as Object, Value};

/// Fields in their order.
pub type Fields<'a, T = Value> = Vec<(&'a str, T)>;

/// A JSON object of these fields.
#[inline(never)]
pub fn object(fields: Fields<'_>) -> Value {
    let mut object = Object::new();
    for (key, value) in fields {
        object.insert(key.to_owned(), value);
    }
    Value::Object(object)
}

/// Null where it is no number, or infinite.
#[inline(never)]
fn number(number: f64) -> Value {
    Value::from(number)
}

#[inline(never)]
fn numbers(numbers: &[f64]) -> Value {
    numbers.iter().map(|&n| number(n)).collect()
}

#[inline(never)]
fn whole(number: usize) -> Value {
    Value::from(number)
}

#[inline(never)]
fn text(text: &str) -> Value {
    Value::from(text)
}

fn optional<T>(value: Option<T>, write: impl FnOnce(T) -> Value) -> Value {
    value.map_or(Value::Null, write)
}

impl Serialize for Calibration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}

impl Calibration {
    /// The calibration as JSON.
    pub fn to_json(&self) -> Value {
        let Self { conditions: c, fitted, maps, combined, domain, thresholds, verdict } = self;
        let set = |s: &FittedSet| {
            object(vec![("name", text(&s.name)), ("questions", whole(s.questions)), ("right", whole(s.right))])
        };
        let samples = |s: Samples| object(vec![("count", whole(s.count)), ("temperature", number(s.temperature))]);
        let fitted = object(vec![
            ("sets", fitted.sets.iter().map(set).collect()),
            ("judge", text(&fitted.judge)),
            ("date", text(&fitted.date)),
            ("questions", whole(fitted.questions)),
            ("right", whole(fitted.right)),
        ]);
        let verdict = object(vec![
            ("mode", text(verdict.mode.as_str())),
            ("answer_risk", number(verdict.answer_risk)),
            ("abstain_risk", number(verdict.abstain_risk)),
        ]);
        object(vec![
            ("answers", text(c.answers.as_str())),
            ("temperature", number(c.temperature)),
            ("system", optional(c.system.as_deref(), text)),
            ("semantic_rule", text(&c.semantic_rule)),
            ("semantic_offset", optional(c.semantic_offset, Value::from)),
            ("max_tokens", optional(c.max_tokens, whole)),
            ("samples", optional(c.samples, samples)),
            ("nli", optional(c.nli.as_deref(), text)),
            ("embed", optional(c.embed.as_deref(), text)),
            ("kinds", c.kinds.iter().map(|kind| text(kind.as_str())).collect()),
            ("fitted", fitted),
            ("maps", object(maps.iter().map(|(id, map)| (id.as_str(), map.to_json())).collect())),
            ("combined", optional(combined.as_ref(), Combined::to_json)),
            ("domain", optional(domain.as_ref(), Domain::to_json)),
            ("thresholds", thresholds.to_json()),
            ("verdict", verdict),
        ])
    }
}

impl MethodMap {
    fn to_json(&self) -> Value {
        let used = if self.used == Map::Platt { "platt" } else { "isotonic" };
        let Quality { questions, auroc, ece, brier, .. } = self.quality;
        let Platt { slope, intercept } = self.platt;
        object(vec![
            ("used", text(used)),
            ("questions", whole(questions)),
            ("auroc", number(auroc)),
            ("ece", number(ece)),
            ("brier", number(brier)),
            ("platt", object(vec![("slope", number(slope)), ("intercept", number(intercept))])),
            ("isotonic", self.isotonic.to_json()),
        ])
    }
}

impl Isotonic {
    fn to_json(&self) -> Value {
        object(vec![("scores", numbers(&self.scores)), ("confidence", numbers(&self.confidence))])
    }
}

impl Combined {
    fn to_json(&self) -> Value {
        let feature = |f: &Feature| {
            object(vec![
                ("name", text(&f.name)),
                ("transform", text(f.transform.as_str())),
                ("mean", number(f.mean)),
                ("scale", number(f.scale)),
                ("weight", number(f.weight)),
            ])
        };
        let mut fields = self.quality.fields();
        fields.extend([
            ("features", self.features.iter().map(feature).collect()),
            ("intercept", number(self.intercept)),
            ("penalty", number(self.penalty)),
            ("state", optional(self.look.as_ref(), Look::to_json)),
            ("isotonic", optional(self.isotonic.as_ref(), Isotonic::to_json)),
        ]);
        object(fields)
    }
}

/// As a decimal of its own, not as that of the nearest f64: a third as long.
#[inline(never)]
fn single(value: f32) -> Value {
    value.to_string().parse().map_or(Value::Null, number)
}

impl Domain {
    fn to_json(&self) -> Value {
        // As exact as a distance needs.
        let short = |value: &f64| format!("{value:.3e}").parse().map_or(Value::Null, number);
        let list = |values: &[f64]| values.iter().map(short).collect();
        let [mean, scale] = self.standard.parts().map(list);
        object(vec![("layer", whole(self.layer)), ("limit", number(self.limit)), ("mean", mean), ("scale", scale)])
    }
}

impl Look {
    fn to_json(&self) -> Value {
        object(vec![
            ("layer", whole(self.layer)),
            ("bias", number(self.bias)),
            ("weights", self.weights.iter().map(|&weight| single(weight)).collect()),
        ])
    }
}

impl Quality {
    fn fields(&self) -> Fields<'static> {
        vec![
            ("questions", whole(self.questions)),
            ("auroc", number(self.auroc)),
            ("auroc_interval", numbers(&self.auroc_interval)),
            ("ece", number(self.ece)),
            ("brier", number(self.brier)),
            ("skill", number(self.skill)),
            ("skill_interval", numbers(&self.skill_interval)),
        ]
    }
}

impl Thresholds {
    fn to_json(&self) -> Value {
        let entropy = |e: EntropyRule| {
            object(vec![
                ("tau", number(e.tau)),
                ("aed", number(e.aed)),
                ("aed_all", number(e.aed_all)),
                ("questions", whole(e.questions)),
            ])
        };
        let conformal = |l: &Level| object(vec![("alpha", number(l.risk)), ("threshold", number(l.threshold))]);
        let selective = |l: &Level| {
            let (delta, threshold) = (number(self.delta), number(l.threshold));
            object(vec![("risk", number(l.risk)), ("delta", delta), ("threshold", threshold)])
        };
        object(vec![
            ("conformal", self.conformal.iter().map(conformal).collect()),
            ("selective", self.selective.iter().map(selective).collect()),
            ("entropy", optional(self.entropy, entropy)),
        ])
    }
}

impl Report {
    /// The report as JSON; null where a number is undefined.
    pub fn to_json(&self) -> Value {
        let quality = |quality: &Quality| object(quality.fields());
        let all = |of: &[(String, Quality)]| object(of.iter().map(|(name, q)| (name.as_str(), quality(q))).collect());
        let bin = |bin: &Bin| {
            object(vec![
                ("confidence", number(bin.confidence)),
                ("accuracy", number(bin.accuracy)),
                ("count", whole(bin.count)),
            ])
        };
        let split = |s: &Split| {
            object(vec![
                ("alpha", number(s.alpha)),
                ("risk", number(s.risk)),
                ("risk_error", number(s.risk_error)),
                ("coverage", number(s.coverage)),
                ("coverage_oracle", number(s.coverage_oracle)),
                ("coverage_random", number(s.coverage_random)),
                ("risk_answer", number(s.risk_answer)),
                ("coverage_answer", number(s.coverage_answer)),
            ])
        };
        let applied = |a: &Applied| {
            object(vec![
                ("alpha", number(a.alpha)),
                ("threshold", number(a.threshold)),
                ("risk", number(a.risk)),
                ("coverage", number(a.coverage)),
                ("risk_answer", number(a.risk_answer)),
                ("coverage_answer", number(a.coverage_answer)),
            ])
        };
        object(vec![
            ("questions", whole(self.questions)),
            ("right", whole(self.right)),
            ("methods", all(&self.methods)),
            ("combined", optional(self.combined.as_ref(), quality)),
            ("sets", all(&self.sets)),
            ("single", optional(self.single.as_deref(), text)),
            ("reliability", self.reliability.iter().map(bin).collect()),
            ("splits", self.splits.iter().map(split).collect()),
            ("applied", self.applied.iter().map(applied).collect()),
            ("notes", self.notes.iter().map(|note| text(note)).collect()),
        ])
    }
}

impl Confidence {
    /// The fields that a record has of it, and the confidences of single scores beside.
    pub fn to_json(&self, explanation: &Explanation, methods: Fields<'_, f64>) -> Value {
        let part = |part: &Part| object(vec![("name", text(&part.name)), ("contribution", number(part.contribution))]);
        let parts = || self.parts.iter().map(part).collect();
        let bounds = |b: Bounds| object(vec![("answer", number(b.answer)), ("abstain", number(b.abstain))]);
        let verdict = self.verdict.as_ref();
        object(vec![
            ("confidence", optional(self.confidence, number)),
            ("confidence_reason", optional(self.reason, text)),
            ("confidence_parts", optional(self.confidence, |_| parts())),
            ("verdict", optional(verdict, |verdict| text(verdict.verdict))),
            ("verdict_reason", optional(verdict, |verdict| text(&verdict.reason))),
            ("verdict_thresholds", optional(verdict.and_then(|verdict| verdict.thresholds), bounds)),
            ("explanation", explanation.to_json()),
            ("methods", object(methods.into_iter().map(|(id, confidence)| (id, number(confidence))).collect())),
        ])
    }
}

impl Serialize for Explanation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}

impl Explanation {
    /// The explanation as JSON.
    pub fn to_json(&self) -> Value {
        let sentence = |sentence: &Option<String>| optional(sentence.as_deref(), text);
        object(vec![
            ("verdict", text(self.verdict)),
            ("chance", sentence(&self.chance)),
            ("level", sentence(&self.level)),
            ("agreement", sentence(&self.agreement)),
            ("reasons", self.reasons.iter().map(|reason| text(reason)).collect()),
            ("guarantee", sentence(&self.guarantee)),
            ("none", sentence(&self.none)),
        ])
    }
}
