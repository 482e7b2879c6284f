//! Who says whether an answer is right. The choice changes numbers and even orders of methods, so every result names it.
//!
//! | name | right when | default threshold |
//! | --- | --- | --- |
//! | `containment` | the words of a reference stand in the answer | – |
//! | `rouge_l` | ROUGE-L with a reference is above | 0.3 (Kuhn et al. 2023) |
//! | `f1` | SQuAD's F1 with a reference is above | 0.5 (Farquhar et al. 2024) |
//! | `embedding` | the cosine with a reference is above | 0.6 (with MiniLM closest to `containment` on SciQ) |
//! | `nli` | question and answer entail question and reference with a probability above | 0.5 |
//! | `truth_rouge` | ROUGE-L with the nearest true reference less that with the nearest false one is above | 0 |
//! | `truth_embedding` | the same with cosines | 0 |
//! | `truth` | the smaller of these two is above | 0 |
//!
//! Another threshold is written behind the name: `rouge_l@0.5`. Words are compared as in SQuAD's evaluation (case,
//! punctuation and articles do not count), except numbers, which are compared by value as in DROP's: SQuAD's own script
//! takes 314 for 3.14 and 5 for −5. [`semgrad_scores::lexical::words`] has the whole rule. An empty answer is wrong for every
//! judge, and so is one that refuses, unless it contains a reference nevertheless.

mod engines;
mod lexical;

pub use engines::Engines;

use super::dataset::Question;
use semgrad::control::Pacer;
use semgrad::error::{Code, Error, Result};
use semgrad_scores::abstain::refusal::refuses;
use semgrad_scores::lexical::contained;
use serde::{Deserialize, Serialize};

/// How a judge compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Words of a reference in the answer.
    Containment,
    /// Longest common subsequence of words.
    RougeL,
    /// Words in common.
    F1,
    /// Sentence embeddings.
    Embedding,
    /// Natural language inference.
    Nli,
    /// Nearest true against nearest false reference, by ROUGE-L.
    TruthRouge,
    /// Nearest true against nearest false reference, by sentence embeddings.
    TruthEmbedding,
    /// Both: nearer to a true one in words and in meaning.
    Truth,
}

const KINDS: [(&str, Kind, f64); 8] = [
    ("containment", Kind::Containment, 0.5),
    ("rouge_l", Kind::RougeL, 0.3),
    ("f1", Kind::F1, 0.5),
    ("embedding", Kind::Embedding, 0.6),
    ("nli", Kind::Nli, 0.5),
    ("truth_rouge", Kind::TruthRouge, 0.0),
    ("truth_embedding", Kind::TruthEmbedding, 0.0),
    ("truth", Kind::Truth, 0.0),
];

/// Words of the middle reference above which containment asks too much.
const SHORT: usize = 6;

/// A judge.
#[derive(Clone, Debug, PartialEq)]
pub struct Judge {
    /// As it was asked for: `rouge_l` or `rouge_l@0.5`.
    pub name: String,
    /// How it compares.
    pub kind: Kind,
    /// What the value has to exceed.
    pub threshold: f64,
}

/// What a judge found.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// Whether the answer is right.
    pub right: bool,
    /// What was compared with the threshold.
    pub value: f64,
}

impl Judge {
    /// The judge of that name.
    ///
    /// # Errors
    /// `bad_input` for another name or a threshold that is no number.
    pub fn parse(name: &str) -> Result<Self> {
        let (stem, threshold) = name.split_once('@').map_or((name, None), |(stem, threshold)| (stem, Some(threshold)));
        let bad = |message: String| {
            let known: Vec<_> = KINDS.iter().map(|kind| kind.0).collect();
            Error::new(Code::BadInput, message, format!("Use some of {}, or name@threshold.", known.join(", ")))
        };
        let found = KINDS.into_iter().find(|kind| kind.0 == stem);
        let (_, kind, usual) = found.ok_or_else(|| bad(format!("there is no judge {name:?}.")))?;
        let threshold = match threshold {
            None => usual,
            Some(text) => text
                .parse::<f64>()
                .ok()
                .filter(|threshold| threshold.is_finite() && kind != Kind::Containment)
                .ok_or_else(|| bad(format!("the judge {name:?} has no such threshold.")))?,
        };
        Ok(Self { name: name.to_owned(), kind, threshold })
    }

