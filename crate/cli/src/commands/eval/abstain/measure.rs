//! From lines to numbers.

use super::super::{Set, Work};
use super::asking::{BEGINS, SURPRISE};
use super::system::{How, System};
use crate::evaluate::answered::Answered;
use crate::evaluate::built_in;
use crate::evaluate::dataset::{Dataset, Question};
use crate::evaluate::findings::{Findings, Order, REFUSAL_PROBABILITY, Run, SetFindings, TRAINED, Threshold};
use crate::evaluate::measure::CONFIDENCE;
use crate::evaluate::store::Store;
use crate::load::today;
use semgrad_scores::abstain::compare::paired;
use semgrad_scores::abstain::outcome::{Outcome, Tally};
use semgrad_scores::abstain::random;
use semgrad_scores::abstain::refusal::refuses;
use semgrad_scores::abstain::row::{Row, lot, share};
use semgrad_scores::abstain::threshold::Ranked;
use semgrad_scores::statistics::bootstrap::resamples;
use semgrad_scores::statistics::ranking::{self, Ranking};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Share of the questions that thresholds answer where no system leaves something out.
const USUAL: f64 = 0.5;

/// A question that everybody was asked.
struct Case {
    /// What became of it with the original model.
    base: Outcome,
    /// Scores of the original model's answer, higher being less sure.
    scores: BTreeMap<String, f64>,
    /// What became of it by system.
    outcomes: Vec<Outcome>,
}

/// A system that was asked the questions, or the original.
struct Asked<'a> {
    system: &'a System,
    store: &'a Store,
    /// Questions that have no answer.
    unanswerable: &'a Dataset,
}

impl Asked<'_> {
    fn line(&self, set: &str, question: &Question) -> Option<&Value> {
        self.store.get(set, question)
    }

    /// What became of a question.
    fn outcome(&self, set: &str, question: &Question) -> Option<Outcome> {
        let answered = Answered::deserialize(self.line(set, question)?).ok()?;
        Some(Outcome::new(refuses(answered.answer.as_deref()?), answered.right(None)?))
    }

    /// Share of a set that it refuses; `None` while it was asked nothing of it.
    fn refused(&self, set: &Dataset) -> Option<f64> {
        let answer = |question| Some(refuses(self.line(&set.name, question)?.get("answer")?.as_str()?));
        share(set.questions.iter().filter_map(answer))
    }

    /// Perplexity of all tokens of the texts together.
    fn perplexity(&self) -> Option<f64> {
        let set = built_in::text();
        let (mut sum, mut tokens) = (0.0, 0.0);
        for question in &set.questions {
            let line = self.line(&set.name, question)?;
            let count = line.get("tokens")?.as_f64()?;
            sum += count * line.get(SURPRISE)?.as_f64()?;
            tokens += count;
        }
        Some((sum / tokens).exp()).filter(|perplexity| perplexity.is_finite())
    }

    /// A row with what it does beside the questions.
    fn row(&self, row: Row) -> Row {
        let (system, by, seeds) = match &self.system.how {
            How::Tuned(_, tuned) => (TRAINED.to_owned(), Some(tuned.teacher.description().id.to_owned()), 1),
            How::Original | How::Prompt => (self.system.id.clone(), None, 0),
        };
        Row {
            system,
            by,
            seeds,
            commands_refused: self.refused(built_in::commands()),
            unanswerable_refused: self.refused(self.unanswerable),
            perplexity: self.perplexity(),
            ..row
        }
    }
}

/// All numbers. `store` has the original model's answers with their scores.
pub fn findings(work: &Work, store: &Store, systems: &[(System, Store)], unanswerable: &Dataset) -> Findings {
    let all: Vec<Asked> = systems.iter().map(|(system, store)| Asked { system, store, unanswerable }).collect();
    let (original, asked): (Vec<Asked>, Vec<Asked>) =
        all.into_iter().partition(|asked| asked.system.how == How::Original);
    let original = original.first();
    let count = work.arguments.resamples as usize;
    let (mut sets, mut pooled) = (Vec::new(), Vec::new());
    for set in &work.sets {
        let cases = cases(work, set, store, original, &asked);
        sets.push(measure(&set.data.name, &cases, original, &asked, count));
        pooled.extend(cases);
    }
    if work.sets.len() > 1 {
        sets.push(measure("pooled", &pooled, original, &asked, count));
    }
    let settings = &work.settings;
    Findings {
        model: settings.model.clone(),
        weights: settings.weights.clone(),
        parameters: settings.parameters,
        prefix: settings.prefix.clone(),
        date: today(),
        resamples: count,
        sets,
    }
}

