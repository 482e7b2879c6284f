//! The record of one question: plain numbers and texts, no device. Methods are pure functions of it, and it reads from
//! and writes to JSON, so that any other program can supply it.
//!
//! Index 0 of a matrix over answers is the greedy answer, 1..=K are the samples. Logarithms are natural. A number that
//! was observed but is none (NaN, infinite) is null in JSON, and null or no number at all is read as NaN.

use super::distribution::TokenStatistics;
use super::nullable;
pub use crate::statistics::Matrix;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What was observed about one question; what was not gathered may be left out. Index 0 of a matrix over answers is the
/// greedy answer, the samples follow. Logarithms are natural. A number that was observed but is none is null.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Evidence {
    /// The question; methods that compare texts put it in front of an answer.
    pub question: Option<String>,
    /// The greedy answer.
    pub answer: Option<String>,
    /// Statistics of the answer's tokens, the end-of-turn token included.
    pub tokens: Vec<TokenStatistics>,
    /// Shape of each token's distribution, in step with `tokens`.
    pub shapes: Vec<DistributionShape>,
    /// Geometry of each token at the head, in step with `tokens`.
    pub geometry: Vec<Geometry>,
    /// Mean |∂ℒ/∂h| at the semantic position for hidden states 0..L−1; null where it was not computed.
    #[serde(deserialize_with = "nullable::size")]
    pub layers: Vec<Option<f64>>,
    /// Mean |∂ℒ/∂W_head|.
    #[serde(deserialize_with = "nullable::size")]
    pub paragrad: Option<f64>,
    /// The same without entropy weights.
    #[serde(deserialize_with = "nullable::size")]
    pub exgrad: Option<f64>,
    /// Attention maps, as far as methods read them.
    pub attention: Option<Attention>,
    /// Outputs of trained probes by method: probability that semantic entropy is high.
    #[serde(deserialize_with = "nullable::share")]
    pub probes: BTreeMap<String, f64>,
    /// Drawn answers.
    pub samples: Vec<SampleEvidence>,
    /// Mean log-probability of the greedy answer's tokens at temperature 0.1.
    #[serde(deserialize_with = "nullable::log_total")]
    pub sharp_logprob: Option<f64>,
    /// Relevance of the greedy answer's tokens, as that of a sample's.
    #[serde(deserialize_with = "nullable::share")]
    pub relevance: Option<Vec<f64>>,
    /// Similarity 0..1 of answers with the question in front, `[K+1, K+1]`.
    #[serde(deserialize_with = "nullable::share")]
    pub similarity: Option<Matrix>,
    /// Entailment between answers with the question in front: premise row, hypothesis column, `[K+1, K+1]`.
    pub entailment: Option<Vec<Vec<Entailment>>>,
    /// Covariance over features of the samples' sentence vectors X `[K, d]`: X·J·Xᵀ/(d − 1), J = I − 11ᵀ/d; `[K, K]`.
    #[serde(deserialize_with = "nullable::read")]
    pub covariance: Option<Matrix>,
    /// Probability, 0..1, that the model calls its answer true.
    #[serde(deserialize_with = "nullable::share")]
    pub p_true: Option<f64>,
    /// ln p(sample j | prompt that states sample i as one answer), whole sequence, `[K, K]`; read only where both i and
    /// j are the first of their like (`representatives` of the method `mutual_information`).
    #[serde(deserialize_with = "nullable::log_total")]
    pub iterated: Option<Matrix>,
    /// Perturbed questions.
    pub perturbed: Option<Perturbed>,
    /// Mass of label c (row) under demonstration set j (column).
    #[serde(deserialize_with = "nullable::share")]
    pub demonstrations: Option<Matrix>,
    /// Parts of a long answer.
    pub claims: Vec<Claim>,
    /// For claims of sampled long answers: entailment of sentence k of sample i by sample j, `[K][sentences][K]`.
    pub sentences: Option<Vec<Vec<Vec<Entailment>>>>,
}

/// What a token's distribution P looks like beyond its entropy.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema), schemars(extend("required" = ["mean_logprob", "log_root_sum", "vocab", "top"])))]
#[serde(default)]
pub struct DistributionShape {
    /// (1/V)·Σ_v ln P(v): how far P is from uniform, −ln V − mean_logprob = KL(uniform ‖ P).
    #[serde(default = "nullable::missing", deserialize_with = "nullable::log_total")]
    pub mean_logprob: f64,
    /// ln Σ_v √(P₂(v)) with P₂ the distribution at temperature 2.
    #[serde(default = "nullable::missing", deserialize_with = "nullable::read")]
    pub log_root_sum: f64,
    /// Size V of the vocabulary.
    pub vocab: usize,
    /// Most probable tokens, falling: all of probability ≥ 0.005 and the next one, at least ten.
    pub top: Vec<Alternative>,
}

