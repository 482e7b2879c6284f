//! From judged answers to the numbers of `summary.json`.

use super::answered::Answered;
use super::measure::{Measured, compare};
use super::summary::{Estimate, JudgeSummary, MethodSummary, SetSummary};
use semgrad_scores::confidence::item::Item;
use semgrad_scores::statistics::bootstrap::{interval, resamples};
use semgrad_scores::statistics::{auroc, temperature::tsu};
use std::collections::BTreeSet;

/// How numbers are made.
#[derive(Clone, Debug)]
pub struct Options {
    /// Bootstrap resamples behind every interval.
    pub resamples: usize,
    /// Seed of their draws.
    pub seed: u64,
    /// Methods that every other is compared with.
    pub versus: Vec<String>,
}

/// One set, or all together. Answers that the set's judge did not judge are left out.
pub fn summarize(name: &str, answered: &[&Answered], options: &Options) -> SetSummary {
    let judged: Vec<(&Answered, Item)> =
        answered.iter().filter_map(|&answered| Some((answered, answered.item(None)?))).collect();
    let (answered, items): (Vec<&Answered>, Vec<Item>) = judged.into_iter().unzip();
    let draws = resamples(items.len(), options.resamples, options.seed);
    let ids: BTreeSet<&String> = items.iter().flat_map(|item| item.scores.keys()).collect();
    let generation_ms = mean(answered.iter().filter_map(|answered| answered.generation_ms()));
    let method = |id: &String| {
        let mut found = Measured::new(&items, id).summarize(&draws);
        cost(&mut found, id, &answered, generation_ms);
        found.tsu = sensitivity(id, &answered, &draws);
        let others = options.versus.iter().filter(|other| *other != id && ids.contains(other));
        found.versus = others.map(|other| (other.clone(), compare(&items, id, other, &draws))).collect();
        (id.clone(), found)
    };
    let judges: BTreeSet<&str> = answered.iter().filter_map(|answered| answered.judge.as_deref()).collect();
    let right = items.iter().filter(|item| item.right).count();
    SetSummary {
        name: name.to_owned(),
        judge: judges.into_iter().collect::<Vec<_>>().join(" + "),
        questions: items.len(),
        right,
        accuracy: accuracy(&items, &draws),
        tokens: mean(items.iter().map(|item| item.tokens as f64)),
        generation_ms,
        methods: ids.iter().map(|id| method(id)).collect(),
        others: others(&answered, &items),
        notes: notes(&items, &ids, right),
    }
}

/// Mean of what there is.
fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, n) = values.fold((0.0, 0.0), |(sum, n), value| (sum + value, n + 1.0));
    (n > 0.0).then(|| sum / n)
}

/// A mean of 0 and 1 with its interval, where answer i counts `times[i]` times.
fn share(ones: &[bool], draws: &[Vec<usize>], reason: &str) -> Estimate {
    let of = |times: &dyn Fn(usize) -> usize| {
        let drawn: usize = (0..ones.len()).map(times).sum();
        (0..ones.len()).filter(|&i| ones[i]).map(times).sum::<usize>() as f64 / drawn as f64
    };
    let value = of(&|_| 1);
    if value.is_nan() {
        return Estimate { reason: Some(reason.to_owned()), ..Estimate::default() };
    }
    let ends = interval(&draws.iter().map(|times| of(&|i| times[i])).collect::<Vec<_>>());
    Estimate { value: Some(value), low: ends.map(|e| e[0]), high: ends.map(|e| e[1]), reason: None }
}

fn accuracy(items: &[Item], draws: &[Vec<usize>]) -> Estimate {
    share(&items.iter().map(|item| item.right).collect::<Vec<_>>(), draws, "no answer was judged")
}

/// What a method costs on average.
fn cost(found: &mut MethodSummary, id: &str, answered: &[&Answered], generation_ms: Option<f64>) {
    let scored = || answered.iter().filter_map(|answered| answered.scores.get(id)).filter(|s| s.score.is_some());
    found.ms = mean(scored().filter_map(|scored| scored.ms));
    found.passes = mean(scored().filter_map(|scored| scored.passes));
    found.cost = found.ms.zip(generation_ms).map(|(ms, generation)| 1.0 + ms / generation);
}

