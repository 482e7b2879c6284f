//! What a method reads beyond the statistics of the answer's tokens, one row for each part of the evidence, so that
//! whoever gathers evidence knows what to gather and whoever supplies it learns what is missing.

use super::shape::{self, State, by_sample, by_token, number, square, state};
use crate::evidence::Evidence;
use Source::{Answer, Aside, Pass, Probe, Samples};
use serde::{Serialize, Serializer};

/// Where evidence comes from, the cheapest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// It is there with the answer.
    Answer,
    /// It is read off one more pass over the end of the prompt and the answer, which goes back for gradients.
    Pass,
    /// A probe of the model's states says it, which has to be trained first.
    Probe,
    /// It is about answers drawn beside the first.
    Samples,
    /// Somebody is asked aside: an engine about texts, the model about something else than the question.
    Aside,
}

/// What is known of a need.
struct Row {
    id: &'static str,
    sources: &'static [Source],
    /// Beside generating the answer, in words; K is the number of samples.
    cost: &'static str,
    state: fn(&Evidence) -> State,
    engine: Option<&'static str>,
    at_position: bool,
}

/// A row about evidence that needs no engine.
const fn row(id: &'static str, sources: &'static [Source], cost: &'static str, state: fn(&Evidence) -> State) -> Row {
    Row { id, sources, cost, state, engine: None, at_position: false }
}

impl Row {
    /// Asks `engine`.
    const fn by(self, engine: &'static str) -> Self {
        Self { engine: Some(engine), ..self }
    }

    /// Is another number at another semantic position.
    const fn at_position(self) -> Self {
        Self { at_position: true, ..self }
    }
}

/// The type and its table, from one list.
macro_rules! needs {
    ($($(#[$doc:meta])* $need:ident = $row:expr;)*) => {
        /// Evidence beyond the answer's own tokens that a method reads.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Need { $($(#[$doc])* $need),* }

        impl Need {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$need),*];

            fn row(self) -> Row {
                match self { $(Self::$need => $row),* }
            }
        }
    };
}