    /// The judge of a set for which none was named: containment where references are short, ROUGE-L where they are not,
    /// true against false references where there are false ones.
    pub fn usual(questions: &[Question], embedder: bool) -> Result<Self> {
        let mut lengths: Vec<usize> =
            questions.iter().flat_map(|q| &q.references).map(|text| text.split_whitespace().count()).collect();
        lengths.sort_unstable();
        let short = lengths.get(lengths.len() / 2).is_none_or(|&words| words <= SHORT);
        Self::parse(match questions.iter().any(|question| !question.incorrect.is_empty()) {
            true if embedder => "truth",
            true => "truth_rouge",
            false if short => "containment",
            false => "rouge_l",
        })
    }

    /// Whether the question has what the judge reads.
    pub fn applies(&self, question: &Question) -> bool {
        !(matches!(self.kind, Kind::TruthRouge | Kind::TruthEmbedding | Kind::Truth) && question.incorrect.is_empty())
    }

    /// The engine that it asks: `embed` or `nli`.
    pub fn engine(&self) -> Option<&'static str> {
        match self.kind {
            Kind::Embedding | Kind::TruthEmbedding | Kind::Truth => Some("embed"),
            Kind::Nli => Some("nli"),
            _ => None,
        }
    }

    /// Judges one answer.
    ///
    /// # Errors
    /// `engine_required` when the judge asks an engine that is not there; those of the engine.
    pub async fn judge(
        &self,
        question: &Question,
        answer: &str,
        engines: &Engines<'_>,
        pacer: &Pacer<'_>,
    ) -> Result<Judgement> {
        let contained = contained(&question.references, answer);
        let value = match self.kind {
            Kind::Containment => f64::from(u8::from(contained)),
            Kind::RougeL => lexical::rouge_l(&question.references, answer),
            Kind::F1 => lexical::f1(&question.references, answer),
            Kind::TruthRouge => lexical::margin(question, answer),
            Kind::Embedding => engines.cosine(&question.references, answer, pacer).await?,
            Kind::TruthEmbedding => engines.margin(question, answer, pacer).await?,
            Kind::Truth => lexical::margin(question, answer).min(engines.margin(question, answer, pacer).await?),
            Kind::Nli => engines.entailment(question, answer, pacer).await?,
        };
        let said = !answer.trim().is_empty() && (contained || !refuses(answer));
        Ok(Judgement { right: said && value > self.threshold, value })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use semgrad::control::Uninterrupted;

    fn question(references: &[&str], incorrect: &[&str]) -> Question {
        let list = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Question { references: list(references), incorrect: list(incorrect), ..Question::default() }
    }

    fn judge(name: &str, question: &Question, answer: &str) -> Result<Judgement> {
        let pacer = Pacer::new(&Uninterrupted);
        let judge = Judge::parse(name).unwrap();
        pollster::block_on(judge.judge(question, answer, &Engines::default(), &pacer))
    }

    #[test]
    fn lexical_judges() {
        let amino = question(&["amino"], &[]);
        let right = |name: &str, question: &Question, answer: &str| judge(name, question, answer).unwrap().right;
        assert!(right("containment", &amino, "A sequence of Amino acids."));
        assert!(!right("containment", &amino, "A sequence of nucleotides."));
        let answer = "It was the cat that sat";
        assert!(right("rouge_l", &question(&["a dog", "the cat"], &[]), answer), "2·2/(2 + 6) is above 0.3");
        assert!(!right("rouge_l@0.6", &question(&["the cat"], &[]), answer));
        assert!(!right("f1", &question(&["cat"], &[]), answer), "2·1/(1 + 5) is not above 0.5");
        assert!(right("f1", &question(&["The cat!"], &[]), "a cat"));
        let truth = question(&["They came from California"], &["They came from China"]);
        assert!(right("truth_rouge", &truth, "Fortune cookies came from California."));
        assert!(!right("truth_rouge", &truth, "Fortune cookies came from China."));
        assert!(!right("truth_rouge", &truth, "Fortune cookies are sweet."), "equally far from both");
    }

    #[test]
    fn numbers_are_judged_by_value() {
        for (reference, answer, right) in [
            ("3.14", "It is 3.14.", true),
            ("3.14", "It is 314.", false),
            ("3.14", "3,14", false),
            ("-5", "It was −5 °C.", true),
            ("-5", "It was minus 5 degrees", true),
            ("-5", "5", false),
            ("5", "-5", false),
            ("5", "From 10 to -5.", false),
            ("10", "1.0", false),
            ("1", "1.0", true),
            ("1.5", "15 million", false),
            ("1.5 million", "about 1.5 million people", true),
            ("1,000", "1000", true),
            ("1000", "$1,000.00 in all", true),
            ("1/2", "12", false),
            ("50%", "50 %", true),
        ] {
            let question = question(&[reference], &[]);
            assert_eq!(judge("containment", &question, answer).unwrap().right, right, "{answer} by {reference}");
            // Words in common and in order: a number with another sign or point is not in common.
            if !right {
                assert_eq!(judge("f1", &question, answer).unwrap().value, 0.0, "{answer} by {reference}");
            }
        }
        assert!(!judge("rouge_l", &question(&["-5"], &[]), "5").unwrap().right);
        assert!(!judge("rouge_l", &question(&["3.14"], &[]), "3.5").unwrap().right);
    }

    #[test]
    fn equivalent_texts_are_judged_alike() {
        for (reference, answer) in [("Pelé", "It was PELE\u{301}."), ("Nin\u{303}o", "El Niño")] {
            assert!(judge("containment", &question(&[reference], &[]), answer).unwrap().right);
            assert_eq!(
                judge("f1", &question(&[answer], &[]), reference),
                judge("f1", &question(&[reference], &[]), answer)
            );
        }
        assert!(!judge("containment", &question(&["Pelé"], &[]), "Pele").unwrap().right);
    }

    #[test]
    fn empty_answers_and_refusals_are_wrong() {
        let truth = question(&["I do not think that it is so"], &["x"]);
        assert!(!judge("truth_rouge", &truth, "I do not know").unwrap().right);
        assert!(!judge("rouge_l", &question(&["?"], &[]), " \n").unwrap().right);
        let paris = question(&["Paris"], &[]);
        assert!(judge("containment", &paris, "I'm sorry, but it is Paris.").unwrap().right);
        assert!(!judge("containment", &paris, "I'm sorry, I cannot say.").unwrap().right);
    }

    #[test]
    fn names_and_defaults() {
        assert_eq!(Judge::parse("rouge_l@0.5").unwrap().threshold, 0.5);
        for name in ["rouge", "rouge_l@x", "rouge_l@", "containment@0.1", "f1@inf", ""] {
            assert_eq!(Judge::parse(name).unwrap_err().code, Code::BadInput, "{name}");
        }
        let usual = |questions: &[Question], embedder| Judge::usual(questions, embedder).unwrap().name;
        let truth = [question(&["a"], &["b"])];
        assert_eq!((usual(&truth, true), usual(&truth, false)), ("truth".into(), "truth_rouge".into()));
        assert_eq!(usual(&[question(&["amino"], &[])], true), "containment");
        assert_eq!(
            usual(&[question(&["a whole sentence that nobody would say just like this"], &[])], true),
            "rouge_l"
        );
        let truth = Judge::parse("truth_rouge").unwrap();
        assert!(!truth.applies(&question(&["a"], &[])) && truth.applies(&question(&["a"], &["b"])));
        let missing = judge("embedding", &question(&["a"], &[]), "a").unwrap_err();
        assert_eq!(missing.code, Code::EngineRequired);
    }
}
