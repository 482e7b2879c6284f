//! What a model makes of an answer that somebody else wrote, as records have it.

use serde::Serialize;
use std::collections::BTreeMap;

/// What this model makes of an answer that somebody else wrote.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema))]
pub struct Examined {
    /// Words that stand out: those the model found least likely where they stand, in the order of the answer. Function words
    /// and the question's own are none, and at most a third of the others are, no more than six. They need no calibration, and
    /// are not wrong for that.
    pub odd: Vec<OddWord>,
    /// What the model would have said; null where `own_answers` is 0.
    pub own: Option<OwnAnswers>,
    /// How far the answer is to be doubted; null where this model has no such judgement to give.
    pub judgement: Option<Judgement>,
    /// Why there is no judgement, and what would help, for people; null where there is one.
    pub none: Option<String>,
    /// What the judgement is made of, by name; higher is more doubt, null where undefined.
    pub signals: BTreeMap<&'static str, f64>,
    /// The model's own state where it was asked whether the answer is correct, where `state` asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<Vec<f32>>,
}

/// A word that stands out.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema))]
pub struct OddWord {
    /// As it stands in the answer.
    pub text: String,
    /// Where: the first character and one past the last, counted as JavaScript does (UTF-16 code units).
    pub at: (usize, usize),
    /// Its tokens: the first, and one past the last.
    pub tokens: (usize, usize),
    /// −ln of the probability that the model gave its least likely token.
    pub surprisal: f64,
}

/// Short answers of the model's own to the same question.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema))]
pub struct OwnAnswers {
    /// Its most likely one.
    pub answer: String,
    /// The others, which were drawn.
    pub others: Vec<String>,
    /// How many of them all say what the given answer says.
    pub agree: usize,
    /// The same in words.
    pub sentence: String,
}

/// How far an answer is to be doubted, and how far the doubt itself. Never a probability: the share of wrong answers where
/// this one stands is not known.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema))]
pub struct Judgement {
    /// How much: `nothing_odd`, `some_doubt`, `strong_doubt`.
    #[cfg_attr(not(target_family = "wasm"), schemars(extend("enum" = ["nothing_odd", "some_doubt", "strong_doubt"])))]
    pub doubt: &'static str,
    /// The same in words.
    pub word: String,
    /// What speaks most for that, in one sentence.
    pub reason: String,
    /// How many times likelier such evidence is with a wrong answer than with a right one.
    #[cfg_attr(not(target_family = "wasm"), schemars(extend("finite" = true)))]
    pub ratio: f64,
    /// The ratio in one sentence.
    pub ratio_sentence: String,
    /// What it comes to where 70 and 90 of 100 answers are right, in one sentence.
    pub range: String,
    /// Which writers it was tested on and how well it told their wrong answers from right ones, in one sentence.
    pub tested: String,
}