needs! {
    /// Gradients at the hidden states of the upper half: `layers`.
    HiddenGradients = row("hidden_gradients", &[Pass], "forward and backward pass through the upper half",
        shape::upper_half).at_position();
    /// Gradient at the last hidden state before the last block alone, one block and the head: the last of `layers`.
    LastHiddenGradient = row("last_hidden_gradient", &[Pass], "forward and backward pass through the last layer",
        |e| number(e.layers.last().copied().flatten())).at_position();
    /// Entropy-weighted gradient at the head: `paragrad`.
    HeadGradient = row("head_gradient", &[Pass], "per token one product of the head's size", |e| number(e.paragrad));
    /// Gradient at the head without weights: `exgrad`.
    PlainHeadGradient = row("plain_head_gradient", &[Pass], "per token one product of the head's size",
        |e| number(e.exgrad));
    /// `shapes`.
    Shapes = row("shapes", &[Pass], "per token sums over the vocabulary", |e| by_token(&e.shapes, e));
    /// `geometry`.
    Geometry = row("geometry", &[Pass], "per token the head's rows of the likeliest tokens",
        |e| by_token(&e.geometry, e));
    /// `attention`.
    Attention = row("attention", &[Pass], "per token attention to itself in the middle layers", shape::attention);
    /// The greedy answer's text: `answer`.
    Answer = row("answer", &[Answer], "", |e| state(e.answer.is_some(), true));
    /// Texts of the `samples`.
    SampleTexts = row("sample_texts", &[Samples], "K answers drawn", |e| by_sample(e, |s| s.text.is_some()));
    /// Log-probabilities of the tokens of the `samples`.
    SampleLogprobs = row("sample_logprobs", &[Samples], "K answers drawn", |e| by_sample(e, |s| !s.logprob.is_empty()));
    /// `sharp_logprob` of the answer and of the `samples`.
    SharpLogprobs = row("sharp_logprobs", &[Pass, Samples], "per token of answer and samples a second softmax",
        |e| e.sharp_logprob.map_or(State::Missing, |_| by_sample(e, |s| s.sharp_logprob.is_some())));
    /// `relevance` of the answer's tokens.
    Relevance = row("relevance", &[Aside], "per token one comparison",
        |e| e.relevance.as_ref().map_or(State::Missing, |r| state(true, r.len() == e.tokens.len()))).by("embed");
    /// `relevance` of the tokens of the `samples`.
    SampleRelevance = row("sample_relevance", &[Samples, Aside], "per token of each sample one comparison",
        shape::sample_relevance).by("embed");
    /// `similarity`.
    Similarity = row("similarity", &[Samples, Aside], "per pair of different answers one comparison",
        |e| square(e.similarity.as_ref(), 1, e)).by("embed");
    /// `entailment`.
    Entailment = row("entailment", &[Samples, Aside], "per ordered pair of different answers one judgment",
        |e| square(e.entailment.as_ref(), 1, e)).by("nli");
    /// `covariance`.
    Covariance = row("covariance", &[Samples], "per sample a middle hidden state",
        |e| square(e.covariance.as_ref(), 0, e));
    /// `p_true`.
    PTrue = row("p_true", &[Aside], "one prompt", |e| number(e.p_true));
    /// `iterated`.
    Iterated = row("iterated", &[Samples, Aside],
        "per different sample one prompt, after which all different samples are scored",
        |e| square(e.iterated.as_ref(), 0, e));
    /// `perturbed.hellinger`.
    PerturbedDistributions = row("perturbed_distributions", &[Aside], "per perturbed question the answer scored again",
        shape::distances);
    /// `perturbed.replies` and the similarities of questions and replies.
    PerturbedReplies = row("perturbed_replies", &[Aside], "per wording of the question several replies, all compared",
        shape::replies).by("embed");
    /// `demonstrations`.
    Demonstrations = row("demonstrations", &[Aside], "per set of demonstrations one prompt", shape::demonstrations);
    /// `sentences`.
    SampleSentences = row("sample_sentences", &[Samples, Aside], "per sentence of each sample K − 1 judgments",
        shape::sentences).by("nli");
    /// `claims` with their `alternatives`.
    ClaimVariants = row("claim_variants", &[Pass, Aside], "per alternative of each content word two judgments",
        shape::variants).by("nli");
    /// `claims` with their `questions`.
    ClaimQuestions = row("claim_questions", &[Aside],
        "per claim questions, each answered several times and judged", shape::questions).by("nli");
    /// The probe `sep` in `probes`.
    AnswerEndProbe = row("answer_end_probe", &[Pass, Probe], "one product of a few hidden states",
        |e| number(e.probes.get("sep").copied()));
    /// The probe `sep_tbg` in `probes`.
    PromptEndProbe = row("prompt_end_probe", &[Pass, Probe], "one product of a few hidden states",
        |e| number(e.probes.get("sep_tbg").copied()));
}

impl Need {
    /// As it is written in JSON.
    pub fn id(self) -> &'static str {
        self.row().id
    }

    /// Whether `evidence` has it.
    pub fn state(self, evidence: &Evidence) -> State {
        (self.row().state)(evidence)
    }

    /// What it costs besides generating the answer, in words, if anything; K is the number of samples.
    pub fn cost(self) -> Option<&'static str> {
        Some(self.row().cost).filter(|cost| !cost.is_empty())
    }

    /// The engine that has to be named for it, if any: `embed` says how alike texts are, `nli` what follows from what.
    pub fn engine(self) -> Option<&'static str> {
        self.row().engine
    }

    /// Whether it comes from this source, among others.
    pub fn comes_from(self, source: Source) -> bool {
        self.row().sources.contains(&source)
    }

    /// Whether answers must be drawn for it.
    pub fn sampled(self) -> bool {
        self.comes_from(Samples)
    }

    /// Whether the pass that writes the answer gives it, and one that goes back through a part of the model: no other
    /// answer, no other prompt, nothing that the caller has to bring.
    pub fn one_pass(self) -> bool {
        self.row().sources.iter().all(|source| matches!(source, Answer | Pass))
    }

    /// Whether it is another number at another semantic position.
    pub fn at_position(self) -> bool {
        self.row().at_position
    }
}

impl Serialize for Need {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}
