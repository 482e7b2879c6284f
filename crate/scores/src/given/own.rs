//! The model's own short answers beside a given one.

use super::examined::OwnAnswers;
use crate::lexical::said::{Said, content};
use std::collections::HashSet;

/// The model's own answers to the question of a given one, the most likely first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Own {
    /// Their texts.
    pub texts: Vec<String>,
    /// Mean log-probability of the tokens of each.
    pub logprob: Vec<f64>,
    /// Similarity 0..1 of each to the given answer, where an engine was asked.
    pub similarity: Option<Vec<f64>>,
    /// Probability that it contradicts the given answer, where an engine was asked.
    pub contradiction: Option<Vec<f64>>,
}

impl Own {
    /// By own answer, the share of its words that the given answer has: those of its first sentence that say anything beyond
    /// the question. NaN for one that says nothing.
    pub fn shares(&self, question: &str, given: &str) -> Vec<f64> {
        let words: HashSet<String> = content(given).into_iter().collect();
        let share = |text: &String| {
            let said = Said::new(question, text);
            let held = said.words().iter().filter(|word| words.contains(*word)).count();
            held as f64 / said.words().len() as f64
        };
        self.texts.iter().map(share).collect()
    }

    /// Semantic entropy over the own answers that say the same, in nats.
    pub fn entropy(&self, question: &str) -> f64 {
        let mut groups: Vec<(Said, usize)> = Vec::new();
        for text in &self.texts {
            let said = Said::new(question, text);
            match groups.iter_mut().find(|(other, _)| other.same(&said)) {
                Some((_, count)) => *count += 1,
                None => groups.push((said, 1)),
            }
        }
        let of = |count: usize| count as f64 / self.texts.len() as f64;
        groups.iter().map(|&(_, count)| -of(count) * of(count).ln()).sum()
    }

    /// For the record; `None` without any.
    pub fn told(&self, question: &str, given: &str) -> Option<OwnAnswers> {
        let (answer, others) = self.texts.split_first()?;
        let given_said = Said::new(question, given);
        let shares = self.shares(question, given);
        let agrees = |(text, share): (&String, f64)| share >= 1.0 || Said::new(question, text).same(&given_said);
        let agree = self.texts.iter().zip(shares).filter(|&pair| agrees(pair)).count();
        Some(OwnAnswers {
            answer: answer.trim().to_owned(),
            others: others.iter().map(|text| text.trim().to_owned()).collect(),
            agree,
            sentence: sentence(agree, self.texts.len()),
        })
    }
}

fn sentence(agree: usize, all: usize) -> String {
    match (agree, all) {
        (0, 1) => "Its own answer says something else.".into(),
        (_, 1) => "Its own answer says the same.".into(),
        (0, all) => format!("None of its {all} own answers says the same."),
        (agree, all) if agree == all => format!("All {all} of its own answers say the same."),
        (1, all) => format!("1 of its {all} own answers says the same."),
        (agree, all) => format!("{agree} of its {all} own answers say the same."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUESTION: &str = "What is the capital of France?";

    fn own(texts: &[&str]) -> Own {
        Own { texts: texts.iter().map(|&text| text.into()).collect(), ..Own::default() }
    }

    #[test]
    fn what_the_given_answer_has_of_each() {
        let given = "Paris, in the north of the country, is its capital city.";
        let shares = own(&["Paris.", "It is Lyon", "Paris and Lyon"]).shares(QUESTION, given);
        assert_eq!(shares, [1.0, 0.0, 0.5]);
        let told = own(&[" Paris.", "Lyon", "The capital of France is Paris"]).told(QUESTION, given).unwrap();
        assert_eq!((told.answer.as_str(), told.agree, told.others.len()), ("Paris.", 2, 2));
        assert_eq!(told.sentence, "2 of its 3 own answers say the same.");
        assert_eq!(own(&[]).told(QUESTION, given), None);
    }

    #[test]
    fn entropy_over_meanings() {
        let entropy = own(&["Paris", "It is Paris.", "Lyon", "Lyon!"]).entropy(QUESTION);
        assert!((entropy - 2f64.ln()).abs() < 1e-12, "{entropy}");
        assert_eq!(own(&["Paris", "paris"]).entropy(QUESTION), 0.0);
    }

    #[test]
    fn sentences() {
        assert_eq!(
            [(0, 1), (1, 1), (0, 5), (1, 5), (3, 5), (5, 5)].map(|(agree, all)| sentence(agree, all)),
            [
                "Its own answer says something else.",
                "Its own answer says the same.",
                "None of its 5 own answers says the same.",
                "1 of its 5 own answers says the same.",
                "3 of its 5 own answers say the same.",
                "All 5 of its own answers say the same.",
            ]
        );
    }
}
