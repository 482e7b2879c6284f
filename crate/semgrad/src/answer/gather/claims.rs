//! Stages about parts of a long answer: its claims with their own gradients, what their words could have been, and
//! questions that they answer; and the sentences of the samples.

use super::gatherer::Gatherer;
use super::scoring::is_fatal;
use crate::error::Result;
use crate::evidence::loss::Loss;
use crate::evidence::pass::Pass;
use crate::prompts::claims as prompts;
use crate::spans::claims as spans;
use crate::spans::sentences::sentences;
use crate::spans::tokens::{Aligned, Exchange};
use semgrad_scores::evidence::observed::{Alternative, Claim, ClaimQuestion, DistributionShape, Entailment, Variant};

/// Alternatives of a token that CCP looks at.
const ALTERNATIVES: usize = 10;
/// Questions per claim, times each is asked, tokens of such an answer, and their temperature. The paper asks for three
/// questions twice.
const QUESTIONS: usize = 6;
const ASKED: usize = 3;
const ANSWER: usize = 24;
const LIST: usize = 200;

/// How far every other sample supports each sentence of a sample, `[K][sentences][K]`.
pub async fn sample_sentences(g: &mut Gatherer<'_>) -> Result<()> {
    g.asker()?;
    let texts = g.evidence.sample_texts().unwrap_or_default();
    let engine = g.judge()?;
    let mut out = Vec::new();
    for text in &texts {
        let mut by_sentence = Vec::new();
        for sentence in sentences(text) {
            let hypothesis = text[sentence].to_owned();
            let pairs: Vec<_> = texts.iter().map(|premise| (premise.to_string(), hypothesis.clone())).collect();
            by_sentence.push(engine.of_pairs(None, &pairs, g.pacer).await?);
        }
        out.push(by_sentence);
    }
    g.evidence.sentences = Some(out);
    Ok(())
}

/// Finds the claims, and gives them gradients of their own where the record shows those. An answer that cannot be split
/// fails the methods that need its claims, and they say so.
pub async fn claims(g: &mut Gatherer<'_>) -> Result<()> {
    match split(g) {
        Err(error) if is_fatal(&error) => return Err(error),
        Err(_) => return Ok(()),
        Ok(()) => {}
    }
    match g.pass {
        Some(pass) if g.plan.request.spans.unwrap_or(false) => claim_gradients(g, pass).await,
        _ => Ok(()),
    }
}

/// What each content word of a claim could have been, and how that relates to what was said.
pub async fn variants(g: &mut Gatherer<'_>) -> Result<()> {
    split(g)?;
    let found = exchanged(g).await?;
    g.evidence.claims.iter_mut().zip(found).for_each(|(claim, alternatives)| claim.alternatives = alternatives);
    Ok(())
}

/// Questions that each claim could answer, asked afresh.
pub async fn questions(g: &mut Gatherer<'_>) -> Result<()> {
    split(g)?;
    let found = asked(g).await?;
    g.evidence.claims.iter_mut().zip(found).for_each(|(claim, questions)| claim.questions = questions);
    Ok(())
}

/// The texts of the answer's tokens.
fn pieces(g: &Gatherer<'_>) -> Result<Vec<String>> {
    g.model.text.as_ref().map_or(Ok(Vec::new()), |text| text.pieces(g.response))
}

/// Finds the claims and their tokens, once; those without tokens of their own are left out.
fn split(g: &mut Gatherer<'_>) -> Result<()> {
    let Some(answer) = g.evidence.answer.clone().filter(|_| g.evidence.claims.is_empty()) else { return Ok(()) };
    let parts = spans::claims(&answer);
    let tokens = Aligned::new(&answer, &pieces(g)?)?.tokens(&parts);
    let claim = |(part, tokens): (std::ops::Range<usize>, (usize, usize))| Claim {
        text: answer[part].to_owned(),
        tokens,
        ..Claim::default()
    };
    let all = parts.into_iter().zip(tokens).map(claim);
    g.evidence.claims = all.filter(|claim| claim.tokens.0 < claim.tokens.1).collect();
    Ok(())
}

