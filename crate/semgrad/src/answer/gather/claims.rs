//! Parts of a long answer: its claims with their own gradients, what their words could have been, and questions that
//! they answer; and the sentences of the samples.

use super::Gatherer;
use crate::answer::Observer;
use crate::error::Result;
use crate::evidence::loss::Loss;
use crate::evidence::observed::{Alternative, Claim, ClaimQuestion, DistributionShape, Entailment, Variant};
use crate::evidence::pass::Pass;
use crate::methods::Need;
use crate::prompts::claims as prompts;
use crate::spans::claims::claims;
use crate::spans::sentences::sentences;
use crate::spans::tokens::Aligned;
use web_time::Instant;

/// Alternatives of a token that CCP looks at.
const ALTERNATIVES: usize = 10;
/// Questions per claim, times each is asked, tokens of such an answer, and their temperature. The paper asks for three
/// questions twice.
const QUESTIONS: usize = 6;
const ASKED: usize = 3;
const ANSWER: usize = 24;
const LIST: usize = 200;

impl Gatherer<'_> {
    /// Everything about parts of answers.
    pub(super) async fn part(
        &mut self,
        pass: Option<&Pass<'_>>,
        semantic: usize,
        observer: &mut dyn Observer,
    ) -> Result<()> {
        if self.needs(Need::SampleSentences) {
            let began = Instant::now();
            let value = self.sentences().await.map(|v| self.evidence.sentences = Some(v));
            self.note(&[Need::SampleSentences], began, value)?;
            self.settle(observer);
        }
        let (variants, questions) = (self.needs(Need::ClaimVariants), self.needs(Need::ClaimQuestions));
        if !(variants || questions || self.request.spans.unwrap_or(false)) {
            return Ok(());
        }
        let began = Instant::now();
        if let Err(error) = self.split() {
            return self.note(&[Need::ClaimVariants, Need::ClaimQuestions], began, Err(error));
        }
        if let (Some(pass), true) = (pass, self.request.spans.unwrap_or(false)) {
            self.claim_gradients(pass, semantic).await?;
        }
        if variants {
            let began = Instant::now();
            let value = self.variants().await;
            self.note(&[Need::ClaimVariants], began, value)?;
            self.settle(observer);
        }
        if questions {
            let began = Instant::now();
            let value = self.claim_questions().await;
            self.note(&[Need::ClaimQuestions], began, value)?;
            self.settle(observer);
        }
        Ok(())
    }

    /// The texts of the answer's tokens, as they become readable.
    fn pieces(&self) -> Result<Vec<String>> {
        let Some(text) = &self.model.text else { return Ok(Vec::new()) };
        let mut stream = text.stream();
        let mut pieces = self.response.iter().map(|&id| stream.push(id)).collect::<Result<Vec<_>>>()?;
        let rest = stream.finish()?;
        if let Some(last) = pieces.last_mut() {
            last.push_str(&rest);
        }
        Ok(pieces)
    }

    /// Finds the claims and their tokens; those without tokens of their own are left out.
    fn split(&mut self) -> Result<()> {
        let Some(answer) = self.evidence.answer.clone() else { return Ok(()) };
        let parts = claims(&answer);
        let tokens = Aligned::new(&answer, &self.pieces()?)?.tokens(&parts);
        let claim = |(part, tokens): (std::ops::Range<usize>, (usize, usize))| Claim {
            text: answer[part].to_owned(),
            tokens,
            ..Claim::default()
        };
        let all = parts.into_iter().zip(tokens).map(claim);
        self.evidence.claims = all.filter(|claim| claim.tokens.0 < claim.tokens.1).collect();
        Ok(())
    }

    /// SemGrad and ParaGrad with the loss of each claim's tokens alone.
    async fn claim_gradients(&mut self, pass: &Pass<'_>, semantic: usize) -> Result<()> {
        let upper = self.model.decoder.upper_half();
        for claim in &mut self.evidence.claims {
            let loss = Loss::entropy_weighted(claim.tokens.0..claim.tokens.1);
            claim.paragrad = Some(pass.head_gradient(&loss).await?);
            let hidden = pass.hidden_gradients(&loss, upper, self.pacer, &mut ()).await?;
            let at: Vec<f64> = hidden.iter().flatten().map(|layer| layer[semantic]).collect();
            claim.semgrad = Some(at.iter().sum::<f64>() / at.len() as f64);
        }
        Ok(())
    }

    /// What each content word could have been, and how that relates to what was said.
    async fn variants(&mut self) -> Result<()> {
        self.asker()?;
        let answer = self.evidence.answer.clone().unwrap_or_default();
        let engine = self.aids.judge(&self.engines(), self.asker)?;
        let pieces = self.pieces()?;
        let aligned = Aligned::new(&answer, &pieces)?;
        // The token itself counts without being judged: it has no text here, and what has none is left out.
        let other = |(shape, &own): (&DistributionShape, &u32)| {
            let text = |a: &Alternative| a.text.clone().filter(|_| a.id != own).unwrap_or_default();
            shape.top.iter().take(ALTERNATIVES).map(text).collect()
        };
        let texts: Vec<Vec<String>> = self.evidence.shapes.iter().zip(self.response).map(other).collect();
        let parts = claims(&answer);
        let mut found = Vec::new();
        for claim in &self.evidence.claims {
            let part = parts.iter().find(|part| answer[(*part).clone()] == claim.text).cloned().unwrap_or(0..0);
            let exchanges = aligned.exchanges(&part, claim.tokens, &texts);
            let mut alternatives = Vec::new();
            for (t, exchanges) in (claim.tokens.0..).zip(exchanges) {
                let pairs: Vec<(String, String)> = exchanges
                    .iter()
                    .flat_map(|e| [(e.said.clone(), e.variant.clone()), (e.variant.clone(), e.said.clone())])
                    .collect();
                let judged = engine.of_pairs(None, &pairs, self.pacer).await?;
                let same = Entailment { entail: 1.0, ..Entailment::default() };
                let variant = |(i, exchange): (usize, &crate::spans::tokens::Exchange)| {
                    let equal = exchange.said == exchange.variant;
                    let logprob = self.evidence.shapes.get(t).and_then(|shape| shape.top.get(exchange.alternative));
                    Variant {
                        probability: logprob.map_or(f64::NAN, |a| a.logprob.exp()),
                        forward: if equal { same } else { judged[2 * i] },
                        backward: if equal { same } else { judged[2 * i + 1] },
                    }
                };
                alternatives.push(exchanges.iter().enumerate().map(variant).collect());
            }
            found.push(alternatives);
        }
        for (claim, alternatives) in self.evidence.claims.iter_mut().zip(found) {
            claim.alternatives = alternatives;
        }
        Ok(())
    }

    /// Questions that each claim could answer, asked afresh; the claim's own answer comes first.
    async fn claim_questions(&mut self) -> Result<()> {
        let (asker, question) = (self.asker()?, self.question()?);
        let engine = self.aids.judge(&self.engines(), self.asker)?;
        let seed = self.request.seed.unwrap_or(0);
        let mut found = Vec::new();
        for claim in &self.evidence.claims {
            let reply = asker.reply(&prompts::request(question, &claim.text, QUESTIONS), LIST).await?;
            let mut asked = Vec::new();
            for question in prompts::parse(&reply, QUESTIONS) {
                let prompt = asker.prompt(&prompts::ask(&question), ANSWER)?;
                let mut answers = vec![claim.text.clone()];
                answers.extend(asker.replies(&prompt, ASKED, ANSWER, 1.0, seed).await?);
                let texts: Vec<&str> = answers.iter().map(String::as_str).collect();
                let entailment = engine.of_answers(Some(&question), &texts, self.pacer).await?;
                asked.push(ClaimQuestion { question, answers, entailment });
            }
            found.push(asked);
        }
        for (claim, questions) in self.evidence.claims.iter_mut().zip(found) {
            claim.questions = questions;
        }
        Ok(())
    }

    /// How far every other sample supports each sentence of a sample, `[K][sentences][K]`.
    async fn sentences(&self) -> Result<Vec<Vec<Vec<Entailment>>>> {
        self.asker()?;
        let texts = self.evidence.sample_texts().unwrap_or_default();
        let engine = self.aids.judge(&self.engines(), self.asker)?;
        let mut out = Vec::new();
        for text in &texts {
            let mut by_sentence = Vec::new();
            for sentence in sentences(text) {
                let hypothesis = text[sentence].to_owned();
                let pairs: Vec<_> = texts.iter().map(|premise| (premise.to_string(), hypothesis.clone())).collect();
                by_sentence.push(engine.of_pairs(None, &pairs, self.pacer).await?);
            }
            out.push(by_sentence);
        }
        Ok(out)
    }
}
