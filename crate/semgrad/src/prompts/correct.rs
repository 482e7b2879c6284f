//! Whether an answer is correct, asked of the model at one fixed closing phrase. Its hidden state there is read, too: what a
//! state says of truth carries over between questions where it is read at the same phrase (arXiv 2505.09807).
//!
//! The reply is yes or no ([`entailment::YES`], [`entailment::NO`]), so nothing is generated.

use super::entailment;

/// The question about an answer.
pub fn request(question: &str, answer: &str) -> String {
    format!("Question: {question}\nAnswer: {}\nIs this answer correct? Reply with Yes or No.", answer.trim())
}

/// Probability of yes against no; one half where the model says neither.
pub fn probability(yes: f64, no: f64) -> f64 {
    entailment::judgement(yes, no).entail
}
