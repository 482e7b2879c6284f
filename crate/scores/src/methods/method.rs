//! What is known about a score, and the one way to compute it: through its needs.

use super::need::Need;
use super::shape::State;
use crate::error::{Code, Error};
use crate::evidence::Evidence;
use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};

/// A score and what is known about it.
#[derive(Debug)]
pub struct Method {
    /// Canonical id.
    pub id: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// Where it was published.
    pub citation: &'static str,
    /// What it reads beyond token statistics.
    pub needs: &'static [Need],
    /// Passes through (a part of) the model besides generating the answer and drawing samples.
    pub passes: u32,
    /// Numbers that a score depends on, with the values used here.
    pub settings: &'static [(&'static str, f64)],
    /// Where paper, code and other libraries disagree, and which this follows; empty where they do not.
    pub note: &'static str,
    /// The formula: a pure function of evidence that has what `needs` names; NaN where it has no value.
    pub(super) score: fn(&Evidence) -> f64,
}

/// Why a method has no score for some evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undefined {
    /// This was not gathered.
    Missing(Need),
    /// This does not fit the number of tokens or samples.
    Misshapen(Need),
    /// A number is NaN or infinite, or the formula has no value here: no tokens, one sample where it takes pairs.
    NotFinite,
}

impl Method {
    /// A method that costs nothing beside the answer and needs no explanation; registry entries begin from it.
    pub const BASE: Self = Self {
        id: "",
        name: "",
        citation: "folklore",
        needs: &[],
        passes: 0,
        settings: &[],
        note: "",
        score: |_| f64::NAN,
    };

    /// The score, or why there is none.
    ///
    /// # Errors
    /// See [`Undefined`].
    pub fn evaluate(&self, evidence: &Evidence) -> std::result::Result<f64, Undefined> {
        if let Some(undefined) = self.lacks(evidence) {
            return Err(undefined);
        }
        // Adding zero turns −0 into 0.
        let score = (self.score)(evidence) + 0.0;
        if score.is_finite() { Ok(score) } else { Err(Undefined::NotFinite) }
    }

    /// What the formula gives, which may be infinite; NaN also where the evidence lacks what it reads.
    pub fn value(&self, evidence: &Evidence) -> f64 {
        if self.lacks(evidence).is_some() { f64::NAN } else { (self.score)(evidence) }
    }

    /// The first need that the evidence does not meet. Nothing is read before this was asked.
    fn lacks(&self, evidence: &Evidence) -> Option<Undefined> {
        self.needs.iter().find_map(|&need| match need.state(evidence) {
            State::Missing => Some(Undefined::Missing(need)),
            State::Misshapen => Some(Undefined::Misshapen(need)),
            State::Present => None,
        })
    }

    /// Engines that have to be named for it, `embed` before `nli`.
    pub fn engines(&self) -> Vec<&'static str> {
        let mut engines: Vec<_> = self.needs.iter().filter_map(|need| need.engine()).collect();
        engines.sort_unstable();
        engines.dedup();
        engines
    }

    /// What it costs beside the answer, in words; empty where it costs nothing. K is the number of samples.
    pub fn cost(&self) -> Vec<&'static str> {
        let drawn = self.needs.iter().find(|need| need.sampled()).map(|_| Need::SampleTexts);
        let mut cost: Vec<_> = drawn.iter().chain(self.needs).filter_map(|need| need.cost()).collect();
        cost.dedup();
        cost
    }

    /// Whether it takes no more than the answer itself and a partial pass back: neither samples nor other prompts,
    /// engines or probes. These come with every answer, and confidences are made of them.
    pub fn one_pass(&self) -> bool {
        self.needs.iter().all(|need| need.one_pass())
    }
}

impl Undefined {
    /// For whoever asked for `method`.
    pub fn error(self, method: &Method) -> Error {
        let (code, message, advice) = match self {
            Self::Missing(need) if need.engine().is_some() => (
                Code::EngineRequired,
                format!("{} needs {}, and no engine was named for it.", method.id, need.id()),
                "Name an engine, or put the comparisons into the evidence.",
            ),
            Self::Missing(need) => (
                Code::BadInput,
                format!("{} needs {}, which the evidence lacks.", method.id, need.id()),
                "Gather it, or leave the method out.",
            ),
            Self::Misshapen(need) => (
                Code::BadInput,
                format!("{} needs {}, whose length does not fit the tokens or samples.", method.id, need.id()),
                "Supply one entry per token, or per answer and sample.",
            ),
            Self::NotFinite => (
                Code::BadInput,
                format!("{} has no value for this answer.", method.id),
                "Look for null in the evidence, for an answer without tokens, or for a single sample.",
            ),
        };
        Error::new(code, message, advice)
    }
}

impl Serialize for Method {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut entry = serializer.serialize_struct("Method", 11)?;
        entry.serialize_field("id", self.id)?;
        entry.serialize_field("name", self.name)?;
        entry.serialize_field("citation", self.citation)?;
        entry.serialize_field("needs", self.needs)?;
        entry.serialize_field("engines", &self.engines())?;
        entry.serialize_field("one_pass", &self.one_pass())?;
        entry.serialize_field("passes", &self.passes)?;
        entry.serialize_field("cost", &self.cost())?;
        entry.serialize_field("direction", "higher is less sure")?;
        entry.serialize_field("settings", &Settings(self.settings))?;
        entry.serialize_field("note", self.note)?;
        entry.end()
    }
}

struct Settings(&'static [(&'static str, f64)]);

impl Serialize for Settings {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}
