//! Why this answer is better or worse than the model's usual ones, in words.
//!
//! A confidence is a sum, and each part of it is counted from the mean of the test questions: what differs from 0 sets this
//! answer apart from the usual one. Parts that tell the same ([`Aspect`]) are one reason.

use crate::confidence::combined::{Combined, Part};
use crate::confidence::features::{Aspect, CANDIDATES};
use crate::confidence::state::STATE;

/// Most reasons.
const MOST: usize = 3;
/// Of an even chance, this moves 100 answers by two or three; less is no reason.
const LEAST: f64 = 0.1;

/// What parts that tell the same come to.
#[derive(Clone, Copy, Default)]
struct Sum {
    /// Of their shares in the log-odds: below 0 it speaks against the answer.
    pull: f64,
    /// How far what they measure is above its mean, each by its weight.
    measured: f64,
}

/// The reasons, the strongest first. `parts` are those that `combined` gave.
pub fn sentences(parts: &[Part], combined: &Combined) -> Vec<String> {
    let mut reasons: Vec<(f64, String)> = Vec::new();
    let mut add = |pull: f64, sentence: Option<String>| {
        reasons.extend(sentence.filter(|_| pull.abs() >= LEAST).map(|sentence| (pull.abs(), sentence)));
    };
    for (aspect, sum) in sums(parts, combined) {
        add(sum.pull, sentence(aspect, sum));
    }
    if let Some(state) = parts.iter().find(|part| part.name == STATE) {
        add(state.contribution, Some(of_state(state.contribution)));
    }
    reasons.sort_by(|a, b| b.0.total_cmp(&a.0));
    reasons.into_iter().take(MOST).map(|reason| reason.1).collect()
}

/// By aspect, in the order of the features.
fn sums(parts: &[Part], combined: &Combined) -> Vec<(Aspect, Sum)> {
    let mut sums: Vec<(Aspect, Sum)> = Vec::new();
    for feature in &combined.features {
        let Some(&(.., aspect)) = CANDIDATES.iter().find(|known| known.0 == feature.name) else { continue };
        let Some(part) = parts.iter().find(|part| part.name == feature.name) else { continue };
        let at = sums.iter().position(|sum| sum.0 == aspect).unwrap_or_else(|| {
            sums.push((aspect, Sum::default()));
            sums.len() - 1
        });
        sums[at].1.pull += part.contribution;
        // Weight times value, so this is the value by the weight's size.
        sums[at].1.measured += part.contribution * feature.weight.signum();
    }
    sums
}

/// Of what doubts, a sentence where the measure and its pull agree: that hesitation speaks for an answer is nothing that a
/// reader could make sense of. Other measures mean nothing by themselves, so it is said where they point.
fn sentence(aspect: Aspect, Sum { pull, measured }: Sum) -> Option<String> {
    let (is_more, is_worse) = (measured > 0.0, pull < 0.0);
    let either = |first: &'static str, second| if is_more { first } else { second };
    let doubts = matches!(aspect, Aspect::Words | Aspect::Meaning | Aspect::Others);
    if doubts && is_more != is_worse {
        return None;
    }
    let (more, longer) = (either("more", "less"), either("longer", "shorter"));
    let measure = match aspect {
        Aspect::Words => format!("It hesitated over its words {more} than usual"),
        Aspect::Meaning => {
            format!("Its answer wavers {more} than usual when the meaning of the question shifts a little")
        }
        Aspect::Others => {
            let other = either("another", "the same");
            format!("Its inner state suggests more than usual that another try would give {other} answer")
        }
        Aspect::Attention => {
            format!("It paid its latest words {} attention than usual", either("less", "more"))
        }
        Aspect::AnswerLength => format!("Its answer is {longer} than usual"),
        Aspect::QuestionLength => format!("The question is {longer} than usual"),
    };
    Some(match doubts {
        true => format!("{measure}."),
        false => format!("{measure}, which makes a right answer {} likely.", if is_worse { "less" } else { "more" }),
    })
}

