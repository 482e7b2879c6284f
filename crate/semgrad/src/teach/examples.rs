//! From answers and targets to what is learned.

use crate::answer::Model;
use crate::error::{Code, Error, Result};
use crate::text::Text;
use crate::tune::{Example, Kind};
use semgrad_scores::abstain::asked::Asked;
use semgrad_scores::abstain::refusal::REFUSAL;
use semgrad_scores::abstain::target::{Count, Rule, Target, Teacher, targets};
use serde::{Deserialize, Serialize};

/// What is to be learned, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lesson {
    /// By question, what is to be answered.
    pub targets: Vec<Target>,
    /// How many there are of each.
    pub count: Count,
    /// In the order of the questions, then those that are replayed.
    pub examples: Vec<Example>,
}

/// Makes examples of questions that were asked, by what `teacher` says of them, and of `ordinary` requests, whose answers
/// are replayed as they were.
///
/// # Errors
/// `bad_input` where nothing is left to learn; `missing_tokenizer`.
pub fn examples(model: &Model, asked: &[Asked], ordinary: &[Asked], teacher: Teacher, rule: &Rule) -> Result<Lesson> {
    let known: Vec<_> = asked.iter().map(|asked| asked.known).collect();
    let targets = targets(teacher, &known, rule);
    let refusal = refusal(model)?;
    let mut examples = Vec::new();
    for (asked, target) in asked.iter().zip(&targets) {
        match target {
            Target::Own => examples.push(answered(asked, &asked.response_ids, Kind::Own)),
            Target::Refusal => examples.push(answered(asked, &refusal, Kind::Refusal)),
            Target::Unknown | Target::Cut | Target::Close | Target::Surplus => {}
        }
    }
    if examples.is_empty() {
        return Err(Error::new(
            Code::BadInput,
            "no question is left to learn from: all are on one side of the threshold, or too near to it",
            "Give more questions, or another threshold.",
        ));
    }
    examples.extend(replayed(ordinary));
    Ok(Lesson { count: Count::of(&targets), targets, examples })
}

/// Token ids of the refusal, with the one that ends an answer.
fn refusal(model: &Model) -> Result<Vec<u32>> {
    let text = text_of(model)?;
    let mut ids = text.encode(REFUSAL)?;
    ids.extend(text.end_of_turn());
    Ok(ids)
}

/// What writes the sentences that a model is taught.
pub(super) fn text_of(model: &Model) -> Result<&Text> {
    model.text.as_ref().ok_or_else(|| {
        Error::new(
            Code::MissingTokenizer,
            "a model without a tokenizer cannot be taught a sentence",
            "Load it with its tokenizer.",
        )
    })
}

/// What is replayed: ordinary requests with the answers that they got.
pub(super) fn replayed(ordinary: &[Asked]) -> impl Iterator<Item = Example> {
    ordinary.iter().map(|asked| answered(asked, &asked.response_ids, Kind::Replay))
}

fn answered(asked: &Asked, target: &[u32], kind: Kind) -> Example {
    Example { prompt: asked.prompt_ids.clone(), target: target.to_vec(), kind }
}
