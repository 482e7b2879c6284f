//! What a method reads beyond the statistics of the answer's tokens, one entry for each field of the evidence, so that
//! whoever gathers evidence knows what to gather and whoever supplies it learns what is missing.

use crate::evidence::Evidence;
use crate::evidence::observed::Claim;
use serde::{Serialize, Serializer};

/// Evidence beyond the answer's own tokens that a method reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Gradients at the hidden states of the upper half: `layers`.
    HiddenGradients,
    /// Gradient at the last hidden state before the last block alone, one block and the head: the last of `layers`.
    LastHiddenGradient,
    /// Entropy-weighted gradient at the head: `paragrad`.
    HeadGradient,
    /// Gradient at the head without weights: `exgrad`.
    PlainHeadGradient,
    /// `shapes`.
    Shapes,
    /// `geometry`.
    Geometry,
    /// `attention`.
    Attention,
    /// The greedy answer's text: `answer`.
    Answer,
    /// Texts of the `samples`.
    SampleTexts,
    /// Log-probabilities of the tokens of the `samples`.
    SampleLogprobs,
    /// `sharp_logprob` of the answer and of the `samples`.
    SharpLogprobs,
    /// `relevance` of the answer's tokens.
    Relevance,
    /// `relevance` of the tokens of the `samples`.
    SampleRelevance,
    /// `similarity`.
    Similarity,
    /// `entailment`.
    Entailment,
    /// `covariance`.
    Covariance,
    /// `p_true`.
    PTrue,
    /// `iterated`.
    Iterated,
    /// `perturbed.hellinger`.
    PerturbedDistributions,
    /// `perturbed.replies` and the similarities of questions and replies.
    PerturbedReplies,
    /// `demonstrations`.
    Demonstrations,
    /// `sentences`.
    SampleSentences,
    /// `claims` with their `alternatives`.
    ClaimVariants,
    /// `claims` with their `questions`.
    ClaimQuestions,
    /// The probe `sep` in `probes`.
    AnswerEndProbe,
    /// The probe `sep_tbg` in `probes`.
    PromptEndProbe,
}

/// Whether evidence is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It was not gathered.
    Missing,
    /// Its length contradicts that of the tokens or samples.
    Misshapen,
    /// It can be read without looking at lengths; its numbers may still be NaN.
    Present,
}

