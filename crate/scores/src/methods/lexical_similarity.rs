//! Lexical similarity of the samples: mean ROUGE-L over the pairs, negated (arXiv 2302.09664).

use super::method::Method;
use super::need::Need;
use crate::evidence::Evidence;
use crate::lexical::{Measure, similarity};

/// Registry entry.
pub const METHOD: Method = Method {
    id: "lexical_similarity",
    name: "Lexical similarity",
    citation: "arXiv 2302.09664",
    needs: &[Need::SampleTexts],
    note: "A similarity, negated. Words of any script, without the English stemmer that LM-Polygraph switches on and whose \
           words are ASCII only. Two empty answers are equal (1, not 0). One sample has no pair: undefined.",
    score,
    ..Method::BASE
};

/// −mean over i < j of ROUGE-L, −1 (all the same) … 0.
fn score(evidence: &Evidence) -> f64 {
    let Some(texts) = evidence.sample_texts() else { return f64::NAN };
    let pairs = similarity(Measure::RougeL, &texts);
    let sum: f64 = pairs.iter().enumerate().map(|(i, row)| row[..i].iter().sum::<f64>()).sum();
    -sum / (texts.len() * (texts.len() - 1) / 2) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::tests::spoken;

    #[test]
    fn pairs() {
        // ROUGE-L: red fox – red hen ½, red fox – fox ⅔, red hen – fox 0.
        assert!((METHOD.value(&spoken("", &["red fox", "red hen", "fox"])) + (0.5 + 2.0 / 3.0) / 3.0).abs() < 1e-15);
        assert_eq!(METHOD.value(&spoken("", &["Paris"; 10])), -1.0);
        assert_eq!(METHOD.value(&spoken("", &["", "", ""])), -1.0);
        assert_eq!(METHOD.value(&spoken("", &["שלום לך", "مرحبا بك"])), 0.0);
        assert!(METHOD.value(&spoken("", &["Paris"])).is_nan() && METHOD.value(&spoken("", &[])).is_nan());
        let mut one_unknown = spoken("", &["a", "b"]);
        one_unknown.samples[0].text = None;
        assert!(METHOD.value(&one_unknown).is_nan());
    }

    #[test]
    fn many_and_long_answers_are_quick() {
        let text = |seed: usize, words: usize| -> String {
            (0..words).map(|i| format!("w{} ", (i * i + seed * i + seed) % 701)).collect()
        };
        let long: Vec<String> = (0..16).map(|seed| text(seed, 2000)).collect();
        let many: Vec<String> = (0..256).map(|seed| text(seed, 40)).collect();
        for texts in [long, many] {
            let value = METHOD.value(&spoken("", &texts.iter().map(String::as_str).collect::<Vec<_>>()));
            assert!((-1.0..0.0).contains(&value));
        }
    }
}
