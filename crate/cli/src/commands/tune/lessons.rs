//! `targets.jsonl`: what a model learns to answer to each question, and what is left out, and why.

use super::answers::Answer;
use crate::jsonl::unusable;
use crate::stop::Stop;
use semgrad::Error;
use semgrad_scores::abstain::refusal::REFUSAL;
use semgrad_scores::abstain::replay;
use semgrad_scores::abstain::target::{Rule, Target, Teacher, targets};
use serde::Serialize;
use std::path::Path;

/// What becomes of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The model learns to go on answering it.
    Own,
    /// It learns to refuse it.
    Refusal,
    /// It is an ordinary instruction, and the model rehearses its answer.
    Replay,
    /// It is left out: the teacher has no value for it.
    Unknown,
    /// It is left out: the answer was cut off.
    Cut,
    /// It is left out: its value is too close to τ.
    Close,
    /// It is left out: there are enough like it.
    Surplus,
}

impl From<Target> for Kind {
    fn from(target: Target) -> Self {
        match target {
            Target::Own => Self::Own,
            Target::Refusal => Self::Refusal,
            Target::Unknown => Self::Unknown,
            Target::Cut => Self::Cut,
            Target::Close => Self::Close,
            Target::Surplus => Self::Surplus,
        }
    }
}

/// One line.
#[derive(Clone, Debug, Serialize)]
pub struct Lesson<'a> {
    /// The question's id.
    pub id: &'a str,
    /// Its set.
    pub set: &'a str,
    /// What is asked.
    pub question: &'a str,
    /// What is learned; null for what is left out.
    pub target: Option<&'a str>,
    /// What becomes of it.
    pub kind: Kind,
    /// What the teacher says of it; higher is less sure.
    pub value: Option<f64>,
}

impl<'a> Lesson<'a> {
    fn new(answer: &'a Answer, kind: Kind, value: Option<f64>) -> Self {
        let target = match kind {
            Kind::Own | Kind::Replay => Some(answer.asked.answer.as_str()),
            Kind::Refusal => Some(REFUSAL),
            Kind::Unknown | Kind::Cut | Kind::Close | Kind::Surplus => None,
        };
        let Answer { set, question, .. } = answer;
        Self { id: &question.id, set, question: &question.question, target, kind, value }
    }
}

