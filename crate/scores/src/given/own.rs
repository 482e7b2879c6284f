//! The model's own short answers beside a given one.

use super::examined::OwnAnswers;
use crate::lexical::said::{Said, content};
use crate::spans::words::words;
use std::collections::HashSet;

/// Words from which on an answer without an end was cut off rather than ended so.
const LONG: usize = 8;

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
        let agree = self.texts.iter().filter(|text| agrees(question, text, given)).count();
        Some(OwnAnswers {
            answer: shown(answer),
            others: others.iter().map(|text| shown(text)).collect(),
            agree,
            sentence: sentence(agree, self.texts.len()),
        })
    }
}

/// Whether an own answer says what the given one says: the given one has all names and numbers that it adds to the question, or,
/// where it adds none, all that it says.
fn agrees(question: &str, own: &str, given: &str) -> bool {
    let asked: HashSet<String> = content(question).into_iter().collect();
    let held: HashSet<String> = content(given).into_iter().collect();
    let own = shown(own);
    let named = words(&own).into_iter().map(|at| &own[at]);
    let named = named.filter(|word| word.starts_with(|c: char| c.is_uppercase() || c.is_numeric()));
    let named: Vec<String> = named.flat_map(content).filter(|word| !asked.contains(word)).collect();
    if named.is_empty() {
        return Said::new(question, &own).same(&Said::new(question, given));
    }
    named.iter().all(|word| held.contains(word))
}

/// What stands behind an answer that was cut off.
const CUT: &str = " …";

/// What an own answer says: its first line, without what a model writes before an answer or begins after one. Of one that is shown
/// the same.
pub fn line(text: &str) -> &str {
    let line = text.trim().lines().next().unwrap_or_default();
    let line = line.strip_prefix("A:").unwrap_or(line);
    let end = [" Q:", " A:", CUT].iter().filter_map(|mark| line.find(mark)).min();
    end.map_or(line, |end| &line[..end]).trim()
}

/// As it is shown: cut off where the model was.
fn shown(text: &str) -> String {
    let line = line(text);
    let is_whole = line.split(' ').count() < LONG || line.ends_with(['.', '!', '?', '”', '"', ')']);
    if is_whole { line.to_owned() } else { format!("{line}{CUT}") }
}

fn sentence(agree: usize, all: usize) -> String {
    match (agree, all) {
        (0, 1) => "Its own answer says something else than this one.".into(),
        (_, 1) => "Its own answer says the same as this one.".into(),
        (0, all) => format!("None of its {all} own answers says the same as this one."),
        (agree, all) if agree == all => format!("All {all} of its own answers say the same as this one."),
        (1, all) => format!("1 of its {all} own answers says the same as this one."),
        (agree, all) => format!("{agree} of its {all} own answers say the same as this one."),
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
        assert_eq!(told.sentence, "2 of its 3 own answers say the same as this one.");
        assert_eq!(own(&[]).told(QUESTION, given), None);
        // What is cut off in the middle says it by the names in it.
        let asked = "Who discovered penicillin?";
        let cut = own(&["A: The discovery of penicillin by Alexander Fleming was one of the largest\nQ: What is"]);
        let told = cut.told(asked, "It was discovered by Alexander Fleming in 1928.").unwrap();
        assert_eq!(told.agree, 1);
        assert_eq!(told.answer, "The discovery of penicillin by Alexander Fleming was one of the largest …");
        assert_eq!(line(&told.answer), line(&cut.texts[0]));
        assert_eq!(cut.told(asked, "It was discovered by Marie Curie.").unwrap().agree, 0);
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
                "Its own answer says something else than this one.",
                "Its own answer says the same as this one.",
                "None of its 5 own answers says the same as this one.",
                "1 of its 5 own answers says the same as this one.",
                "3 of its 5 own answers say the same as this one.",
                "All 5 of its own answers say the same as this one.",
            ]
        );
    }
}