/// TSU over the questions that have the score at every temperature; nothing unless there are several temperatures.
fn sensitivity(id: &str, answered: &[&Answered], draws: &[Vec<usize>]) -> Option<Estimate> {
    let by_temperature = |answered: &&Answered| {
        let mut tempered: Vec<_> = answered.temperatures.iter().collect();
        tempered.sort_by(|a, b| a.temperature.total_cmp(&b.temperature));
        let scores: Vec<f64> = tempered.iter().filter_map(|t| t.scores.get(id).copied()?).collect();
        (scores.len() >= 2 && scores.len() == tempered.len()).then_some(scores)
    };
    let scores: Vec<Option<Vec<f64>>> = answered.iter().map(by_temperature).collect();
    let value = tsu(&scores.iter().flatten().cloned().collect::<Vec<_>>());
    if value.is_nan() {
        return None;
    }
    let rising: Vec<f64> =
        scores.iter().map(|by| by.as_ref().map_or(0.0, |by| tsu(std::slice::from_ref(by)))).collect();
    let drawn = draws.iter().map(|times| {
        let of = |kept: &dyn Fn(usize) -> f64| -> f64 {
            (0..rising.len()).filter(|&i| scores[i].is_some()).map(|i| times[i] as f64 * kept(i)).sum()
        };
        of(&|i| rising[i]) / of(&|_| 1.0)
    });
    let ends = interval(&drawn.collect::<Vec<_>>());
    Some(Estimate { value: Some(value), low: ends.map(|e| e[0]), high: ends.map(|e| e[1]), reason: None })
}

/// The other judges on the same answers.
fn others(answered: &[&Answered], items: &[Item]) -> Vec<JudgeSummary> {
    let names: BTreeSet<&String> = answered
        .iter()
        .flat_map(|answered| answered.judgements.keys().filter(|judge| Some(*judge) != answered.judge.as_ref()))
        .collect();
    let summary = |judge: &String| {
        let with = |(answered, item): (&&Answered, &Item)| {
            let other = answered.item(Some(judge))?;
            Some((other.right == item.right, other))
        };
        let (agrees, items): (Vec<bool>, Vec<Item>) = answered.iter().zip(items).filter_map(with).unzip();
        let n = items.len();
        let right = items.iter().filter(|item| item.right).count();
        let ids: BTreeSet<&String> = items.iter().flat_map(|item| item.scores.keys()).collect();
        let order = |id: &String| {
            let with = |item: &Item| Some((*item.scores.get(id)?, !item.right));
            let (scores, wrong): (Vec<f64>, Vec<bool>) = items.iter().filter_map(with).unzip();
            (id.clone(), Some(auroc(&scores, &wrong)).filter(|value| !value.is_nan()))
        };
        JudgeSummary {
            judge: judge.clone(),
            questions: n,
            right,
            accuracy: (n > 0).then(|| right as f64 / n as f64),
            agreement: mean(agrees.iter().map(|&agrees| f64::from(u8::from(agrees)))),
            auroc: ids.into_iter().map(order).collect(),
        }
    };
    names.into_iter().map(summary).collect()
}