/// The lessons of all questions, and of the instructions that are rehearsed.
pub fn lessons<'a>(teacher: Teacher, rule: &Rule, data: &'a [Answer], rehearsed: &[&'a Answer]) -> Vec<Lesson<'a>> {
    let known: Vec<_> = data.iter().map(|answer| answer.asked.known).collect();
    let (values, targets) = (teacher.values(&known, rule.seed), targets(teacher, &known, rule));
    let of = |((answer, target), value): ((&'a Answer, Target), Option<f64>)| Lesson::new(answer, target.into(), value);
    let own = data.iter().zip(targets).zip(values).map(of);
    own.chain(rehearsed.iter().copied().map(|answer| Lesson::new(answer, Kind::Replay, None))).collect()
}

/// So many instructions, drawn by `seed`, that they are `share` of all that is learned where `learned` are not, as far as
/// there are enough.
pub fn rehearsed<'a>(instructions: &'a [Answer], learned: usize, share: f64, seed: u64) -> Vec<&'a Answer<'a>> {
    let known: Vec<_> = instructions.iter().map(|answer| answer.asked.known).collect();
    let places = replay::rehearsed(learned, &known, share, seed);
    places.into_iter().map(|place| &instructions[place]).collect()
}

/// Writes them, one a line.
pub fn write(lessons: &[Lesson], path: &Path) -> Result<(), Stop> {
    let mut text = String::new();
    for lesson in lessons {
        text += &serde_json::to_string(lesson).map_err(|e| Stop::Failed(Error::internal(e.to_string())))?;
        text.push('\n');
    }
    std::fs::write(path, text).map_err(|e| Stop::Failed(unusable(path, &e)))
}

/// How many there are of each kind, in words.
pub fn told(lessons: &[Lesson]) -> String {
    let count = |kind: Kind| lessons.iter().filter(|lesson| lesson.kind == kind).count();
    let learned = [(Kind::Own, "own answers"), (Kind::Refusal, "refusals"), (Kind::Replay, "ordinary instructions")];
    let left = [
        (Kind::Close, "too close to the threshold"),
        (Kind::Surplus, "more of one kind than of the other"),
        (Kind::Cut, "cut off"),
        (Kind::Unknown, "without a value of the teacher"),
    ];
    let list = |kinds: &[(Kind, &str)]| -> Vec<String> {
        let named = kinds.iter().map(|&(kind, name)| (count(kind), name));
        named.filter(|(count, _)| *count > 0).map(|(count, name)| format!("{count} {name}")).collect()
    };
    let learned = list(&learned);
    let learned = if learned.is_empty() { "nothing".to_owned() } else { learned.join(", ") };
    let left = list(&left);
    let left = if left.is_empty() { String::new() } else { format!(" Left out: {}.", left.join(", ")) };
    format!("To learn: {learned}.{left}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::dataset::Question;
    use semgrad::teach::Asked;
    use semgrad_scores::abstain::target::Known;
    use serde_json::json;

    #[test]
    fn targets_and_rehearsal() {
        let questions: Vec<Question> = (0..40)
            .map(|i| Question { id: format!("q{i}"), question: format!("Q{i}?"), ..Question::default() })
            .collect();
        let answers = |entropy: fn(usize) -> f64, change: fn(usize, &mut Known)| -> Vec<Answer> {
            let of = |(i, question)| {
                let mut known = Known { entropy: Some(entropy(i)), ..Known::default() };
                change(i, &mut known);
                let asked = Asked {
                    question: String::new(),
                    prompt_ids: vec![1],
                    answer: "Paris".into(),
                    response_ids: vec![2],
                    samples: Vec::new(),
                    known,
                };
                Answer { set: "s", question, asked }
            };
            questions.iter().enumerate().map(of).collect()
        };
        let data = answers(|i| if i < 30 { 2.0 } else { 0.0 }, |_, _| ());
        let instructions = answers(|_| 0.0, |i, known| (known.cut, known.refuses) = (i < 3, i == 3));
        let rehearsed = rehearsed(&instructions, 20, 0.25, 0);
        let found = lessons(Teacher::SemanticEntropy, &Rule::default(), &data, &rehearsed);
        let of = |kind: Kind| found.iter().filter(|lesson| lesson.kind == kind).collect::<Vec<_>>();
        assert_eq!((of(Kind::Own).len(), of(Kind::Refusal).len(), of(Kind::Surplus).len()), (10, 10, 20));
        assert!(of(Kind::Refusal).iter().all(|lesson| lesson.target == Some(REFUSAL) && lesson.value == Some(2.0)));
        assert!(of(Kind::Own).iter().all(|lesson| lesson.target == Some("Paris")));
        // A quarter of 27 is 7, and neither what was cut off nor what refuses is rehearsed.
        let replayed = of(Kind::Replay);
        assert!(replayed.len() == 7 && replayed.iter().all(|lesson| !["q0", "q1", "q2", "q3"].contains(&lesson.id)));
        assert_eq!(
            told(&found),
            "To learn: 10 own answers, 10 refusals, 7 ordinary instructions. Left out: 20 more of one kind than of the other."
        );
        let text = serde_json::to_value(replayed[0]).unwrap();
        assert_eq!((&text["kind"], &text["target"], &text["value"]), (&json!("replay"), &json!("Paris"), &json!(null)));
        assert_eq!(told(&[]), "To learn: nothing.");
    }

    #[test]
    fn rehearsal_ends_where_there_are_no_more() {
        assert!(rehearsed(&[], 20, 0.9, 0).is_empty());
    }
}