/// A token that could have stood in the answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema), schemars(extend("required" = ["id", "logprob"])))]
#[serde(default)]
pub struct Alternative {
    /// Token id.
    pub id: u32,
    /// Its text.
    pub text: Option<String>,
    /// Its log-probability.
    #[serde(default = "nullable::missing", deserialize_with = "nullable::log_total")]
    pub logprob: f64,
}

/// A token's final hidden state z against the head's rows w (methods.md §11.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema), schemars(extend("required" = ["nci", "fdbd"])))]
#[serde(default)]
pub struct Geometry {
    /// cos(w_y, z)·‖w_y‖ for the token y of the answer.
    #[serde(default = "nullable::missing", deserialize_with = "nullable::read")]
    pub nci: f64,
    /// Mean over the most probable other tokens c of |(w_y − w_c)·z| / ‖w_y − w_c‖ / ‖z‖.
    #[serde(default = "nullable::missing", deserialize_with = "nullable::size")]
    pub fdbd: f64,
}

/// Attention of the positions that predict the answer's tokens.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema), schemars(extend("required" = ["depth", "layers"])))]
#[serde(default)]
pub struct Attention {
    /// Number of layers of the model.
    pub depth: usize,
    /// Those that were looked at.
    pub layers: Vec<LayerAttention>,
    /// Those that have no attention, as short convolutions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<usize>,
}

/// Attention of the positions that predict the answer's tokens, in one layer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema), schemars(extend("required" = ["layer", "to_self"])))]
#[serde(default)]
pub struct LayerAttention {
    /// The layer, from 0.
    pub layer: usize,
    /// Attention of the position that predicts token t to itself, after the softmax, `[heads][T]`. The first is the
    /// last prompt position's, the others are the answer's own tokens'.
    #[serde(deserialize_with = "nullable::share")]
    pub to_self: Vec<Vec<f64>>,
}

/// One drawn answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema))]
#[serde(default)]
pub struct SampleEvidence {
    /// Its text; null without a tokenizer.
    pub text: Option<String>,
    /// Log-probabilities of its tokens at temperature 1, the end token included.
    #[serde(deserialize_with = "nullable::logprob")]
    pub logprob: Vec<f64>,
    /// Mean log-probability of its tokens at temperature 0.1.
    #[serde(deserialize_with = "nullable::log_total")]
    pub sharp_logprob: Option<f64>,
    /// By token: 1 − similarity of the answer with and without it.
    #[serde(deserialize_with = "nullable::share")]
    pub relevance: Option<Vec<f64>>,
}

/// What a premise says about a hypothesis; the three add up to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema), schemars(!try_from))]
#[serde(try_from = "Judged")]
pub struct Entailment {
    /// It follows.
    pub entail: f64,
    /// Neither.
    pub neutral: f64,
    /// It is excluded.
    pub contradict: f64,
}

/// An entailment as it is read.
#[derive(Deserialize)]
struct Judged {
    #[serde(default = "nullable::missing", deserialize_with = "nullable::share")]
    entail: f64,
    #[serde(default = "nullable::missing", deserialize_with = "nullable::share")]
    neutral: f64,
    #[serde(default = "nullable::missing", deserialize_with = "nullable::share")]
    contradict: f64,
}

/// How far the three may be from 1: as far as two decimals leave them.
const ROUNDED: f64 = 0.02;

impl TryFrom<Judged> for Entailment {
    type Error = String;

    fn try_from(Judged { entail, neutral, contradict }: Judged) -> Result<Self, String> {
        let sum = entail + neutral + contradict;
        match sum {
            // Nothing was judged, as often on a diagonal.
            0.0 => Ok(Self { entail: f64::NAN, neutral: f64::NAN, contradict: f64::NAN }),
            _ if sum.is_nan() || (sum - 1.0).abs() <= ROUNDED => Ok(Self { entail, neutral, contradict }),
            _ => Err(format!("an entailment's probabilities add up to {sum}, not 1")),
        }
    }
}

