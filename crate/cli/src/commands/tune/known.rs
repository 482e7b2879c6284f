//! What a line of `asked.jsonl` tells a teacher.

use crate::evaluate::dataset::{Dataset, Question};
use crate::evaluate::judge::{Engines, Judge};
use crate::evaluate::store::Store;
use crate::stop::Stop;
use semgrad::control::{Pacer, Uninterrupted};
use semgrad_scores::abstain::refusal::refuses;
use semgrad_scores::abstain::target::{Known, exact_spread};
use semgrad_scores::confidence::entropy;
use serde_json::Value;

/// A question that was asked, and what is known of it.
pub struct Asked<'a> {
    /// Its set.
    pub set: &'a str,
    /// It.
    pub question: &'a Question,
    /// Its line.
    pub line: &'a Value,
    /// What teachers read.
    pub known: Known,
}

/// The questions of some sets that have been asked, in their order.
pub fn asked<'a>(sets: &'a [Dataset], store: &'a Store, judge: Option<&str>) -> Result<Vec<Asked<'a>>, Stop> {
    let mut all = Vec::new();
    for set in sets {
        let judge = by_words(set, judge)?;
        for question in &set.questions {
            let Some(line) = store.get(&set.name, question) else { continue };
            all.push(Asked { set: &set.name, question, line, known: known(line, question, &judge) });
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

fn known(line: &Value, question: &Question, judge: &Judge) -> Known {
    let answer = line.get("answer").and_then(Value::as_str).unwrap_or_default();
    let samples: Vec<&str> = line
        .get("samples")
        .and_then(Value::as_array)
        .map_or_else(Vec::new, |samples| samples.iter().filter_map(|sample| sample.get("text")?.as_str()).collect());
    let judged = || {
        let pacer = Pacer::new(&Uninterrupted);
        pollster::block_on(judge.judge(question, answer, &Engines::default(), &pacer)).ok()
    };
    let is_graded = !question.references.is_empty() && judge.applies(question);
    Known {
        entropy: line.get("scores").and_then(|scores| scores.get(entropy::METHOD)?.get("score")?.as_f64()),
        spread: Some(exact_spread(&samples)).filter(|spread| spread.is_finite()),
        confidence: line.get("confidence").and_then(Value::as_f64),
        right: if is_graded { judged().map(|judgement| judgement.right) } else { None },
        refuses: refuses(answer),
        cut: line.get("finish_reason").and_then(Value::as_str) == Some("length"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_line_tells_what_it_has() {
        let judge = Judge::parse("containment").unwrap();
        let graded = Question { question: "Q?".into(), references: vec!["Paris".into()], ..Question::default() };
        let line = json!({
            "answer": "It is Paris.", "finish_reason": "stop", "confidence": 0.75,
            "scores": {"discrete_semantic_entropy": {"score": 0.5}},
            "samples": [{"text": "Paris"}, {"text": "Paris "}, {"text": "Rome"}, {"text": "Oslo"}],
        });
        let found = known(&line, &graded, &judge);
        let spread = 0.5 * 2f64.ln() + 0.5 * 4f64.ln();
        assert!((found.spread.unwrap() - spread).abs() < 1e-12);
        let want = Known {
            entropy: Some(0.5),
            spread: found.spread,
            confidence: Some(0.75),
            right: Some(true),
            ..Known::default()
        };
        assert_eq!(found, want);
        // What nobody graded is neither right nor wrong, and what failed has no value.
        let open = Question { references: Vec::new(), ..graded.clone() };
        let line = json!({
            "answer": "I don't know.", "finish_reason": "length", "confidence": null,
            "scores": {"discrete_semantic_entropy": {"score": null, "error": {"code": "engine_required"}}},
        });
        assert_eq!(known(&line, &open, &judge), Known { refuses: true, cut: true, ..Known::default() });
        assert_eq!(known(&line, &graded, &judge).right, Some(false));
    }

    #[test]
    fn a_judge_that_asks_an_encoder_is_refused() {
        let set = Dataset::default();
        assert!(by_words(&set, Some("f1@0.4")).is_ok_and(|judge| judge.name == "f1@0.4"));
        assert!(by_words(&set, Some("nli")).is_err() && by_words(&set, Some("vibes")).is_err());
    }
}