fn of_state(pull: f64) -> String {
    format!(
        "Its inner state is more than usual like that of its {} answers.",
        if pull < 0.0 { "wrong" } else { "right" }
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::confidence::features::{ANSWER_TOKENS, Feature, PROMPT_TOKENS, Transform};
    use crate::confidence::state::Look;
    use crate::evidence::Evidence;
    use crate::evidence::distribution::TokenStatistics;
    use crate::evidence::observed::{Alternative, DistributionShape};
    use crate::methods::{Method, Need, REGISTRY};

    /// The reasons for an answer with these features: name, weight, and standard deviations from the mean.
    fn of(features: &[(&str, f64, f64)]) -> Vec<String> {
        let feature = |&(name, weight, _): &(&str, f64, f64)| {
            let (name, transform, mean, scale) = (name.to_owned(), Transform::Identity, 0.0, 1.0);
            Feature { name, transform, mean, scale, weight }
        };
        let combined = Combined { features: features.iter().map(feature).collect(), ..Combined::default() };
        let values: Vec<f64> = features.iter().map(|feature| feature.2).collect();
        sentences(&combined.parts(&values, &[]), &combined)
    }

    #[test]
    fn a_sentence_points_where_its_part_does() {
        for &(name, _, aspect) in CANDIDATES {
            for (weight, value) in [(-0.5, 2.0), (-0.5, -2.0), (0.5, 2.0), (0.5, -2.0)] {
                let said = of(&[(name, weight, value)]);
                let (is_more, is_worse) = (value > 0.0, weight * value < 0.0);
                let likely = if is_worse { "less likely." } else { "more likely." };
                let measured = |more: &str, less: &str| {
                    assert!(said[0].contains(if is_more { more } else { less }), "{name} {weight} {value}: {said:?}");
                };
                match aspect {
                    // Doubt that speaks for an answer is no reason to anybody.
                    Aspect::Words | Aspect::Meaning | Aspect::Others if is_more != is_worse => assert!(said.is_empty()),
                    Aspect::Words | Aspect::Meaning => measured("more than usual", "less than usual"),
                    Aspect::Others => measured("another answer", "the same answer"),
                    // The score grows as attention falls.
                    Aspect::Attention => measured("less attention", "more attention"),
                    Aspect::AnswerLength | Aspect::QuestionLength => measured("longer", "shorter"),
                }
                if matches!(aspect, Aspect::Attention | Aspect::AnswerLength | Aspect::QuestionLength) {
                    assert!(said[0].ends_with(likely), "{said:?}");
                }
                assert!(said.len() < 2);
            }
        }
    }

    #[test]
    fn what_is_called_hesitation_grows_as_the_words_become_less_probable() {
        // Four words, the last three of them equally probable.
        let evidence = |p: f64| {
            let all = [p, (1.0 - p) / 3.0, (1.0 - p) / 3.0, (1.0 - p) / 3.0];
            let entropy = -all.iter().map(|p| p * p.ln()).sum::<f64>();
            let token = TokenStatistics { logprob: p.ln(), entropy, ..TokenStatistics::default() };
            let roots = all.iter().map(|p| p.sqrt()).sum::<f64>();
            let shape = DistributionShape {
                mean_logprob: all.iter().map(|p| p.ln()).sum::<f64>() / 4.0,
                log_root_sum: all.iter().map(|p| (p.sqrt() / roots).sqrt()).sum::<f64>().ln(),
                vocab: 4,
                top: all.iter().map(|p| Alternative { logprob: p.ln(), ..Alternative::default() }).collect(),
            };
            Evidence { tokens: vec![token; 4], shapes: vec![shape; 4], ..Evidence::default() }
        };
        let (sure, torn) = (evidence(0.9), evidence(0.35));
        let is_words = |id: &str| CANDIDATES.iter().any(|known| known.0 == id && known.2 == Aspect::Words);
        let reads_words =
            |method: &&Method| method.needs.iter().all(|&need| need == Need::Shapes) && is_words(method.id);
        let scores = REGISTRY.iter().filter(reads_words).map(|m| (m.id, m.value(&sure), m.value(&torn)));
        let scores: Vec<(&str, f64, f64)> = scores.collect();
        assert!(scores.len() == 9 && scores.iter().all(|(_, sure, torn)| sure < torn), "{scores:?}");
    }

    #[test]
    fn the_strongest_come_first_and_those_that_say_the_same_once() {
        let said = of(&[
            ("gnll", -0.1, 1.0),
            ("lsc", -0.2, 1.5),
            (ANSWER_TOKENS, -0.1, 0.9),
            (PROMPT_TOKENS, -0.3, -2.0),
            ("semgrad", -0.15, -1.0),
            ("attention_score", 0.12, 1.0),
        ]);
        assert_eq!(
            said,
            [
                "The question is shorter than usual, which makes a right answer more likely.",
                "It hesitated over its words more than usual.",
                "Its answer wavers less than usual when the meaning of the question shifts a little.",
            ]
        );
        // Parts of one group that cancel are no reason, nor is one that hardly moves, nor what nobody knows.
        let none = of(&[("gnll", -0.5, 1.0), ("lsc", -0.5, -0.9), (ANSWER_TOKENS, 0.09, 1.0), ("novelty", -1.0, 2.0)]);
        assert_eq!(none, Vec::<String>::new());
        assert!(of(&[]).is_empty());
    }

    #[test]
    fn a_state_is_like_that_of_right_or_of_wrong_answers() {
        let look = Look { layer: 1, weights: vec![1.0], bias: 0.0 };
        let combined = Combined { look: Some(look), ..Combined::default() };
        let said = |value: f32| sentences(&combined.parts(&[], &[value]), &combined).concat();
        assert!(said(0.5).contains("like that of its right answers") && said(-0.5).contains("of its wrong answers"));
        assert_eq!(said(0.05), "");
    }
}