/// The same question asked in other words.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Perturbed {
    /// Questions, the original first: n+1.
    pub questions: Vec<String>,
    /// Replies by question, r each.
    pub replies: Vec<Vec<String>>,
    /// Similarity 0..1 of the questions, `[n+1, n+1]`.
    #[serde(deserialize_with = "nullable::share")]
    pub question_similarity: Matrix,
    /// Similarity 0..1 of all replies in the order of `replies`, `[(n+1)·r, (n+1)·r]`.
    #[serde(deserialize_with = "nullable::share")]
    pub reply_similarity: Matrix,
    /// Hellinger distance between the distributions of the answer's tokens after the original question and after a
    /// perturbed one, `[perturbation][T]`.
    #[serde(deserialize_with = "nullable::share")]
    pub hellinger: Matrix,
}

/// A sentence or claim of the answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema), schemars(extend("required" = ["text", "tokens"])))]
#[serde(default)]
pub struct Claim {
    /// Its text.
    pub text: String,
    /// Its tokens: first, one past the last.
    pub tokens: (usize, usize),
    /// Mean |∂ℒ/∂h| of the upper half and mean |∂ℒ/∂W_head| with the loss restricted to its tokens.
    #[serde(deserialize_with = "nullable::size")]
    pub semgrad: Option<f64>,
    /// See `semgrad`.
    #[serde(deserialize_with = "nullable::size")]
    pub paragrad: Option<f64>,
    /// By token: the alternatives and how each relates to what was said; empty for function words.
    pub alternatives: Vec<Vec<Variant>>,
    /// By question that the claim could answer: the answers given afresh, the claim's own first, and their entailment.
    pub questions: Vec<ClaimQuestion>,
}

/// A token of a claim exchanged for another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema), schemars(extend("required" = ["probability", "forward", "backward"])))]
#[serde(default)]
pub struct Variant {
    /// Probability of the other token.
    #[serde(default = "nullable::missing", deserialize_with = "nullable::share")]
    pub probability: f64,
    /// Said ⇒ variant.
    pub forward: Entailment,
    /// Variant ⇒ said.
    pub backward: Entailment,
}

/// A question that a claim could answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema), schemars(extend("required" = ["question", "answers", "entailment"])))]
#[serde(default)]
pub struct ClaimQuestion {
    /// The question.
    pub question: String,
    /// Answers, the claim's own first.
    pub answers: Vec<String>,
    /// Entailment between them.
    pub entailment: Vec<Vec<Entailment>>,
}

impl SampleEvidence {
    /// ln p of the whole answer: Σ ln p_t.
    pub fn total_logprob(&self) -> f64 {
        self.logprob.iter().sum()
    }

    /// The same by token: (1/T) Σ ln p_t; NaN without tokens.
    pub fn mean_logprob(&self) -> f64 {
        self.total_logprob() / self.logprob.len() as f64
    }
}

/// Of `depth` layers the nearest to `layer` that counts, the lower one of two.
pub fn nearest(layer: usize, depth: usize, counts: impl Fn(usize) -> bool) -> Option<usize> {
    let at = |distance: usize| [layer.checked_sub(distance), layer.checked_add(distance)].into_iter().flatten();
    (0..depth).find_map(|distance| at(distance).find(|&at| at < depth && counts(at)))
}

impl Attention {
    /// Layer number `layer`, if it was looked at.
    pub fn layer(&self, layer: usize) -> Option<&LayerAttention> {
        self.layers.iter().find(|l| l.layer == layer)
    }

    /// Of the layers with attention the nearest to `layer`, the lower one of two, if it was looked at.
    pub fn nearest(&self, layer: usize) -> Option<&LayerAttention> {
        let number = nearest(layer, self.depth, |at| !self.without.contains(&at))?;
        self.layer(number)
    }
}

impl Geometry {
    /// From the token's logit w_y·z, the norm ‖z‖, and by other token its logit w_c·z and the distance ‖w_y − w_c‖.
    /// Logits are those of the plain product, without bias, scale or soft cap.
    pub fn new(logit: f64, norm: f64, others: &[(f64, f64)]) -> Self {
        let margins = others.iter().map(|(other, distance)| (logit - other).abs() / distance / norm);
        Self { nci: logit / norm, fdbd: margins.sum::<f64>() / others.len() as f64 }
    }
}

impl Evidence {
    /// exp(−mean entropy): how certain the answer's tokens were, 0..1.
    pub fn alpha(&self) -> f64 {
        (-self.mean_entropy()).exp()
    }

    /// Texts of all samples; `None` where one is missing.
    pub fn sample_texts(&self) -> Option<Vec<&str>> {
        self.samples.iter().map(|s| s.text.as_deref()).collect()
    }

    /// Mean token entropy in nats; NaN without tokens.
    pub fn mean_entropy(&self) -> f64 {
        self.tokens.iter().map(|t| t.entropy).sum::<f64>() / self.tokens.len() as f64
    }
}
