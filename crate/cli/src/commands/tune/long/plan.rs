//! `targets.jsonl`: which claims of each answer are doubted, and the answer that is learned.

use super::answers::Said;
use crate::commands::tune::answers::Answer;
use crate::jsonl::unusable;
use crate::stop::Stop;
use semgrad_scores::abstain::doubt::asked::Long;
use semgrad_scores::abstain::doubt::choose::{Choice, Rule};
use semgrad_scores::abstain::doubt::target::{Fate, Target, target};
use serde_json::json;
use std::path::Path;

/// What is to be learned.
pub struct Plan<'a> {
    /// Doubts above it are stated.
    pub threshold: Option<f64>,
    targets: Vec<(&'a Said<'a>, Target)>,
}

impl<'a> Plan<'a> {
    /// By a rule.
    pub fn new(data: &'a [Said<'a>], rule: &Rule) -> Self {
        let doubts: Vec<Vec<Option<f64>>> = data.iter().map(|said| said.long.doubts.clone()).collect();
        let Choice { threshold, doubted } = rule.choose(&doubts);
        let of = |(said, doubted): (&'a Said<'a>, Vec<usize>)| {
            (said, target(&said.question.question, &said.long.answer, &doubted, said.long.cut))
        };
        Self { threshold, targets: data.iter().zip(doubted).map(of).collect() }
    }

    /// The answers with their targets.
    pub fn pairs(&self) -> Vec<(&Long, &Target)> {
        self.targets.iter().map(|(said, target)| (&said.long, target)).collect()
    }

    /// How many answers are learned: what was cut off in its first sentence leaves nothing.
    pub fn learned(&self) -> usize {
        self.targets.iter().filter(|(_, target)| !target.text.trim().is_empty()).count()
    }

    /// Writes it, a line an answer, and a line for each instruction that is rehearsed.
    pub fn write(&self, rehearsed: &[&Answer], path: &Path) -> Result<(), Stop> {
        let own = self.targets.iter().map(|(said, target)| {
            let text = Some(&target.text).filter(|text| !text.trim().is_empty());
            json!({
                "id": said.question.id, "set": said.set, "question": said.question.question, "kind": "long",
                "answer": said.long.answer, "cut": said.long.cut, "doubts": said.long.doubts, "target": text,
                "parts": target.parts,
            })
        });
        let others = rehearsed.iter().map(|answer| {
            json!({
                "id": answer.question.id, "set": answer.set, "question": answer.question.question, "kind": "replay",
                "target": answer.asked.answer,
            })
        });
        let text: String = own.chain(others).map(|line| format!("{line}\n")).collect();
        std::fs::write(path, text).map_err(|e| Stop::Failed(unusable(path, &e)))
    }

    /// How many there are of each kind, in words.
    pub fn told(&self, rehearsed: usize) -> String {
        let count = |fate: Fate| self.targets.iter().map(|(_, target)| target.count(fate)).sum::<usize>();
        let [stated, doubted, deleted] = [Fate::Stated, Fate::Doubted, Fate::Deleted].map(count);
        format!(
            "To learn: {} answers, {rehearsed} ordinary instructions. Claims: {stated} stated, {doubted} doubted, {deleted} left out.",
            self.learned()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::dataset::Question;

    #[test]
    fn the_most_doubtful_claims_are_doubted() {
        let question = Question { id: "a".into(), question: "Who was she?".into(), ..Question::default() };
        let said = |answer: &str, doubts: &[f64], cut| Said {
            set: "s",
            question: &question,
            long: Long {
                answer: answer.into(),
                doubts: doubts.iter().map(|&doubt| Some(doubt)).collect(),
                cut,
                ..Long::default()
            },
        };
        let data = [
            said(
                "She was tall. She was born in 1815. She was rich. She was old. She was kind.",
                &[0.0, 9.0, 0.1, 0.2, 0.3],
                false,
            ),
            said("She was", &[], true),
        ];
        let plan = Plan::new(&data, &Rule::default());
        assert_eq!((plan.threshold, plan.learned(), plan.pairs().len()), (Some(0.3), 1, 2));
        assert!(plan.targets[0].1.text.contains("tall. I am not sure when she was born. She was rich"));
        assert_eq!(
            plan.told(3),
            "To learn: 1 answers, 3 ordinary instructions. Claims: 4 stated, 1 doubted, 0 left out."
        );
    }
}