/// The questions of a set that everybody was asked and that were judged.
fn cases(work: &Work, set: &Set, store: &Store, original: Option<&Asked>, asked: &[Asked]) -> Vec<Case> {
    let name = &set.data.name;
    let case = |question| {
        let answered: Answered = work.answered(store.get(name, question)?)?;
        let item = answered.item(None)?;
        let begins = original.and_then(|original| original.line(name, question)?.get(BEGINS)?.as_f64());
        let mut scores = item.scores;
        scores.extend(begins.map(|logprob| (REFUSAL_PROBABILITY.to_owned(), logprob.exp())));
        Some(Case {
            base: Outcome::new(refuses(&answered.answer?), item.right),
            scores,
            outcomes: asked.iter().map(|asked| asked.outcome(name, question)).collect::<Option<_>>()?,
        })
    };
    set.data.questions.iter().filter_map(case).collect()
}

fn measure(name: &str, cases: &[Case], original: Option<&Asked>, asked: &[Asked], count: usize) -> SetFindings {
    let n = cases.len();
    let once = vec![1; n];
    let draws = resamples(n, count, 0);
    let base: Vec<Outcome> = cases.iter().map(|case| case.base).collect();
    let right: Vec<bool> = base.iter().map(|&outcome| outcome == Outcome::Right).collect();
    let rights = right.iter().filter(|&&right| right).count();

    let named = |system: &str, row: Row| Row { system: system.to_owned(), ..row };
    let answers_all = Row::asked(&base, &base, &draws);
    let mut rows = vec![match original {
        Some(original) => original.row(answers_all),
        None => named("original", answers_all),
    }];
    rows.push(named("always", Row::asked(&vec![Outcome::Refused; n], &base, &draws)));
    let best = random::best(rights, n);
    rows.push(named("random", Row::expected(&best, &best)));
    let outcomes: Vec<Vec<Outcome>> =
        (0..asked.len()).map(|place| cases.iter().map(|case| case.outcomes[place]).collect()).collect();
    let mut runs: Vec<Run> = Vec::new();
    for (asked, outcomes) in asked.iter().zip(&outcomes) {
        let row = asked.row(Row::asked(outcomes, &base, &draws));
        match &asked.system.how {
            How::Tuned(_, tuned) => runs.push(Run { id: asked.system.id.clone(), seed: tuned.rule.seed, row }),
            How::Original | How::Prompt => rows.push(row),
        }
    }
    rows.extend(over_seeds(&runs));

    let scores = scores(cases);
    // A score that some lack would be compared on other questions.
    let ranked: Vec<(&String, Ranked)> =
        scores.iter().map(|(score, values)| (score, Ranked::new(values, &right))).collect();
    let threshold = |score: &str, ranked: &Ranked, answered: usize| {
        let row = Row::expected(&ranked.at(answered, &once), &lot(&base, &once, answered));
        Row { system: "threshold".into(), by: Some(score.to_owned()), ..row }
    };
    let mut thresholds = Vec::new();
    for (asked, outcomes) in asked.iter().zip(&outcomes) {
        let answered = outcomes.iter().copied().collect::<Tally>().answered();
        if answered == 0 || answered == n {
            continue;
        }
        for (score, ranked) in &ranked {
            let difference = |times: &[usize]| {
                let drawn = Tally::drawn(outcomes, times);
                drawn.aed() - ranked.at(drawn.answered(), times).aed
            };
            thresholds.push(Threshold {
                system: Some(asked.system.id.clone()),
                row: threshold(score, ranked, answered),
                versus: Some(paired(n, &draws, &difference).into()),
            });
        }
    }
    if thresholds.is_empty() {
        let answered = (USUAL * n as f64).round() as usize;
        let all = ranked.iter().map(|(score, ranked)| threshold(score, ranked, answered));
        thresholds.extend(all.map(|row| Threshold { system: None, row, versus: None }));
    }
    let order = |values: &Vec<f64>| {
        let wrong: Vec<bool> = right.iter().map(|right| !right).collect();
        let ties = Ranking::new(values).ties(&wrong, &once);
        let finite = |value: f64| Some(value).filter(|value| value.is_finite());
        Order { auroc: finite(ranking::auroc(&ties)), aurc: finite(ranking::aurc(&ties)) }
    };
    let refusal = scores.get(REFUSAL_PROBABILITY).map(order);
    SetFindings { name: name.to_owned(), questions: n, right: rights, rows, runs, thresholds, refusal }
}

/// The runs of each teacher together, in the order of their first.
fn over_seeds(runs: &[Run]) -> Vec<Row> {
    let mut teachers: Vec<&Option<String>> = Vec::new();
    for run in runs {
        if !teachers.contains(&&run.row.by) {
            teachers.push(&run.row.by);
        }
    }
    let of = |teacher: &Option<String>| -> Vec<Row> {
        runs.iter().filter(|run| run.row.by == *teacher).map(|run| run.row.clone()).collect()
    };
    teachers.into_iter().filter_map(|teacher| Row::over_seeds(&of(teacher))).collect()
}

