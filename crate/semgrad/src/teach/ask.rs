//! One question, asked.

use crate::answer::{Model, Unobserved};
use crate::asking::Asking;
use crate::control::Pacer;
use crate::error::Result;
use semgrad_scores::abstain::asked::Asked;
use semgrad_scores::abstain::refusal::refuses;
use semgrad_scores::abstain::target::{Known, exact_spread};

/// Entropy of the clusters of meaning, without probabilities.
const ENTROPY: &str = "discrete_semantic_entropy";
/// What a request for no samples asks for instead: it costs nothing, and who asks for no score at all gets no confidence.
const FREE: &str = "gnll";

/// Asks one question: the greedy answer with its confidence, if the model's profile has one, and what the samples say of it
/// where some are drawn.
///
/// # Errors
/// As [`Model::run`]; `engine_required` where nobody judges entailment.
pub async fn ask(model: &Model, question: &str, asking: &Asking, pacer: &Pacer<'_>) -> Result<Asked> {
    let methods: &[&str] = if asking.samples > 0 { &[ENTROPY] } else { &[FREE] };
    let record = model.run(&asking.request(question, methods), pacer, &mut Unobserved).await?;
    let score = record.scores.get(ENTROPY);
    if let Some(error) = score.and_then(|score| score.error.clone()) {
        return Err(error);
    }
    let entropy = score.map(|score| score.score).filter(|score| score.is_finite());
    let answer = record.answer.unwrap_or_default();
    let samples: Vec<String> = record.samples.into_iter().flatten().filter_map(|sample| sample.text).collect();
    let texts: Vec<&str> = samples.iter().map(String::as_str).collect();
    let known = Known {
        entropy,
        spread: Some(exact_spread(&texts)).filter(|spread| spread.is_finite()),
        confidence: record.confidence,
        right: None,
        refuses: refuses(&answer),
        cut: record.finish_reason == "length",
    };
    let (prompt_ids, response_ids) = (record.prompt_ids, record.response_ids);
    Ok(Asked { question: question.to_owned(), prompt_ids, answer, response_ids, samples, known })
}
