//! Answer and samples beside each other, and the model asked about them.

use super::Gatherer;
use crate::answer::Observer;
use crate::error::Result;
use crate::evidence::observed::{Entailment, Matrix};
use crate::methods::{Need, mutual_information};
use crate::prompts::{demonstrations, iterate, truth};
use web_time::Instant;

impl Gatherer<'_> {
    /// Similarity, entailment and relevance.
    pub(super) async fn compare_answers(&mut self, observer: &mut dyn Observer) -> Result<()> {
        if self.needs(Need::Similarity) {
            let began = Instant::now();
            let value = self.similarity().await.map(|v| self.evidence.similarity = Some(v));
            self.note(&[Need::Similarity], began, value)?;
            self.settle(observer);
        }
        if self.needs(Need::Entailment) {
            let began = Instant::now();
            let value = self.entailment().await.map(|v| self.evidence.entailment = Some(v));
            self.note(&[Need::Entailment], began, value)?;
            self.settle(observer);
        }
        if self.needs(Need::Relevance) {
            let began = Instant::now();
            let value = self.relevance(self.response, self.evidence.answer.clone()).await;
            let value = value.map(|v| self.evidence.relevance = Some(v));
            self.note(&[Need::Relevance], began, value)?;
            self.settle(observer);
        }
        if self.needs(Need::SampleRelevance) {
            let began = Instant::now();
            let value = self.sample_relevance().await;
            self.note(&[Need::SampleRelevance], began, value)?;
            self.settle(observer);
        }
        Ok(())
    }

    /// P(True), iterated prompts and demonstrations.
    pub(super) async fn ask_about_answer(&mut self, observer: &mut dyn Observer) -> Result<()> {
        if self.needs(Need::PTrue) {
            let began = Instant::now();
            let value = self.p_true().await.map(|v| self.evidence.p_true = v);
            self.note(&[Need::PTrue], began, value)?;
            self.settle(observer);
        }
        if self.needs(Need::Iterated) {
            let began = Instant::now();
            let value = self.iterated().await.map(|v| self.evidence.iterated = v);
            self.note(&[Need::Iterated], began, value)?;
            self.settle(observer);
        }
        if self.needs(Need::Demonstrations) {
            let began = Instant::now();
            let value = self.demonstrations().await.map(|v| self.evidence.demonstrations = v);
            self.note(&[Need::Demonstrations], began, value)?;
            self.settle(observer);
        }
        Ok(())
    }

    /// Greedy answer and samples.
    fn all_answers(&self) -> Result<Vec<&str>> {
        // Only a tokenizer gives texts.
        self.asker()?;
        let samples = self.evidence.sample_texts().unwrap_or_default();
        Ok(self.evidence.answer.as_deref().into_iter().chain(samples).collect())
    }

    async fn similarity(&self) -> Result<Matrix> {
        let answers = self.all_answers()?;
        self.aids.similarity(&self.engines())?.of_answers(self.question, &answers, self.pacer).await
    }

    async fn entailment(&self) -> Result<Vec<Vec<Entailment>>> {
        let answers = self.all_answers()?;
        self.aids.judge(&self.engines(), self.asker)?.of_answers(self.question, &answers, self.pacer).await
    }

    /// By token, what the answer loses without it.
    async fn relevance(&self, ids: &[u32], answer: Option<String>) -> Result<Vec<f64>> {
        let (text, answer) = (self.asker()?.text, answer.unwrap_or_default());
        let engine = self.aids.similarity(&self.engines())?;
        let without = (0..ids.len())
            .map(|t| text.decode(&[&ids[..t], &ids[t + 1..]].concat(), true))
            .collect::<Result<Vec<_>>>()?;
        engine.losses(self.question, &answer, &without, self.pacer).await
    }

    async fn sample_relevance(&mut self) -> Result<()> {
        for i in 0..self.drawn.len() {
            let relevance = self.relevance(&self.drawn[i], self.evidence.samples[i].text.clone()).await?;
            self.evidence.samples[i].relevance = Some(relevance);
        }
        Ok(())
    }

    async fn p_true(&self) -> Result<Option<f64>> {
        let (asker, question) = (self.asker()?, self.question()?);
        let Some(answer) = self.evidence.answer.as_deref() else { return Ok(None) };
        let other: Vec<String> = self.evidence.samples.iter().filter_map(|sample| sample.text.clone()).collect();
        let examples = self.request.examples.as_deref().unwrap_or_default();
        let prompt = asker.prompt(&truth::few_shot(examples, question, &other, answer), 1)?;
        Ok(asker.masses(&prompt, &[truth::TRUE]).await?.first().copied())
    }

    /// The samples' probabilities once more, after each different one was stated.
    async fn iterated(&self) -> Result<Option<Matrix>> {
        let (asker, question) = (self.asker()?, self.question()?);
        let texts = self.evidence.sample_texts().filter(|texts| !texts.is_empty());
        let Some(texts) = texts else { return Ok(None) };
        let different = mutual_information::representatives(&texts);
        let longest = self.drawn.iter().map(Vec::len).max().unwrap_or_default();
        let mut matrix = vec![vec![f64::NAN; texts.len()]; texts.len()];
        for &stated in &different {
            let prompt = asker.prompt(&iterate::again(question, &[texts[stated]]), longest)?;
            let responses: Vec<&[u32]> = different.iter().map(|&i| self.drawn[i].as_slice()).collect();
            for (&i, logprob) in different.iter().zip(asker.logprobs(&prompt, &responses).await?) {
                matrix[stated][i] = logprob;
            }
        }
        Ok(Some(matrix))
    }

    /// Mass of each label under each set of demonstrations, if there are any.
    async fn demonstrations(&self) -> Result<Option<Matrix>> {
        let Some(given) = &self.request.demonstrations else { return Ok(None) };
        let asker = self.asker()?;
        let text = match &given.text {
            Some(text) => text,
            None => self.question()?,
        };
        let words: Vec<_> = (0..given.labels.len()).map(demonstrations::tokens).collect();
        let groups: Vec<&[String]> = words.iter().map(|words| words.as_slice()).collect();
        let mut matrix = vec![Vec::new(); given.labels.len()];
        for set in &given.sets {
            let prompt = asker.prompt(&demonstrations::request(&given.labels, set, text), 1)?;
            let masses = asker.masses(&prompt, &groups).await?;
            matrix.iter_mut().zip(masses).for_each(|(row, mass)| row.push(mass));
        }
        Ok(Some(matrix))
    }
}