/// What a reader would otherwise overlook.
fn notes(items: &[Item], ids: &BTreeSet<&String>, right: usize) -> Vec<String> {
    let n = items.len();
    let mut notes = Vec::new();
    match (right, n - right) {
        (0, 0) => notes.push("no answer was judged".to_owned()),
        (0, _) => notes.push(format!("all {n} answers are wrong: no score can be told from another")),
        (_, 0) => notes.push(format!("all {n} answers are right: no score can be told from another")),
        (right, wrong) if right.min(wrong) < 20 => {
            notes.push(format!("{right} right and {wrong} wrong answers say little: intervals are wide"));
        }
        _ => {}
    }
    for id in ids {
        let without = items.iter().filter(|item| !item.scores.contains_key(*id)).count();
        if without > 0 {
            notes.push(format!("{id} has no value for {without} of {n} answers; its numbers are of the others"));
        }
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::super::answered::read;
    use super::*;

    fn line(i: usize, right: bool) -> String {
        let noise = (i * 7919 % 101) as f64 / 50.0;
        let score = noise + if right { 0.0 } else { 1.0 };
        let b = if i.is_multiple_of(10) { "null".to_owned() } else { noise.to_string() };
        let (low, high) = if i.is_multiple_of(4) { (noise, noise) } else { (noise, noise + 1.0) };
        format!(
            r#"{{"id": "q{i}", "set": "s", "response_ids": [1, 2, {i}], "finish_reason": "stop",
            "scores": {{"a": {{"score": {score}, "ms": 5, "passes": 2}}, "b": {{"score": {b}, "ms": 0, "passes": 0}}}},
            "ms": {{"prefill": 4, "decode": 16}}, "judge": "f1",
            "judgements": {{"f1": {{"right": {right}, "value": 1}}, "nli": {{"right": {}, "value": 0}}}},
            "temperatures": [{{"temperature": 1.4, "scores": {{"a": {high}}}}}, {{"temperature": 0.3, "scores": {{"a": {low}}}}}]}}"#,
            i.is_multiple_of(2)
        )
        .replace('\n', " ")
    }

    fn summary(rights: &[bool]) -> SetSummary {
        let text: Vec<String> = rights.iter().enumerate().map(|(i, &right)| line(i, right)).collect();
        let (answered, problems) = read(&text.join("\n"));
        assert!(problems.is_empty(), "{problems:?}");
        let options = Options { resamples: 100, seed: 0, versus: vec!["b".into(), "none".into()] };
        summarize("s", &answered.iter().collect::<Vec<_>>(), &options)
    }

    #[test]
    fn a_set_in_numbers() {
        let found = summary(&(0..120).map(|i| i % 3 == 0).collect::<Vec<_>>());
        assert_eq!((found.questions, found.right, found.judge.as_str()), (120, 40, "f1"));
        assert_eq!((found.tokens, found.generation_ms), (Some(3.0), Some(20.0)));
        let (low, high) = (found.accuracy.low.unwrap(), found.accuracy.high.unwrap());
        assert!(low < 1.0 / 3.0 && 1.0 / 3.0 < high && high - low < 0.25);
        let a = &found.methods["a"];
        assert_eq!((a.questions, a.ms, a.cost, a.passes), (120, Some(5.0), Some(1.25), Some(2.0)));
        assert!(a.auroc.value.unwrap() > 0.7 && a.versus["b"].low.unwrap() > 0.0 && a.versus.len() == 1);
        assert_eq!(a.tsu.as_ref().unwrap().value, Some(0.75));
        assert_eq!((found.methods["b"].questions, &found.methods["b"].tsu), (108, &None));
        let nli = &found.others[0];
        assert_eq!((nli.judge.as_str(), nli.questions, nli.right, nli.agreement), ("nli", 120, 60, Some(0.5)));
        assert_eq!(found.notes, ["b has no value for 12 of 120 answers; its numbers are of the others"]);
        // What is written is read again.
        let json = serde_json::to_string(&found).unwrap();
        let again: SetSummary = serde_json::from_str(&json).unwrap();
        assert_eq!((again.questions, again.methods.len(), &again.notes), (120, 2, &found.notes));
        assert!(!json.contains("NaN"));
    }

    #[test]
    fn one_class_and_nothing() {
        let right = summary(&[true; 25]);
        assert_eq!(right.notes[0], "all 25 answers are right: no score can be told from another");
        assert_eq!(right.methods["a"].auroc.reason.as_deref(), Some("every answer is right"));
        assert_eq!(right.accuracy.value, Some(1.0));
        let wrong = summary(&[false; 25]);
        assert_eq!(wrong.notes[0], "all 25 answers are wrong: no score can be told from another");
        let none = summary(&[]);
        assert_eq!((none.questions, none.accuracy.value, none.notes[0].as_str()), (0, None, "no answer was judged"));
        assert!(none.methods.is_empty());
    }
}