/// The scores that all cases have, by their names, and the confidence where any has one: a question that gets none is
/// refused before all others.
fn scores(cases: &[Case]) -> BTreeMap<String, Vec<f64>> {
    let names: BTreeSet<&String> = cases.iter().flat_map(|case| case.scores.keys()).collect();
    let whole = |name: &String| {
        let missing = (name == CONFIDENCE).then_some(f64::NAN);
        let values: Option<Vec<f64>> = cases.iter().map(|case| case.scores.get(name).copied().or(missing)).collect();
        Some((name.clone(), values?))
    };
    names.into_iter().filter_map(whole).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use Outcome::{Refused, Right, Wrong};

    /// A fifth is right; `knows` is low for these and `blind` says nothing. One system refuses what `knows` doubts.
    fn case(i: usize) -> Case {
        let base = if i.is_multiple_of(5) { Right } else { Wrong };
        let knows = if base == Right { 0.1 } else { 0.2 + (i % 7) as f64 };
        let scores = [("knows".to_owned(), knows), ("blind".to_owned(), 1.0), (REFUSAL_PROBABILITY.to_owned(), knows)];
        Case { base, scores: scores.into(), outcomes: vec![if knows > 3.0 { Refused } else { base }] }
    }

    #[test]
    fn thresholds_answer_as_many_as_the_system() {
        let mut cases: Vec<Case> = (0..200).map(case).collect();
        let system = System::prompt();
        let folder = std::env::temp_dir().join(format!("semgrad-abstain-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let store = Store::open(&folder.join("none.jsonl")).unwrap_or_else(|_| panic!("opens"));
        let asked = [Asked { system: &system, store: &store, unanswerable: built_in::unanswerable() }];
        let found = measure("s", &cases, None, &asked, 200);
        assert_eq!((found.questions, found.right, found.rows.len()), (200, 40, 4));
        let [original, always, random, prompt] = &found.rows[..] else { panic!("four rows") };
        assert_eq!((original.aed, original.engagement, original.gain), (Some(0.8), Some(1.0), None));
        assert!((always.aed.unwrap() - 0.5f64.sqrt()).abs() < 1e-12);
        assert!((random.aed.unwrap() - 0.686).abs() < 1e-3);
        assert!(prompt.gain.unwrap() > 4.0 && prompt.refused_of_right == Some(0.0));
        // Nobody was asked anything else.
        assert_eq!((prompt.commands_refused, prompt.perplexity), (None, None));

        let by = |score: &str| found.thresholds.iter().find(|t| t.row.by.as_deref() == Some(score)).unwrap();
        let (knows, blind) = (by("knows"), by("blind"));
        assert_eq!((knows.system.as_deref(), knows.row.engagement), (Some("prompt"), prompt.engagement));
        // The same questions, in expectation: half of those at the edge are refused by the one or the other.
        assert!(knows.versus.unwrap().value.abs() < 0.02 && blind.versus.unwrap().high.unwrap() < 0.0);
        assert!((blind.row.aed.unwrap() - blind.row.random_aed.unwrap()).abs() < 1e-12);
        assert_eq!(found.refusal.unwrap().auroc, Some(1.0));

        // Half have a confidence, 20 right ones among them; of the others, a fifth right, as many are drawn as it takes.
        for (i, case) in cases.iter_mut().enumerate().filter(|(i, _)| i % 2 == 0) {
            case.scores.insert(CONFIDENCE.into(), i as f64);
        }
        let found = measure("s", &cases, None, &asked, 100);
        let confident = found.thresholds.iter().find(|t| t.row.by.as_deref() == Some(CONFIDENCE)).unwrap();
        let answered = confident.row.right + confident.row.wrong;
        assert!(answered > 100.0 && (confident.row.right - 20.0 - (answered - 100.0) / 5.0).abs() < 1e-9);
        for case in &mut cases {
            case.scores.remove(CONFIDENCE);
        }
        // A score that one question lacks is left out, and without a system half of the questions are answered.
        cases[3].scores.remove("knows");
        cases.iter_mut().for_each(|case| case.outcomes.clear());
        let found = measure("s", &cases, None, &[], 100);
        let scores: Vec<_> =
            found.thresholds.iter().map(|t| (t.row.by.as_deref().unwrap(), t.row.engagement)).collect();
        assert_eq!(scores, [("blind", Some(0.5)), (REFUSAL_PROBABILITY, Some(0.5))]);
        // Nobody was asked anything.
        let none = measure("s", &[], None, &[], 100);
        assert_eq!((none.questions, none.rows[0].aed, none.thresholds.len()), (0, None, 0));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
