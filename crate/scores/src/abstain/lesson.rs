//! What is to be learned, by what a caller wishes.

use super::replay;
use super::target::{Count, Known, Rule, Target, Teacher, targets};
use super::threshold::for_engagement;
use crate::error::{Code, Error, Result};
use serde::{Deserialize, Serialize};

/// Share of the questions that are still answered where nobody wishes another one.
const ENGAGEMENT: f64 = 0.5;
/// τ where there are two values only.
const BETWEEN: f64 = 0.5;

/// What a caller wishes: at most one of `tau` and `engagement`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wish {
    /// Who says what is not known.
    pub teacher: Teacher,
    /// Highest value of an answer that is kept.
    pub tau: Option<f64>,
    /// Instead, about the share of the questions that are still answered.
    pub engagement: Option<f64>,
    /// As [`Rule::band`].
    pub band: f64,
    /// As [`Rule::balance`].
    pub balance: bool,
    /// Share of ordinary instructions among what is learned ([`replay::rehearsed`]).
    pub replay: f64,
    /// As [`Rule::seed`].
    pub seed: u64,
}

impl Default for Wish {
    fn default() -> Self {
        let Rule { band, balance, seed, .. } = Rule::default();
        Self { teacher: Teacher::default(), tau: None, engagement: None, band, balance, replay: replay::SHARE, seed }
    }
}

/// What is to be answered to each question that was asked.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema))]
pub struct Lesson {
    /// Highest value of an answer that the model keeps.
    #[cfg_attr(not(target_family = "wasm"), schemars(extend("finite" = true)))]
    pub tau: f64,
    /// Share of the questions that the rule would answer.
    #[cfg_attr(not(target_family = "wasm"), schemars(extend("finite" = true)))]
    pub engagement: f64,
    /// By question, how unsure the teacher takes the model to be; null where it was not told what it reads.
    pub values: Vec<Option<f64>>,
    /// By question, what is learned.
    pub targets: Vec<Target>,
    /// How many there are of each.
    pub count: Count,
}

impl Wish {
    /// The rule that does what is wished with these questions.
    ///
    /// # Errors
    /// `bad_input` for wishes that contradict each other or are no numbers, and where the teacher knows nothing of any
    /// question.
    pub fn rule(&self, known: &[Known]) -> Result<Rule> {
        let Self { teacher, band, balance, seed, .. } = *self;
        Ok(Rule { tau: self.threshold(known, &teacher.values(known, seed))?, band, balance, seed })
    }

    /// What is learned then.
    ///
    /// # Errors
    /// As [`rule`](Self::rule).
    pub fn lesson(&self, known: &[Known]) -> Result<Lesson> {
        let rule = self.rule(known)?;
        let (targets, values) = (targets(self.teacher, known, &rule), self.teacher.values(known, rule.seed));
        let is_answered = |(known, value): &(&Known, &Option<f64>)| {
            self.teacher == Teacher::None || !known.refuses && value.is_some_and(|value| value <= rule.tau)
        };
        let answered = known.iter().zip(&values).filter(is_answered).count();
        // There are questions, or the teacher would know nothing of any.
        let engagement = answered as f64 / known.len() as f64;
        Ok(Lesson { tau: rule.tau, engagement, count: Count::of(&targets), targets, values })
    }

