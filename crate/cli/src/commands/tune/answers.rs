//! Lines of `asked.jsonl`, with what is judged of them.

use crate::evaluate::dataset::{Dataset, Question};
use crate::evaluate::judge::{Engines, Judge};
use crate::evaluate::store::Store;
use crate::stop::Stop;
use semgrad::control::{Pacer, Uninterrupted};
use semgrad::teach::Asked;
use semgrad_scores::abstain::refusal::refuses;
use serde_json::Value;

/// A question that was asked.
pub struct Answer<'a> {
    /// Its set.
    pub set: &'a str,
    /// It.
    pub question: &'a Question,
    /// What the model said.
    pub asked: Asked,
}

/// The questions of some sets that have been asked, in their order.
pub fn answers<'a>(sets: &'a [Dataset], store: &Store, judge: Option<&str>) -> Result<Vec<Answer<'a>>, Stop> {
    let mut all = Vec::new();
    for set in sets {
        let judge = by_words(set, judge)?;
        for question in &set.questions {
            let asked = store.get(&set.name, question).and_then(|line| read(line, question, &judge));
            all.extend(asked.map(|asked| Answer { set: &set.name, question, asked }));
        }
    }
    Ok(all)
}

/// The judge of a set: the one that was named, or the usual one.
fn by_words(set: &Dataset, named: Option<&str>) -> Result<Judge, Stop> {
    let judge = match named {
        Some(name) => Judge::parse(name),
        None => Judge::usual(&set.questions, false),
    };
    let judge = judge.map_err(Stop::Failed)?;
    match judge.engine() {
        None => Ok(judge),
        Some(_) => Err(Stop::bad_input(
            format!("the judge {} asks an encoder, and here only words are compared.", judge.name),
            "Use containment, rouge_l, f1 or truth_rouge.",
        )),
    }
}

/// A line, judged by what rules say today: they may have changed since it was written.
fn read(line: &Value, question: &Question, judge: &Judge) -> Option<Asked> {
    let mut asked: Asked = serde_json::from_value(line.clone()).ok()?;
    let is_graded = !question.references.is_empty() && judge.applies(question);
    let judged = || {
        let pacer = Pacer::new(&Uninterrupted);
        pollster::block_on(judge.judge(question, &asked.answer, &Engines::default(), &pacer)).ok()
    };
    asked.known.right = if is_graded { judged().map(|judgement| judgement.right) } else { None };
    asked.known.refuses = refuses(&asked.answer);
    Some(asked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_line_is_judged_as_it_is_read() {
        let judge = Judge::parse("containment").unwrap();
        let graded = Question { question: "Q?".into(), references: vec!["Paris".into()], ..Question::default() };
        let line = json!({
            "set": "s", "id": "q", "question": "Q?", "references": ["Paris"], "prompt_ids": [1, 2], "response_ids": [3],
            "answer": "It is Paris.", "samples": ["Paris", "Rome"], "entropy": 0.5, "confidence": null, "right": false,
        });
        let found = read(&line, &graded, &judge).unwrap();
        assert_eq!((found.known.entropy, found.known.right, found.known.refuses), (Some(0.5), Some(true), false));
        assert_eq!((found.samples.len(), found.response_ids), (2, vec![3]));
        // What nobody graded is neither right nor wrong.
        let open = Question { references: Vec::new(), ..graded.clone() };
        let line =
            json!({"question": "Q?", "prompt_ids": [], "response_ids": [], "answer": "I don't know.", "cut": true});
        let found = read(&line, &open, &judge).unwrap().known;
        assert_eq!((found.right, found.refuses, found.cut), (None, true, true));
        assert_eq!(read(&line, &graded, &judge).unwrap().known.right, Some(false));
        // A line of something else.
        assert!(read(&json!({"question": "Q?", "answer": "Paris"}), &graded, &judge).is_none());
    }

    #[test]
    fn a_judge_that_asks_an_encoder_is_refused() {
        let set = Dataset::default();
        assert!(by_words(&set, Some("f1@0.4")).is_ok_and(|judge| judge.name == "f1@0.4"));
        assert!(by_words(&set, Some("nli")).is_err() && by_words(&set, Some("vibes")).is_err());
    }
}
