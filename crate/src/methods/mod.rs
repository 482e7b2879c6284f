//! Scores: pure functions of the evidence, one file each. Higher means less sure.

pub mod ccp;
pub mod claim_semantic_entropy;
pub mod esi;
pub mod exgrad;
pub mod gnll;
pub mod hybridgrad;
pub mod icl_aleatoric;
pub mod icl_epistemic;
pub mod inv_entropy;
pub mod luq;
pub mod max_py_x;
pub mod max_token_entropy;
pub mod mean_token_entropy;
pub mod ni_entropy;
pub mod nr_inv_entropy;
pub mod paragrad;
pub mod perplexity;
pub mod semgrad;
pub mod semgrad_last;
pub mod sep;
pub mod sep_tbg;
mod walk;
pub mod wd_px_py;

use crate::error::{Code, Error, Result};
use crate::evidence::Evidence;
use serde::Serialize;

/// Evidence beyond the answer's own tokens that a method reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// Gradients at the hidden states of the upper half.
    HiddenGradients,
    /// Gradient at the last hidden state before the last block alone: one block and the head.
    LastHiddenGradient,
    /// Entropy-weighted gradient at the head.
    HeadGradient,
    /// Gradient at the head without weights.
    PlainHeadGradient,
    /// Distances of the answer's token distributions under disturbed questions.
    PerturbedDistributions,
    /// Replies to perturbed questions and the similarities of both.
    PerturbedReplies,
    /// Label masses under several sets of demonstrations.
    Demonstrations,
    /// Entailment of each sentence of the samples by every other sample.
    SampleSentences,
    /// Claims with each token's alternatives judged.
    ClaimVariants,
    /// Claims with the answers to questions that they could answer.
    ClaimQuestions,
    /// Output of the probe at the answer's end.
    AnswerEndProbe,
    /// Output of the probe at the prompt's end.
    PromptEndProbe,
}

/// A score and what is known about it.
#[derive(Debug, Serialize)]
pub struct Method {
    /// Canonical id.
    pub id: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// Where it was published.
    pub citation: &'static str,
    /// What it reads beyond token statistics.
    pub needs: &'static [Need],
    /// Passes through (a part of) the model besides generating.
    pub passes: u32,
    /// The score; NaN when it is undefined for this evidence.
    #[serde(skip)]
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::statistics::TokenStatistics;

    fn evidence() -> Evidence {
        // methods.md §13, ParaGrad example: p(y) = .246843, .322043; ω = .818396, 1.097477.
        let token = |p: f64, entropy| TokenStatistics { logprob: p.ln(), entropy, top2_margin: 0.0 };
        Evidence {
            tokens: vec![token(0.246843, 0.818396), token(0.322043, 1.097477)],
            layers: vec![None, None, Some(0.5), Some(0.1), Some(0.3)],
            paragrad: Some(0.315228),
            exgrad: Some(0.376578),
            ..Evidence::default()
        }
    }

    #[test]
    fn known_values() {
        let e = evidence();
        let near = |a: f64, b: f64| assert!((a - b).abs() < 2e-5, "{a} is not {b}");
        near(e.alpha(), 0.383684);
        near(gnll::score(&e), 2.532070);
        near(perplexity::score(&e).ln(), 1.266035);
        near(max_token_entropy::score(&e), 1.097477);
        // Five layers: the upper half is the last two.
        near(semgrad::score(&e), 0.2);
        near(semgrad_last::score(&e), 0.3);
        near(hybridgrad::score(&e), 0.616316 * 0.2 + 0.383684 * 0.315228);
    }

    #[test]
    fn missing_evidence_is_nan_and_unknown_names_are_errors() {
        let e = Evidence { layers: vec![None; 4], ..Evidence::default() };
        assert!(REGISTRY.iter().filter(|m| m.id != "gnll").all(|m| (m.score)(&e).is_nan()));
        assert_eq!(select(&["all"]).unwrap().len(), REGISTRY.len());
        assert_eq!(select(&["gnll", "gnll"]).unwrap().len(), 1);
        assert_eq!(select(&["entropy"]).unwrap_err().code, Code::BadInput);
    }
}
