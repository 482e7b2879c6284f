//! Which judges a set has, and their judgements of a line.

use super::dataset::{Dataset, Question};
use super::judge::{Engines, Judge, Judgement};
use crate::load::EngineArguments;
use crate::stop::Stop;
use semgrad::answer::aids::Aids;
use semgrad::control::{Pacer, Uninterrupted};
use semgrad::{Code, Error};
use serde_json::{Value, json};

/// The judges of a set; the first decides what is right.
pub fn of(set: &Dataset, named: &[Judge], embedder: bool) -> Result<Vec<Judge>, Stop> {
    let applies = |judge: &&Judge| set.questions.iter().any(|question| judge.applies(question));
    let judges: Vec<Judge> = named.iter().filter(applies).cloned().collect();
    match judges.is_empty() {
        false => Ok(judges),
        true => Ok(vec![Judge::usual(&set.questions, embedder).map_err(Stop::Failed)?]),
    }
}

/// Judges that were named must find the encoders that they ask.
pub fn check(judges: &[Judge], engines: &EngineArguments) -> Result<(), Stop> {
    let [embed, nli] = engines.encoders();
    for judge in judges {
        let there = match judge.engine() {
            Some("embed") => embed.is_some(),
            Some(_) => nli.is_some(),
            None => true,
        };
        if !there {
            let engine = judge.engine().unwrap_or_default();
            return Err(Stop::Failed(Error::new(
                Code::EngineRequired,
                format!("the judge {} asks an encoder, and none was named.", judge.name),
                format!("Give its folder with --{engine}, or choose another judge."),
            )));
        }
    }
    Ok(())
}

/// Judges that have not judged this line, or judged by other references. What words say is compared again, which costs
/// nothing: the rule may have changed since.
pub fn missing<'a>(line: &Value, question: &Question, judges: &'a [Judge], again: &[&str]) -> Vec<&'a Judge> {
    let same = line.get("references") == Some(&json!(question.references))
        && line.get("incorrect") == Some(&json!(question.incorrect));
    let judged = |judge: &Judge| {
        let engine_changed = judge.engine().is_some_and(|engine| again.contains(&engine));
        let found = line.get("judgements").and_then(|all| all.get(&judge.name));
        let anew = || found == by_words(judge, question, line).map(|found| json!(found)).as_ref();
        same && !engine_changed && found.is_some() && (judge.engine().is_some() || anew())
    };
    judges.iter().filter(|judge| judge.applies(question) && !judged(judge)).collect()
}

/// What a judge says that asks no engine.
fn by_words(judge: &Judge, question: &Question, line: &Value) -> Option<Judgement> {
    let answer = line.get("answer").and_then(Value::as_str)?;
    pollster::block_on(judge.judge(question, answer, &Engines::default(), &Pacer::new(&Uninterrupted))).ok()
}

/// Whether the line names the set's judge.
pub fn decided(line: &Value, judges: &[Judge]) -> bool {
    line.get("judge").and_then(Value::as_str) == judges.first().map(|judge| judge.name.as_str())
}

/// Adds the judgements of `judges`, and which of the set's decides.
pub fn judge(
    line: &mut Value,
    question: &Question,
    judges: &[&Judge],
    decides: Option<&Judge>,
    aids: &Aids,
) -> semgrad::Result<()> {
    let engines = Engines { embedder: aids.embedder.as_deref(), nli: aids.nli.as_deref() };
    let answer = line.get("answer").and_then(Value::as_str).map(str::to_owned).ok_or_else(|| {
        Error::new(
            Code::MissingTokenizer,
            "the answer has no text, which judges read.",
            "Evaluate a model that has a tokenizer.",
        )
    })?;
    for judge in judges {
        let pacer = Pacer::new(&Uninterrupted);
        let found = pollster::block_on(judge.judge(question, &answer, &engines, &pacer))?;
        // Judgements by other references are worth nothing.
        if line.get("references") != Some(&json!(question.references))
            || line.get("incorrect") != Some(&json!(question.incorrect))
        {
            line["references"] = json!(question.references);
            line["incorrect"] = json!(question.incorrect);
            line["judgements"] = json!({});
        }
        line["judgements"][&judge.name] = json!(found);
    }
    line["judge"] = json!(decides.map(|judge| &judge.name));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_judged_is_not_judged_again() {
        let mut question = Question { question: "Q?".into(), references: vec!["Paris".into()], ..Question::default() };
        let judges: Vec<Judge> =
            ["containment", "f1", "truth_rouge"].into_iter().map(|name| Judge::parse(name).unwrap()).collect();
        let mut line = json!({"answer": "It is Paris.", "references": ["Paris"], "incorrect": []});
        let names = |line: &Value, question: &Question| -> Vec<String> {
            missing(line, question, &judges, &[]).iter().map(|judge| judge.name.clone()).collect()
        };
        assert_eq!(names(&line, &question), ["containment", "f1"]);
        let all = missing(&line, &question, &judges, &[]);
        judge(&mut line, &question, &all, judges.first(), &Aids::default()).unwrap();
        assert_eq!(
            (&line["judge"], &line["judgements"]["containment"]["right"]),
            (&json!("containment"), &json!(true))
        );
        assert_eq!(line["judgements"]["f1"], json!({"right": false, "value": 0.5}));
        assert!(names(&line, &question).is_empty() && decided(&line, &judges));
        // Judged by an older rule.
        line["judgements"]["containment"] = json!({"right": false, "value": 0.0});
        assert_eq!(names(&line, &question), ["containment"]);
        line["judgements"]["containment"] = json!({"right": true, "value": 1.0});
        assert!(names(&line, &question).is_empty());
        // Other references: everything again.
        question.references = vec!["London".into()];
        let all = missing(&line, &question, &judges, &[]);
        assert_eq!(all.len(), 2);
        judge(&mut line, &question, &all, judges.first(), &Aids::default()).unwrap();
        assert_eq!(
            (&line["references"], &line["judgements"]["containment"]["right"]),
            (&json!(["London"]), &json!(false))
        );
        let mut silent = json!({"answer": null});
        assert!(judge(&mut silent, &question, &all, None, &Aids::default()).is_err());
    }
}