impl Need {
    /// Whether `evidence` has it.
    pub fn state(self, evidence: &Evidence) -> State {
        let (tokens, samples) = (evidence.tokens.len(), &evidence.samples);
        let by_sample = |there: &dyn Fn(usize) -> bool, fits: &dyn Fn(usize) -> bool| {
            let all = |test: &dyn Fn(usize) -> bool| !samples.is_empty() && (0..samples.len()).all(test);
            state(all(there), all(fits))
        };
        let number = |value: Option<f64>| state(value.is_some(), true);
        match self {
            Self::HiddenGradients => {
                let upper = &evidence.layers[evidence.layers.len() - evidence.layers.len() / 2..];
                state(!upper.is_empty() && upper.iter().all(Option::is_some), true)
            }
            Self::LastHiddenGradient => number(evidence.layers.last().copied().flatten()),
            Self::HeadGradient => number(evidence.paragrad),
            Self::PlainHeadGradient => number(evidence.exgrad),
            Self::Shapes => state(!evidence.shapes.is_empty(), evidence.shapes.len() == tokens),
            Self::Geometry => state(!evidence.geometry.is_empty(), evidence.geometry.len() == tokens),
            Self::Attention => {
                let layers = evidence.attention.as_ref().map(|a| a.layers.as_slice()).unwrap_or_default();
                let fits = layers.iter().all(|l| !l.to_self.is_empty() && l.to_self.iter().all(|h| h.len() == tokens));
                state(!layers.is_empty(), fits && tokens > 0)
            }
            Self::Answer => state(evidence.answer.is_some(), true),
            Self::SampleTexts => by_sample(&|i| samples[i].text.is_some(), &|_| true),
            Self::SampleLogprobs => by_sample(&|i| !samples[i].logprob.is_empty(), &|_| true),
            Self::SharpLogprobs => {
                let of_samples = by_sample(&|i| samples[i].sharp_logprob.is_some(), &|_| true);
                if evidence.sharp_logprob.is_some() { of_samples } else { State::Missing }
            }
            Self::Relevance => {
                state(evidence.relevance.is_some(), evidence.relevance.as_ref().is_some_and(|r| r.len() == tokens))
            }
            Self::SampleRelevance => by_sample(&|i| samples[i].relevance.is_some(), &|i| {
                samples[i].relevance.as_ref().is_some_and(|r| r.len() == samples[i].logprob.len())
            }),
            Self::Similarity => square(evidence.similarity.as_ref(), 1, samples.len()),
            Self::Entailment => square(evidence.entailment.as_ref(), 1, samples.len()),
            Self::Covariance => square(evidence.covariance.as_ref(), 0, samples.len()),
            Self::PTrue => number(evidence.p_true),
            Self::Iterated => square(evidence.iterated.as_ref(), 0, samples.len()),
            Self::PerturbedDistributions => {
                let rows = evidence.perturbed.as_ref().map(|p| p.hellinger.as_slice()).unwrap_or_default();
                state(!rows.is_empty(), tokens > 0 && rows.iter().all(|row| row.len() == tokens))
            }
            Self::PerturbedReplies => evidence.perturbed.as_ref().map_or(State::Missing, |p| {
                let replies = p.replies.iter().map(Vec::len).sum();
                let fits =
                    is_square(&p.question_similarity, p.replies.len()) && is_square(&p.reply_similarity, replies);
                state(p.replies.iter().flatten().any(|reply| !reply.trim().is_empty()), fits)
            }),
            Self::Demonstrations => {
                let rows: &[Vec<f64>] = evidence.demonstrations.as_deref().unwrap_or_default();
                let sets = rows.first().map_or(0, Vec::len);
                state(sets > 0, rows.iter().all(|row| row.len() == sets))
            }
            Self::SampleSentences => {
                let of: &[Vec<Vec<_>>] = evidence.sentences.as_deref().unwrap_or_default();
                state(!of.is_empty(), of.iter().flatten().all(|by| by.len() == of.len()))
            }
            Self::ClaimVariants => by_claim(&evidence.claims, &|c| !c.alternatives.is_empty(), &|c| {
                let (first, end) = c.tokens;
                end <= tokens && end.checked_sub(first) == Some(c.alternatives.len())
            }),
            Self::ClaimQuestions => by_claim(&evidence.claims, &|c| !c.questions.is_empty(), &|c| {
                c.questions.iter().all(|q| is_square(&q.entailment, q.answers.len()))
            }),
            Self::AnswerEndProbe => number(evidence.probes.get("sep").copied()),
            Self::PromptEndProbe => number(evidence.probes.get("sep_tbg").copied()),
        }
    }

