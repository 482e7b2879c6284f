//! Whether the model says the same when it is asked again. Answers that agree can all be wrong, so this is no confidence;
//! answers that do not agree are a reason to doubt that everybody understands.

use crate::evidence::Evidence;
use crate::lexical::said::Said;
use crate::methods::support::clusters::{Rule, cluster, finite, first_equal};

/// Which drawn answers say the same: a number for each, 0 for what the answer itself says. `is_judged` tells that a model
/// compared them: then those are one, too, that entail each other. `None` without texts.
pub fn groups(evidence: &Evidence, is_judged: bool) -> Option<Vec<usize>> {
    let (answer, samples) = (evidence.answer.as_deref()?, evidence.sample_texts().filter(|texts| !texts.is_empty())?);
    let question = evidence.question.as_deref().unwrap_or_default();
    let texts: Vec<&str> = std::iter::once(answer).chain(samples).collect();
    let said: Vec<Said> = texts.iter().map(|text| Said::new(question, text)).collect();
    let judged = evidence.entailment.as_ref().filter(|judged| is_judged && finite(judged, 0));
    let entail = |i: usize, j: usize| judged.is_some_and(|judged| Rule::Strict.same(&judged[i][j], &judged[j][i]));
    let groups = cluster(&first_equal(&texts), &|i, j| said[i].same(&said[j]) || entail(i, j));
    Some(groups.into_iter().skip(1).collect())
}

/// How many of the drawn answers agree with the answer, of their [`groups`]. `is_given` tells that it is somebody else's.
pub fn sentence(groups: &[usize], is_given: bool) -> Option<String> {
    let size = |group: usize| groups.iter().filter(|&&other| other == group).count();
    let (all, same) = (groups.len(), size(0));
    let answers = match (is_given, all) {
        (_, 0) => return None,
        (false, 1) => "further answer",
        (false, _) => "further answers",
        (true, 1) => "answer of the model’s own",
        (true, _) => "answers of the model’s own",
    };
    let said = match same {
        0 if all == 1 => format!("The {answers} does not agree with this one"),
        0 => format!("None of {all} {answers} agrees with this one"),
        1 if all == 1 => format!("The {answers} agrees with this one"),
        1 => format!("1 of {all} {answers} agrees with this one"),
        n if n == all => format!("All {all} {answers} agree with this one"),
        n => format!("{n} of {all} {answers} agree with this one"),
    };
    // More than half of them, and more than one.
    let other = groups.iter().filter(|&&group| group > 0).map(|&group| size(group)).max().unwrap_or_default();
    let rival = match other {
        n if n < 2 || 2 * n <= all => String::new(),
        n if n == all => ", but they agree with each other".into(),
        n => format!(", but {n} agree with each other"),
    };
    Some(format!("{said}{rival}."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::observed::{Entailment, SampleEvidence};

    fn evidence(question: &str, answer: Option<&str>, samples: &[&str]) -> Evidence {
        let sample = |text: &&str| SampleEvidence { text: Some(text.to_string()), ..SampleEvidence::default() };
        Evidence {
            question: Some(question.into()),
            answer: answer.map(str::to_owned),
            samples: samples.iter().map(sample).collect(),
            ..Evidence::default()
        }
    }

    #[test]
    fn answers_that_say_the_same_are_one_group_and_that_of_the_answer_is_the_first() {
        let samples =
            ["The capital of France is Lyon.", "Paris.", "It is Paris.", "Lyon", "The capital of France is Paris."];
        let mut e = evidence("What is the capital of France?", Some("Paris"), &samples);
        assert_eq!(groups(&e, false).unwrap(), [1, 0, 0, 1, 0]);
        assert_eq!(groups(&e, true).unwrap(), [1, 0, 0, 1, 0], "nobody judged");
        // What a model says about meanings joins what words do not, where it is a model that says it.
        e.samples[3].text = Some("The city of lights".into());
        let yes = Entailment { entail: 1.0, neutral: 0.0, contradict: 0.0 };
        let no = Entailment { entail: 0.0, neutral: 1.0, contradict: 0.0 };
        let judged = |i: usize, j: usize| if [0, 4].contains(&i) && [0, 4].contains(&j) { yes } else { no };
        e.entailment = Some((0..6).map(|i| (0..6).map(|j| judged(i, j)).collect()).collect());
        assert_eq!((groups(&e, false).unwrap()[3], groups(&e, true).unwrap()[3]), (2, 0));
        e.entailment = Some(vec![vec![Entailment { entail: f64::NAN, ..no }; 6]; 6]);
        assert_eq!(groups(&e, true).unwrap()[3], 2, "a judgment that is none");
        assert_eq!(groups(&evidence("?", None, &["Paris"]), false), None);
        assert_eq!(groups(&evidence("?", Some("Paris"), &[]), false), None);
        let mut silent = evidence("?", Some("Paris"), &["Paris"]);
        silent.samples[0].text = None;
        assert_eq!(groups(&silent, false), None);
    }

    #[test]
    fn one_sentence_says_how_many_agree() {
        let of = |groups: &[usize]| sentence(groups, false).unwrap();
        assert_eq!(of(&[0, 0, 0, 1, 0, 0, 2, 0, 0, 0]), "8 of 10 further answers agree with this one.");
        assert_eq!(of(&[0; 10]), "All 10 further answers agree with this one.");
        assert_eq!(of(&[1, 2, 3]), "None of 3 further answers agrees with this one.");
        assert_eq!(of(&[0, 1, 2]), "1 of 3 further answers agrees with this one.");
        assert_eq!(of(&[0, 1, 1, 1]), "1 of 4 further answers agrees with this one, but 3 agree with each other.");
        assert_eq!(of(&[1, 1, 1]), "None of 3 further answers agrees with this one, but they agree with each other.");
        assert_eq!(of(&[0, 0, 1, 1]), "2 of 4 further answers agree with this one.");
        assert_eq!(of(&[0]), "The further answer agrees with this one.");
        assert_eq!(of(&[1]), "The further answer does not agree with this one.");
        assert_eq!(sentence(&[0, 1, 0], true).unwrap(), "2 of 3 answers of the model’s own agree with this one.");
        assert_eq!(sentence(&[], false), None);
    }
}
