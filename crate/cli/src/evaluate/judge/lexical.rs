//! Judging by words.

use crate::evaluate::dataset::Question;
use semgrad_scores::lexical::{Measure, similarity};

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
