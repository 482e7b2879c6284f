//! Scores: pure functions of the evidence, one file each. Higher means less sure.
//!
//! [`Method::evaluate`] says why there is no score where there is none; [`Method::score`] is NaN then. Methods read
//! untrusted evidence: lengths are checked before anything is read ([`Need::state`]), a NaN or an infinity among the
//! numbers that a score is made of makes the score undefined, and nothing panics.
//!
//! Formulas, sources, conflicts and test vectors: `www/docs/methods.md`, which comments cite by section.

pub mod attention_score;
pub mod boosted_prob;
pub mod ccp;
pub mod claim_semantic_entropy;
pub mod cocoa;
pub mod deg;
pub mod discrete_semantic_entropy;
pub mod eccentricity;
pub mod eigenscore;
pub mod eigv;
pub mod esi;
pub mod exgrad;
pub mod fdbd;
pub mod fisher_rao;
pub mod gnll;
pub mod hybrid_dse;
pub mod hybridgrad;
pub mod icl_aleatoric;
pub mod icl_epistemic;
pub mod inv_entropy;
pub mod kle_heat;
pub mod kle_matern;
pub mod lexical_similarity;
pub mod ln_pe;
pub mod lsc;
pub mod luq;
pub mod max_py_x;
pub mod max_token_entropy;
pub mod mean_token_entropy;
pub mod mutual_information;
pub mod nci;
mod need;
pub mod ni_entropy;
pub mod nr_inv_entropy;
pub mod num_set;
mod outcome;
pub mod p_true;
pub mod paragrad;
pub mod perplexity;
pub mod predictive_entropy;
pub mod rauq;
pub mod renyi;
pub mod sar;
pub mod sar_sentence;
pub mod sar_token;
pub mod self_certainty;
pub mod self_consistency;
pub mod semantic_density;
pub mod semantic_entropy;
pub mod semantic_entropy_lax;
pub mod semgrad;
pub mod semgrad_last;
pub mod sep;
pub mod sep_tbg;
pub mod snne;
pub mod support;
#[cfg(test)]
mod tests;
mod walk;
pub mod wd_px_py;

pub use need::{Need, State};
pub use outcome::{Outcome, evaluate};

use crate::error::{Code, Error, Result};
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
    /// The score; NaN when it is undefined for this evidence.
    pub score: fn(&Evidence) -> f64,
}

/// All methods.
pub const REGISTRY: &[Method] = &[
    semgrad::METHOD,
    semgrad_last::METHOD,
    paragrad::METHOD,
    exgrad::METHOD,
    hybridgrad::METHOD,
    gnll::METHOD,
    perplexity::METHOD,
    mean_token_entropy::METHOD,
    max_token_entropy::METHOD,
    lsc::METHOD,
    boosted_prob::METHOD,
    self_certainty::METHOD,
    renyi::METHOD,
    fisher_rao::METHOD,
    attention_score::METHOD,
    rauq::METHOD,
    nci::METHOD,
    fdbd::METHOD,
    ln_pe::METHOD,
    predictive_entropy::METHOD,
    semantic_entropy::METHOD,
    semantic_entropy_lax::METHOD,
    discrete_semantic_entropy::METHOD,
    p_true::METHOD,
    self_consistency::METHOD,
    lexical_similarity::METHOD,
    num_set::METHOD,
    deg::METHOD,
    eccentricity::METHOD,
    eigv::METHOD,
    kle_heat::METHOD,
    kle_matern::METHOD,
    sar::METHOD,
    sar_token::METHOD,
    sar_sentence::METHOD,
    eigenscore::METHOD,
    semantic_density::METHOD,
    cocoa::METHOD,
    mutual_information::METHOD,
    snne::METHOD,
    hybrid_dse::METHOD,
    // Perturbed questions, demonstrations, long answers, probes.
    esi::METHOD,
    inv_entropy::METHOD,
    ni_entropy::METHOD,
    nr_inv_entropy::METHOD,
    wd_px_py::METHOD,
    max_py_x::METHOD,
    icl_epistemic::METHOD,
    icl_aleatoric::METHOD,
    luq::METHOD,
    ccp::METHOD,
    claim_semantic_entropy::METHOD,
    sep::METHOD,
    sep_tbg::METHOD,
];

/// What is computed when nothing is asked for.
pub const DEFAULT: &[&str] = &["semgrad", "paragrad", "exgrad", "hybridgrad"];

/// The methods named; `all` stands for the whole registry.
///
/// # Errors
/// `bad_input` for an unknown name.
pub fn select<S: AsRef<str>>(names: &[S]) -> Result<Vec<&'static Method>> {
    let mut chosen: Vec<&'static Method> = Vec::new();
    for name in names.iter().map(AsRef::as_ref) {
        let found: Vec<_> = REGISTRY.iter().filter(|m| name == "all" || m.id == name).collect();
        if found.is_empty() {
            let known: Vec<_> = REGISTRY.iter().map(|m| m.id).collect();
            return Err(Error::new(
                Code::BadInput,
                format!("unknown method {name:?}."),
                format!("Use all or some of {}.", known.join(", ")),
            ));
        }
        for method in found {
            if !chosen.iter().any(|m| m.id == method.id) {
                chosen.push(method);
            }
        }
    }
    Ok(chosen)
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
        for &need in self.needs {
            match need.state(evidence) {
                State::Missing => return Err(Undefined::Missing(need)),
                State::Misshapen => return Err(Undefined::Misshapen(need)),
                State::Present => {}
            }
        }
        // Adding zero turns −0 into 0.
        let score = (self.score)(evidence) + 0.0;
        if score.is_finite() { Ok(score) } else { Err(Undefined::NotFinite) }
    }

    /// Engines that have to be named for it, `embed` before `nli`.
    pub fn engines(&self) -> Vec<&'static str> {
        let mut engines: Vec<_> = self.needs.iter().filter_map(|need| need.engine()).collect();
        engines.sort_unstable();
        engines.dedup();
        engines
    }

    /// Whether it takes no more than the answer itself and a partial pass back: neither samples nor other prompts,
    /// engines or probes. These come with every answer, and confidences are made of them.
    pub fn one_pass(&self) -> bool {
        self.needs.iter().all(|need| need.one_pass())
    }

    /// Whether the evidence has all that the method reads, in lengths that fit.
    fn fed(&self, evidence: &Evidence) -> bool {
        self.needs.iter().all(|need| need.state(evidence) == State::Present)
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
        let drawn = self.needs.iter().find(|need| need.sampled()).map(|_| Need::SampleTexts);
        let mut cost: Vec<_> = drawn.iter().chain(self.needs).filter_map(|need| need.cost()).collect();
        cost.dedup();
        let mut entry = serializer.serialize_struct("Method", 11)?;
        entry.serialize_field("id", self.id)?;
        entry.serialize_field("name", self.name)?;
        entry.serialize_field("citation", self.citation)?;
        entry.serialize_field("needs", self.needs)?;
        entry.serialize_field("engines", &self.engines())?;
        entry.serialize_field("one_pass", &self.one_pass())?;
        entry.serialize_field("passes", &self.passes)?;
        entry.serialize_field("cost", &cost)?;
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