/// SemGrad and ParaGrad with the loss of each claim's tokens alone.
async fn claim_gradients(g: &mut Gatherer<'_>, pass: &Pass<'_>) -> Result<()> {
    let upper = g.model.decoder.upper_half();
    let semantic = g.plan.semantic_in_suffix();
    for claim in &mut g.evidence.claims {
        let loss = Loss::entropy_weighted(claim.tokens.0..claim.tokens.1);
        claim.paragrad = Some(pass.head_gradient(&loss).await?);
        let hidden = pass.hidden_gradients(&loss, upper, g.pacer, &mut ()).await?;
        let at: Vec<f64> = hidden.iter().flatten().map(|layer| layer[semantic]).collect();
        claim.semgrad = Some(at.iter().sum::<f64>() / at.len() as f64);
    }
    Ok(())
}

/// By claim and token, what it could have been.
async fn exchanged(g: &Gatherer<'_>) -> Result<Vec<Vec<Vec<Variant>>>> {
    g.asker()?;
    let answer = g.evidence.answer.clone().unwrap_or_default();
    let engine = g.judge()?;
    let pieces = pieces(g)?;
    let aligned = Aligned::new(&answer, &pieces)?;
    // The token itself counts without being judged: it has no text here, and what has none is left out.
    let other = |(shape, &own): (&DistributionShape, &u32)| {
        let text = |a: &Alternative| a.text.clone().filter(|_| a.id != own).unwrap_or_default();
        shape.top.iter().take(ALTERNATIVES).map(text).collect()
    };
    let texts: Vec<Vec<String>> = g.evidence.shapes.iter().zip(g.response).map(other).collect();
    let parts = spans::claims(&answer);
    let mut found = Vec::new();
    for claim in &g.evidence.claims {
        let part = parts.iter().find(|part| answer[(*part).clone()] == claim.text).cloned().unwrap_or(0..0);
        let exchanges = aligned.exchanges(&part, claim.tokens, &texts);
        let mut alternatives = Vec::new();
        for (t, exchanges) in (claim.tokens.0..).zip(exchanges) {
            let pairs: Vec<(String, String)> = exchanges
                .iter()
                .flat_map(|e| [(e.said.clone(), e.variant.clone()), (e.variant.clone(), e.said.clone())])
                .collect();
            let judged = engine.of_pairs(None, &pairs, g.pacer).await?;
            let same = Entailment { entail: 1.0, ..Entailment::default() };
            let variant = |(i, exchange): (usize, &Exchange)| {
                let equal = exchange.said == exchange.variant;
                let logprob = g.evidence.shapes.get(t).and_then(|shape| shape.top.get(exchange.alternative));
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
    Ok(found)
}

/// By claim, questions with their answers; the claim's own answer comes first.
async fn asked(g: &Gatherer<'_>) -> Result<Vec<Vec<ClaimQuestion>>> {
    let (asker, question) = (g.asker()?, g.question()?);
    let engine = g.judge()?;
    let seed = g.plan.request.seed.unwrap_or(0);
    let mut found = Vec::new();
    for claim in &g.evidence.claims {
        let reply = asker.reply(&prompts::request(question, &claim.text, QUESTIONS), LIST).await?;
        let mut asked = Vec::new();
        for question in prompts::parse(&reply, QUESTIONS) {
            let prompt = asker.prompt(&prompts::ask(&question), ANSWER)?;
            let mut answers = vec![claim.text.clone()];
            answers.extend(asker.replies(&prompt, ASKED, ANSWER, 1.0, seed).await?);
            let texts: Vec<&str> = answers.iter().map(String::as_str).collect();
            let entailment = engine.of_answers(Some(&question), &texts, g.pacer).await?;
            asked.push(ClaimQuestion { question, answers, entailment });
        }
        found.push(asked);
    }
    Ok(found)
}