    fn threshold(&self, known: &[Known], values: &[Option<f64>]) -> Result<f64> {
        let wrong = |what: String, advice: &str| Err(Error::new(Code::BadInput, what, advice));
        let description = self.teacher.description();
        if values.iter().all(Option::is_none) {
            let what = format!("no question says what the teacher {} reads: {}", description.id, description.reads);
            return wrong(what, "Give questions, or choose another teacher.");
        }
        match (self.teacher, self.tau, self.engagement) {
            (Teacher::Labels | Teacher::None, None, None) => Ok(BETWEEN),
            (Teacher::Labels | Teacher::None, ..) => {
                wrong(format!("tau and engagement say nothing to the teacher {}", description.id), "Leave them out.")
            }
            (_, Some(_), Some(_)) => wrong("tau and engagement exclude each other".into(), "Give one of them."),
            (_, Some(tau), None) if tau.is_finite() => Ok(tau),
            (_, Some(tau), None) => wrong(format!("tau is {tau}"), "Give a number."),
            (_, None, wished) => {
                let wished = wished.unwrap_or(ENGAGEMENT);
                if !(0.0..=1.0).contains(&wished) {
                    return wrong(format!("engagement is {wished}"), "Give a share from 0 to 1.");
                }
                // What refuses already is never answered, and what is no number is not either.
                let score =
                    |(known, value): (&Known, &Option<f64>)| value.filter(|_| !known.refuses).unwrap_or(f64::NAN);
                let scores: Vec<f64> = known.iter().zip(values).map(score).collect();
                for_engagement(&scores, wished).map(|found| found.0).map_or_else(
                    || wrong("the model refuses all questions already".into(), "Give questions that it answers."),
                    Ok,
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unsure(entropies: &[f64]) -> Vec<Known> {
        entropies.iter().map(|&entropy| Known { entropy: Some(entropy), ..Known::default() }).collect()
    }

    fn wish(tau: Option<f64>, engagement: Option<f64>) -> Wish {
        Wish { tau, engagement, band: 0.0, balance: false, ..Wish::default() }
    }

    #[test]
    fn half_of_the_questions_unless_another_share_is_wished() {
        let known = unsure(&[0.0, 0.1, 0.2, 1.0, 1.1, 1.2]);
        let lesson = wish(None, None).lesson(&known).unwrap();
        assert_eq!((lesson.engagement, lesson.count.own, lesson.count.refusals), (0.5, 3, 3));
        assert!((lesson.tau - 0.6).abs() < 1e-12);
        assert_eq!(lesson.values[3], Some(1.0));
        let most = wish(None, Some(0.8)).lesson(&known).unwrap();
        assert_eq!(most.count.own, 5);
        assert_eq!(wish(Some(0.15), None).lesson(&known).unwrap().count.own, 2);
        assert_eq!(wish(Some(0.15), None).rule(&known).unwrap().tau, 0.15);
    }

    #[test]
    fn what_refuses_already_counts_as_refused() {
        let mut known = unsure(&[0.0, 0.0, 0.5, 1.0]);
        (known[0].refuses, known[1].refuses) = (true, true);
        let lesson = wish(None, None).lesson(&known).unwrap();
        assert_eq!((lesson.engagement, lesson.count.own, lesson.count.refusals), (0.5, 2, 2));
        known.iter_mut().for_each(|known| known.refuses = true);
        assert!(wish(None, None).lesson(&known).unwrap_err().message.contains("refuses all"));
    }

    #[test]
    fn wishes_that_make_no_sense_are_refused() {
        let known = unsure(&[0.0, 1.0]);
        for (tau, engagement, part) in [
            (Some(1.0), Some(0.5), "exclude"),
            (Some(f64::NAN), None, "tau is NaN"),
            (None, Some(1.5), "engagement is 1.5"),
            (None, Some(f64::NAN), "engagement is NaN"),
        ] {
            let error = wish(tau, engagement).rule(&known).unwrap_err();
            assert!(error.code == Code::BadInput && error.message.contains(part), "{error}");
        }
        let labels = Wish { teacher: Teacher::Labels, ..wish(None, None) };
        assert!(labels.rule(&known).unwrap_err().message.contains("labels reads: right answers"));
        let judged: Vec<Known> = (0..4).map(|i| Known { right: Some(i < 3), ..Known::default() }).collect();
        let lesson = labels.lesson(&judged).unwrap();
        assert_eq!((lesson.tau, lesson.engagement, lesson.count.own), (0.5, 0.75, 3));
        let both = Wish { tau: Some(1.0), ..labels };
        assert!(both.rule(&judged).unwrap_err().message.contains("say nothing to the teacher labels"));
        assert!(wish(None, None).rule(&[]).is_err());
        let none = Wish { teacher: Teacher::None, ..wish(None, None) };
        assert_eq!(none.lesson(&known).unwrap().engagement, 1.0);
    }
}
