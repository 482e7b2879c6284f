//! Stages that compare answer and samples, and that ask the model about them.

use super::gatherer::Gatherer;
use crate::error::Result;
use crate::methods::mutual_information;
use crate::prompts::{demonstrations as classification, iterate, truth};
use semgrad_scores::evidence::observed::Matrix;

/// How alike all answers are.
pub async fn similarity(g: &mut Gatherer<'_>) -> Result<()> {
    let answers = all_answers(g)?;
    g.evidence.similarity = Some(g.similarity()?.of_answers(g.plan.question, &answers, g.pacer).await?);
    Ok(())
}

/// What each answer says about each other one.
pub async fn entailment(g: &mut Gatherer<'_>) -> Result<()> {
    let answers = all_answers(g)?;
    g.evidence.entailment = Some(g.judge()?.of_answers(g.plan.question, &answers, g.pacer).await?);
    Ok(())
}

/// By token of the answer, what it loses without it.
pub async fn relevance(g: &mut Gatherer<'_>) -> Result<()> {
    g.evidence.relevance = Some(losses(g, g.response, g.evidence.answer.as_deref()).await?);
    Ok(())
}

/// The same of each sample.
pub async fn sample_relevance(g: &mut Gatherer<'_>) -> Result<()> {
    for (i, sample) in g.drawn.samples.iter().enumerate() {
        let relevance = losses(g, &sample.ids, g.evidence.samples[i].text.as_deref()).await?;
        g.evidence.samples[i].relevance = Some(relevance);
    }
    Ok(())
}

/// Whether the model calls its answer true.
pub async fn p_true(g: &mut Gatherer<'_>) -> Result<()> {
    let (asker, question) = (g.asker()?, g.question()?);
    let Some(answer) = g.evidence.answer.as_deref() else { return Ok(()) };
    let other: Vec<String> = g.evidence.samples.iter().filter_map(|sample| sample.text.clone()).collect();
    let examples = g.plan.request.examples.as_deref().unwrap_or_default();
    let prompt = asker.prompt(&truth::few_shot(examples, question, &other, answer), 1)?;
    g.evidence.p_true = asker.masses(&prompt, &[truth::TRUE]).await?.first().copied();
    Ok(())
}

/// The samples' probabilities once more, after each different one was stated.
pub async fn iterated(g: &mut Gatherer<'_>) -> Result<()> {
    let (asker, question) = (g.asker()?, g.question()?);
    let texts = g.evidence.sample_texts().filter(|texts| !texts.is_empty());
    let Some(texts) = texts else { return Ok(()) };
    let drawn = &g.drawn.samples;
    let different = mutual_information::representatives(&texts);
    let longest = drawn.iter().map(|sample| sample.ids.len()).max().unwrap_or_default();
    let mut matrix: Matrix = vec![vec![f64::NAN; texts.len()]; texts.len()];
    for &stated in &different {
        let prompt = asker.prompt(&iterate::again(question, &[texts[stated]]), longest)?;
        let responses: Vec<&[u32]> = different.iter().map(|&i| drawn[i].ids.as_slice()).collect();
        for (&i, logprob) in different.iter().zip(asker.logprobs(&prompt, &responses).await?) {
            matrix[stated][i] = logprob;
        }
    }
    g.evidence.iterated = Some(matrix);
    Ok(())
}

/// Mass of each label under each set of demonstrations, if there are any.
pub async fn demonstrations(g: &mut Gatherer<'_>) -> Result<()> {
    let Some(given) = &g.plan.request.demonstrations else { return Ok(()) };
    let asker = g.asker()?;
    let text = match &given.text {
        Some(text) => text,
        None => g.question()?,
    };
    let words: Vec<_> = (0..given.labels.len()).map(classification::tokens).collect();
    let groups: Vec<&[String]> = words.iter().map(|words| words.as_slice()).collect();
    let mut matrix: Matrix = vec![Vec::new(); given.labels.len()];
    for set in &given.sets {
        let prompt = asker.prompt(&classification::request(&given.labels, set, text), 1)?;
        let masses = asker.masses(&prompt, &groups).await?;
        matrix.iter_mut().zip(masses).for_each(|(row, mass)| row.push(mass));
    }
    g.evidence.demonstrations = Some(matrix);
    Ok(())
}

/// Greedy answer and samples.
fn all_answers<'g>(g: &'g Gatherer<'_>) -> Result<Vec<&'g str>> {
    // Only a tokenizer gives texts.
    g.asker()?;
    let samples = g.evidence.sample_texts().unwrap_or_default();
    Ok(g.evidence.answer.as_deref().into_iter().chain(samples).collect())
}

/// By token of `ids`, what `answer` loses without it.
async fn losses(g: &Gatherer<'_>, ids: &[u32], answer: Option<&str>) -> Result<Vec<f64>> {
    let (text, answer) = (g.asker()?.text, answer.unwrap_or_default());
    let engine = g.similarity()?;
    let without =
        (0..ids.len()).map(|t| text.decode(&[&ids[..t], &ids[t + 1..]].concat(), true)).collect::<Result<Vec<_>>>()?;
    engine.losses(g.plan.question, answer, &without, g.pacer).await
}
