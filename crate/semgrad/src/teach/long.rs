//! Long answers: one question asked, and examples of what is to be answered, in which the doubtful claims are doubted.

use super::examples::{replayed, text_of};
use crate::answer::{Model, Unobserved};
use crate::asking::Asking;
use crate::control::Pacer;
use crate::error::{Code, Error, Result};
use crate::tune::{Example, Kind};
use semgrad_scores::abstain::asked::Asked;
use semgrad_scores::abstain::doubt::asked::{JUDGED, Long, doubts};
use semgrad_scores::abstain::doubt::target::{Fate, Target};
use semgrad_scores::record::Request;

/// Asks one question: the greedy answer, and how doubtful each of its claims is by the score of that name.
///
/// # Errors
/// As [`Model::run`]; `engine_required` where nobody judges entailment and the score takes that.
pub async fn ask_long(model: &Model, question: &str, score: &str, asking: &Asking, pacer: &Pacer<'_>) -> Result<Long> {
    // The others come with the answer.
    let methods: &[&str] = if score == JUDGED { &[JUDGED] } else { &[] };
    let request = Request { spans: Some(true), ..asking.request(question, methods) };
    let record = model.run(&request, pacer, &mut Unobserved).await?;
    // An answer without claims has no score, and nothing that could be doubted either.
    let error = record.scores.get(score).and_then(|score| score.error.clone());
    if let Some(error) = error.filter(|error| error.code != Code::BadInput) {
        return Err(error);
    }
    let answer = record.answer.unwrap_or_default();
    Ok(Long {
        question: question.to_owned(),
        prompt_ids: record.prompt_ids,
        doubts: doubts(&answer, record.spans.as_deref().unwrap_or_default(), score),
        answer,
        response_ids: record.response_ids,
        cut: record.finish_reason == "length",
    })
}

/// Examples of `asked` with their targets, and of `ordinary` requests, whose answers are replayed as they were. Of an answer
/// that was cut off what is whole is learned, without the token that ends an answer: it teaches neither to end nor to go on.
///
/// # Errors
/// `bad_input` where no target states or drops a doubt, so that there is nothing new to learn; `missing_tokenizer`.
pub fn long_examples(model: &Model, asked: &[(&Long, &Target)], ordinary: &[Asked]) -> Result<Vec<Example>> {
    let text = text_of(model)?;
    let mut examples = Vec::new();
    for (asked, target) in asked {
        let is_changed = [Fate::Doubted, Fate::Deleted].iter().any(|&fate| target.count(fate) > 0);
        let ids = match is_changed || asked.cut {
            // The model's own tokens, which another way of splitting its words would not be.
            false => asked.response_ids.clone(),
            true => {
                let mut ids = text.encode(&target.text)?;
                ids.extend(text.end_of_turn().filter(|_| !asked.cut));
                ids
            }
        };
        if !target.text.trim().is_empty() && !ids.is_empty() {
            let kind = if is_changed { Kind::Refusal } else { Kind::Own };
            examples.push(Example { prompt: asked.prompt_ids.clone(), target: ids, kind });
        }
    }
    if !examples.iter().any(|example| example.kind == Kind::Refusal) {
        return Err(Error::new(
            Code::BadInput,
            "no claim of these answers is doubted: there is nothing to learn",
            "Give more questions, or questions with longer answers: of fewer than five claims none is doubted.",
        ));
    }
    examples.extend(replayed(ordinary));
    Ok(examples)
}
