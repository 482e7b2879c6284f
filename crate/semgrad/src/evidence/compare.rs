//! Texts compared by the engine that the caller named: by their words, by an encoder, or by the language model itself.

use super::ask::Asker;
use crate::control::Pacer;
use crate::engines::{Embedder, Nli};
use crate::error::Result;
use crate::prompts::entailment;
use semgrad_scores::evidence::observed::{Entailment, Matrix};
use semgrad_scores::lexical::{self, Measure, distinct};

/// Who says how alike two texts are.
#[derive(Clone, Copy)]
pub enum Similarity<'a> {
    /// ROUGE-L of the words; the question is left out.
    Lexical,
    /// Cosine of embeddings.
    Encoder(&'a Embedder),
}

/// Who says whether one text follows from another.
#[derive(Clone, Copy)]
pub enum Judge<'a> {
    /// ROUGE-L of the words as probability of entailment; the question is left out.
    Lexical,
    /// A cross-encoder.
    Encoder(&'a Nli),
    /// The language model, asked for yes or no.
    Model(&'a Asker<'a>),
}

/// An answer with its question in front, as encoders read it.
pub fn in_context(question: Option<&str>, answer: &str) -> String {
    match question {
        Some(question) => format!("{question} {answer}"),
        None => answer.to_owned(),
    }
}

impl Similarity<'_> {
    /// Similarities 0..1 of all pairs of answers to `question`: (1 + cosine)/2.
    ///
    /// # Errors
    /// Those of the encoder.
    pub async fn of_answers(self, question: Option<&str>, answers: &[&str], pacer: &Pacer<'_>) -> Result<Matrix> {
        match self {
            Self::Lexical => Ok(lexical::similarity(Measure::RougeL, answers)),
            Self::Encoder(encoder) => {
                let texts: Vec<String> = answers.iter().map(|answer| in_context(question, answer)).collect();
                let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
                Ok(encoder.embed(&texts, pacer, &mut |_, _| ()).await?.similarities())
            }
        }
    }

    /// Similarities 0..1 of all pairs of texts as they stand: |cosine|, which tells paraphrases apart better than
    /// (1 + cosine)/2 (the Inv-Entropy code has it, its paper the other).
    ///
    /// # Errors
    /// Those of the encoder.
    pub async fn of_texts(self, texts: &[&str], pacer: &Pacer<'_>) -> Result<Matrix> {
        match self {
            Self::Lexical => Ok(lexical::similarity(Measure::RougeL, texts)),
            Self::Encoder(encoder) => {
                let cosines = encoder.embed(texts, pacer, &mut |_, _| ()).await?.cosines();
                Ok(cosines.into_iter().map(|row| row.into_iter().map(f64::abs).collect()).collect())
            }
        }
    }

    /// By text, what is lost of `answer` when it takes its place: 1 − similarity.
    ///
    /// # Errors
    /// Those of the encoder.
    pub async fn losses(
        self,
        question: Option<&str>,
        answer: &str,
        without: &[String],
        pacer: &Pacer<'_>,
    ) -> Result<Vec<f64>> {
        match self {
            Self::Lexical => {
                let loss = |text: &String| 1.0 - lexical::similarity(Measure::RougeL, &[answer, text])[0][1];
                Ok(without.iter().map(loss).collect())
            }
            Self::Encoder(encoder) => {
                let all = std::iter::once(answer).chain(without.iter().map(String::as_str));
                let texts: Vec<String> = all.map(|text| in_context(question, text)).collect();
                let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
                let embedded = encoder.embed(&texts, pacer, &mut |_, _| ()).await?;
                let Some((first, rest)) = embedded.vectors.split_first() else { return Ok(Vec::new()) };
                let cosine = |v: &[f32]| first.iter().zip(v).map(|(a, b)| f64::from(a * b)).sum::<f64>();
                Ok(rest.iter().map(|v| (0.5 - 0.5 * cosine(v)).clamp(0.0, 1.0)).collect())
            }
        }
    }
}

impl Judge<'_> {
    /// What each answer says about each other one: premise row, hypothesis column. Equal texts are judged once.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn of_answers(
        self,
        question: Option<&str>,
        answers: &[&str],
        pacer: &Pacer<'_>,
    ) -> Result<Vec<Vec<Entailment>>> {
        let (texts, which) = distinct(answers);
        let pairs: Vec<(String, String)> =
            texts.iter().flat_map(|a| texts.iter().map(|b| (a.to_string(), b.to_string()))).collect();
        let judged = self.of_pairs(question, &pairs, pacer).await?;
        let entry = |a: usize, b: usize| judged[which[a] * texts.len() + which[b]];
        Ok((0..answers.len()).map(|a| (0..answers.len()).map(|b| entry(a, b)).collect()).collect())
    }

    /// What the first text of each pair says about the second, both answers to `question` or, without one, as they stand.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn of_pairs(
        self,
        question: Option<&str>,
        pairs: &[(String, String)],
        pacer: &Pacer<'_>,
    ) -> Result<Vec<Entailment>> {
        match self {
            Self::Lexical => {
                let judged = |(a, b): &(String, String)| {
                    lexical::entailment(&lexical::similarity(Measure::RougeL, &[a, b]))[0][1]
                };
                Ok(pairs.iter().map(judged).collect())
            }
            Self::Encoder(encoder) => {
                let texts: Vec<_> =
                    pairs.iter().map(|(a, b)| (in_context(question, a), in_context(question, b))).collect();
                let texts: Vec<_> = texts.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
                Ok(encoder.judge(&texts, pacer, &mut |_, _| ()).await?.entailment)
            }
            Self::Model(asker) => {
                let mut judged = Vec::with_capacity(pairs.len());
                for (premise, hypothesis) in pairs {
                    if premise == hypothesis {
                        judged.push(Entailment { entail: 1.0, ..Entailment::default() });
                        continue;
                    }
                    let message = match question {
                        Some(question) => entailment::request(question, premise, hypothesis),
                        None => entailment::support(premise, hypothesis),
                    };
                    let prompt = asker.prompt(&message, 1)?;
                    let masses = asker.masses(&prompt, &[entailment::YES, entailment::NO]).await?;
                    judged.push(entailment::judgement(masses[0], masses[1]));
                }
                Ok(judged)
            }
        }
    }
}
