//! Scores: pure functions of the evidence, one file each. Higher means less sure.
//!
//! [`Method::evaluate`] says why there is no score where there is none; [`Method::value`] is NaN then. Methods read
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
mod method;
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
mod shape;
pub mod snne;
pub mod support;
#[cfg(test)]
mod tests;
mod walk;
pub mod wd_px_py;

pub use method::{Method, Undefined};
pub use need::{Need, Source};
pub use outcome::{Outcome, evaluate};
pub use shape::State;

use crate::error::{Code, Error, Result};

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
