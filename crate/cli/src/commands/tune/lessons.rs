//! `targets.jsonl`: what a model learns to answer to each question, and what is left out, and why.

use super::known::Asked;
use crate::jsonl::unusable;
use crate::stop::Stop;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use semgrad::Error;
use semgrad_scores::abstain::refusal::REFUSAL;
use semgrad_scores::abstain::target::{Rule, Target, Teacher, targets};
use semgrad_scores::statistics::folds::shuffle;
use serde::Serialize;
use serde_json::Value;
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
    /// How it was asked and answered.
    #[serde(skip)]
    pub line: &'a Value,
}

impl<'a> Lesson<'a> {
    fn new(asked: &Asked<'a>, kind: Kind, value: Option<f64>) -> Self {
        let own = asked.line.get("answer").and_then(Value::as_str);
        let target = match kind {
            Kind::Own | Kind::Replay => own,
            Kind::Refusal => Some(REFUSAL),
            Kind::Unknown | Kind::Cut | Kind::Close | Kind::Surplus => None,
        };
        let Asked { set, question, line, .. } = asked;
        Self { id: &question.id, set, question: &question.question, target, kind, value, line }
    }
}

/// The lessons of all questions, and of so many instructions that these are the share `replay` of what is learned, as far as
/// there are enough.
pub fn lessons<'a>(
    teacher: Teacher,
    rule: &Rule,
    data: &[Asked<'a>],
    instructions: &[Asked<'a>],
    replay: f64,
) -> Vec<Lesson<'a>> {
    let known: Vec<_> = data.iter().map(|asked| asked.known).collect();
    let (values, targets) = (teacher.values(&known, rule.seed), targets(teacher, &known, rule));
    let of = |((asked, target), value): ((&Asked<'a>, Target), Option<f64>)| Lesson::new(asked, target.into(), value);
    let mut lessons: Vec<Lesson> = data.iter().zip(targets).zip(values).map(of).collect();
    let learned = lessons.iter().filter(|lesson| lesson.target.is_some()).count();
    let wanted = (learned as f64 * replay / (1.0 - replay)).round() as usize;
    // An answer that was cut off teaches not to end, and a refusal to refuse.
    let usable = |asked: &&Asked| !asked.known.cut && !asked.known.refuses;
    let mut instructions: Vec<&Asked> = instructions.iter().filter(usable).collect();
    shuffle(&mut instructions, &mut ChaCha8Rng::seed_from_u64(rule.seed));
    lessons.extend(instructions.into_iter().take(wanted).map(|asked| Lesson::new(asked, Kind::Replay, None)));
    lessons
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
    use semgrad_scores::abstain::target::Known;
    use serde_json::json;

    #[test]
    fn targets_and_rehearsal() {
        let questions: Vec<Question> = (0..40)
            .map(|i| Question { id: format!("q{i}"), question: format!("Q{i}?"), ..Question::default() })
            .collect();
        let line = json!({"answer": "Paris"});
        let asked = |entropy: fn(usize) -> f64, change: fn(usize, &mut Known)| -> Vec<Asked> {
            let of = |(i, question)| {
                let mut known = Known { entropy: Some(entropy(i)), ..Known::default() };
                change(i, &mut known);
                Asked { set: "s", question, line: &line, known }
            };
            questions.iter().enumerate().map(of).collect()
        };
        let data = asked(|i| if i < 30 { 2.0 } else { 0.0 }, |_, _| ());
        let instructions = asked(|_| 0.0, |i, known| (known.cut, known.refuses) = (i < 3, i == 3));
        let rule = Rule::default();
        let found = lessons(Teacher::SemanticEntropy, &rule, &data, &instructions, 0.25);
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
        assert!(text.get("line").is_none());
        // As far as there are enough.
        assert_eq!(lessons(Teacher::None, &rule, &data, &instructions, 0.9).len(), 40 + 36);
        assert_eq!(told(&[]), "To learn: nothing.");
    }
}