    /// As it is written in JSON.
    pub fn id(self) -> &'static str {
        self.describe().0
    }

    /// What it costs besides generating the answer, in words, if anything; K is the number of samples.
    pub fn cost(self) -> Option<&'static str> {
        Some(self.describe().1).filter(|cost| !cost.is_empty())
    }

    /// Whether answers must be drawn for it.
    pub fn sampled(self) -> bool {
        let texts = matches!(self, Self::SampleTexts | Self::Similarity | Self::Entailment | Self::Covariance);
        let tokens =
            matches!(self, Self::SampleLogprobs | Self::SharpLogprobs | Self::SampleRelevance | Self::Iterated);
        texts || tokens || self == Self::SampleSentences
    }

    /// Whether the pass that writes the answer gives it, and one that goes back through a part of the model: no other
    /// answer, no other prompt, nothing that the caller has to bring.
    pub fn one_pass(self) -> bool {
        let gradients = matches!(self, Self::HiddenGradients | Self::LastHiddenGradient);
        let at_head = matches!(self, Self::HeadGradient | Self::PlainHeadGradient);
        gradients || at_head || matches!(self, Self::Shapes | Self::Geometry | Self::Attention)
    }

    /// The engine that has to be named for it, if any: `embed` says how alike texts are, `nli` what follows from what.
    pub fn engine(self) -> Option<&'static str> {
        match self {
            Self::Similarity | Self::Relevance | Self::SampleRelevance | Self::PerturbedReplies => Some("embed"),
            Self::Entailment | Self::SampleSentences | Self::ClaimVariants | Self::ClaimQuestions => Some("nli"),
            _ => None,
        }
    }

    fn describe(self) -> (&'static str, &'static str) {
        match self {
            Self::HiddenGradients => ("hidden_gradients", "forward and backward pass through the upper half"),
            Self::LastHiddenGradient => ("last_hidden_gradient", "forward and backward pass through the last layer"),
            Self::HeadGradient => ("head_gradient", "per token one product of the head's size"),
            Self::PlainHeadGradient => ("plain_head_gradient", "per token one product of the head's size"),
            Self::Shapes => ("shapes", "per token sums over the vocabulary"),
            Self::Geometry => ("geometry", "per token the head's rows of the likeliest tokens"),
            Self::Attention => ("attention", "per token attention to itself in the middle layers"),
            Self::Answer => ("answer", ""),
            Self::SampleTexts => ("sample_texts", "K answers drawn"),
            Self::SampleLogprobs => ("sample_logprobs", "K answers drawn"),
            Self::SharpLogprobs => ("sharp_logprobs", "per token of answer and samples a second softmax"),
            Self::Relevance => ("relevance", "per token one comparison"),
            Self::SampleRelevance => ("sample_relevance", "per token of each sample one comparison"),
            Self::Similarity => ("similarity", "per pair of different answers one comparison"),
            Self::Entailment => ("entailment", "per ordered pair of different answers one judgment"),
            Self::Covariance => ("covariance", "per sample a middle hidden state"),
            Self::PTrue => ("p_true", "one prompt"),
            Self::Iterated => {
                ("iterated", "per different sample one prompt, after which all different samples are scored")
            }
            Self::PerturbedDistributions => {
                ("perturbed_distributions", "per perturbed question the answer scored again")
            }
            Self::PerturbedReplies => {
                ("perturbed_replies", "per wording of the question several replies, all compared")
            }
            Self::Demonstrations => ("demonstrations", "per set of demonstrations one prompt"),
            Self::SampleSentences => ("sample_sentences", "per sentence of each sample K − 1 judgments"),
            Self::ClaimVariants => ("claim_variants", "per alternative of each content word two judgments"),
            Self::ClaimQuestions => ("claim_questions", "per claim questions, each answered several times and judged"),
            Self::AnswerEndProbe => ("answer_end_probe", "one product of a few hidden states"),
            Self::PromptEndProbe => ("prompt_end_probe", "one product of a few hidden states"),
        }
    }
}

impl Serialize for Need {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

fn state(there: bool, fits: bool) -> State {
    match (there, fits) {
        (false, _) => State::Missing,
        (true, false) => State::Misshapen,
        (true, true) => State::Present,
    }
}

/// Over all claims, of which there must be one.
fn by_claim(claims: &[Claim], there: &dyn Fn(&Claim) -> bool, fits: &dyn Fn(&Claim) -> bool) -> State {
    state(!claims.is_empty() && claims.iter().all(there), claims.iter().all(fits))
}

fn is_square<T>(matrix: &[Vec<T>], n: usize) -> bool {
    matrix.len() == n && matrix.iter().all(|row| row.len() == n)
}

/// A matrix over `extra` answers and at least one sample; over all samples where samples are given.
fn square<T>(matrix: Option<&Vec<Vec<T>>>, extra: usize, samples: usize) -> State {
    let Some(rows) = matrix else { return State::Missing };
    let fits = rows.iter().all(|row| row.len() == rows.len()) && (samples == 0 || rows.len() == samples + extra);
    state(rows.len() > extra, fits)
}
