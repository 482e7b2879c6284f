//! Judging by words.

use crate::evaluate::dataset::Question;
use semgrad_scores::lexical::words::answer_words;
use semgrad_scores::lexical::{Measure, similarity};

/// How answers begin that say nothing.
const REFUSALS: [&str; 16] = [
    "i dont know",
    "i do not know",
    "im not sure",
    "i am not sure",
    "im sorry",
    "i am sorry",
    "sorry",
    "i cannot",
    "i cant",
    "i can not",
    "im unable",
    "i am unable",
    "im not able",
    "i am not able",
    "i have no comment",
    "as ai",
];

/// Whether the answer begins as refusals do.
pub fn refuses(answer: &str) -> bool {
    let words = answer_words(&answer.replace('’', "'")).join(" ");
    REFUSALS
        .iter()
        .any(|refusal| words.strip_prefix(refusal).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
}

/// ROUGE-L F-measure with the nearest reference; 0 without any.
pub fn rouge_l(references: &[String], answer: &str) -> f64 {
    nearest(Measure::RougeL, references, answer)
}

/// ROUGE-L with the nearest true reference less that with the nearest false one.
pub fn margin(question: &Question, answer: &str) -> f64 {
    rouge_l(&question.references, answer) - rouge_l(&question.incorrect, answer)
}

/// F1 of words with the nearest reference; 0 without any.
pub fn f1(references: &[String], answer: &str) -> f64 {
    nearest(Measure::TokenF1, references, answer)
}

fn nearest(measure: Measure, references: &[String], answer: &str) -> f64 {
    let pair = |reference: &String| similarity(measure, &[reference, answer])[0][1];
    references.iter().map(pair).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals() {
        for refusal in
            ["I don't know.", "I’m sorry, but I cannot answer that.", "As an AI, I have no opinion", "Sorry!"]
        {
            assert!(refuses(refusal), "{refusal}");
        }
        for answer in ["I cannoli", "Nobody knows: I do not know of any proof", "Sorrento", "As aimed", ""] {
            assert!(!refuses(answer), "{answer}");
        }
    }
}
