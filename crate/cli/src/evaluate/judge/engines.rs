//! Judging by small encoders.

use crate::evaluate::dataset::Question;
use semgrad::control::Pacer;
use semgrad::engines::{Embedder, Nli};
use semgrad::error::{Code, Error, Result};

/// Encoders that judges may ask.
#[derive(Clone, Copy, Default)]
pub struct Engines<'a> {
    /// Sentence embeddings.
    pub embedder: Option<&'a Embedder>,
    /// Natural language inference.
    pub nli: Option<&'a Nli>,
}

impl Engines<'_> {
    /// Cosine of the answer with the nearest reference; −1 without any.
    pub(super) async fn cosine(&self, references: &[String], answer: &str, pacer: &Pacer<'_>) -> Result<f64> {
        let embedder = self.embedder.ok_or_else(|| required("embed", "a sentence encoder"))?;
        let texts: Vec<&str> = std::iter::once(answer).chain(references.iter().map(String::as_str)).collect();
        let cosines = embedder.embed(&texts, pacer, &mut |_, _| ()).await?.cosines();
        let nearest = cosines.first().into_iter().flat_map(|row| row.iter().skip(1).copied());
        Ok(nearest.fold(-1.0, f64::max))
    }

    /// Cosine with the nearest true reference less that with the nearest false one.
    pub(super) async fn margin(&self, question: &Question, answer: &str, pacer: &Pacer<'_>) -> Result<f64> {
        let [near, far] = [&question.references, &question.incorrect];
        Ok(self.cosine(near, answer, pacer).await? - self.cosine(far, answer, pacer).await?)
    }

    /// Probability that question and answer entail question and the best reference; 0 without any.
    pub(super) async fn entailment(&self, question: &Question, answer: &str, pacer: &Pacer<'_>) -> Result<f64> {
        let nli = self.nli.ok_or_else(|| required("nli", "a cross-encoder"))?;
        // Both with the question, as semantic entropy compares answers: few words alone say little.
        let with = |text: &str| format!("{} {text}", question.question);
        let (premise, hypotheses) = (with(answer), question.references.iter().map(|text| with(text)));
        let hypotheses: Vec<String> = hypotheses.collect();
        let pairs: Vec<_> = hypotheses.iter().map(|hypothesis| (premise.as_str(), hypothesis.as_str())).collect();
        let judged = nli.judge(&pairs, pacer, &mut |_, _| ()).await?;
        Ok(judged.entailment.iter().map(|judged| judged.entail).fold(0.0, f64::max))
    }
}

fn required(engine: &str, what: &str) -> Error {
    let message = format!("this judge asks {what}, and none was named.");
    Error::new(Code::EngineRequired, message, format!("Give its folder with --{engine}, or choose another judge."))
}
