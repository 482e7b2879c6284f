//! Stages that ask the question in other words: how the answer's distributions move, and what is replied.

use super::gatherer::Gatherer;
use crate::answer::prompt::bad;
use crate::error::{Code, Error, Result};
use crate::generate::statistics::Distribution;
use crate::methods::esi;
use crate::ops::{cut_rows, read};
use crate::perturb::{choose, genetic, skip};
use crate::prompts::paraphrase;
use semgrad_scores::evidence::observed::{Matrix, Perturbed};

/// Disturbed questions of ESI.
const SKIPS: usize = 10;
/// Other wordings, and replies to each, of the Inv-Entropy family (arXiv 2506.09684), and their temperature.
const WORDINGS: usize = 9;
const REPLIES: usize = 5;
const TEMPERATURE: f64 = 0.7;
/// Lists of paraphrases that the model is asked for, and tokens of each. One greedy list would do for a large model; a
/// small one repeats the question in it.
const LISTS: usize = 6;
const LIST: usize = 160;
/// Rows of logits on the host at once.
const ROWS: usize = 8;

/// How the answer's distributions move when the question is disturbed.
pub async fn distances(g: &mut Gatherer<'_>) -> Result<()> {
    let rows = moved(g).await?;
    perturbed(g).hellinger = rows;
    Ok(())
}

/// Replies to other wordings of the question.
pub async fn replies(g: &mut Gatherer<'_>) -> Result<()> {
    let new = replied(g).await?;
    let hellinger = std::mem::take(&mut perturbed(g).hellinger);
    *perturbed(g) = Perturbed { hellinger, ..new };
    Ok(())
}

fn perturbed<'g>(g: &'g mut Gatherer<'_>) -> &'g mut Perturbed {
    g.evidence.perturbed.get_or_insert_default()
}

/// Distances of the answer's distributions, `[perturbation][T]`.
async fn moved(g: &Gatherer<'_>) -> Result<Matrix> {
    let (asker, question) = (g.asker()?, g.question()?);
    let prefix = g.plan.prefix;
    let disturbed = skip::skips(question, SKIPS, g.plan.request.seed.unwrap_or(0));
    if disturbed.is_empty() {
        return Err(bad("the question has no word to disturb.", "Leave this method out."));
    }
    let undisturbed = asker.logits(&g.plan.prompt.ids, g.response).await?;
    let mut rows = Vec::new();
    for question in &disturbed {
        let prompt = asker.prompt(&format!("{prefix}{question}"), g.response.len())?;
        let disturbed = asker.logits(&prompt, g.response).await?;
        let mut row = Vec::with_capacity(g.response.len());
        for first in (0..g.response.len()).step_by(ROWS) {
            let count = (g.response.len() - first).min(ROWS);
            let before = read(cut_rows(undisturbed.clone(), first, count)).await?;
            let after = read(cut_rows(disturbed.clone(), first, count)).await?;
            let vocab = before.len() / count;
            let pairs = before.chunks_exact(vocab).zip(after.chunks_exact(vocab));
            row.extend(pairs.map(|(p, q)| esi::hellinger(&Distribution::new(p).p, &Distribution::new(q).p)));
        }
        rows.push(row);
    }
    Ok(rows)
}

/// Replies to the question and to other wordings of it, all compared.
async fn replied(g: &Gatherer<'_>) -> Result<Perturbed> {
    let (asker, question) = (g.asker()?, g.question()?);
    let engine = g.similarity()?;
    let seed = g.plan.request.seed.unwrap_or(0);
    let wordings = choose::choose(question, &wordings(g, question, seed).await?, WORDINGS, seed);
    if wordings.is_empty() {
        return Err(bad(
            "no other wording of the question was found.",
            "Give \"paraphrases\" or a list of synonyms, or use a model that can write other wordings.",
        ));
    }
    let prefix = g.plan.prefix;
    let questions: Vec<String> = std::iter::once(question.to_owned()).chain(wordings).collect();
    let mut replies = Vec::new();
    for (i, question) in questions.iter().enumerate() {
        let prompt = asker.prompt(&format!("{prefix}{question}"), g.plan.max_tokens)?;
        let seed = seed.wrapping_add(i as u64);
        replies.push(asker.replies(&prompt, REPLIES, g.plan.max_tokens, TEMPERATURE, seed).await?);
    }
    let of = |texts: Vec<String>| async move {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        engine.of_texts(&texts, g.pacer).await
    };
    Ok(Perturbed {
        question_similarity: of(questions.clone()).await?,
        reply_similarity: of(replies.concat()).await?,
        questions,
        replies,
        hellinger: Vec::new(),
    })
}

/// Other wordings: the caller's, else by search or by the model.
async fn wordings(g: &Gatherer<'_>, question: &str, seed: u64) -> Result<Vec<String>> {
    if let Some(given) = &g.plan.request.paraphrases {
        return Ok(given.clone());
    }
    let synonyms = match g.plan.request.wordings.as_deref() {
        Some("model") => None,
        Some("search") => Some(g.aids.synonyms.as_ref().ok_or_else(missing_synonyms)?),
        None => g.aids.synonyms.as_ref(),
        Some(other) => return Err(bad(format!("unknown wordings {other:?}."), "Use \"model\" or \"search\".")),
    };
    if let Some(synonyms) = synonyms {
        let engine = g.similarity()?;
        let options = genetic::Options { count: WORDINGS, seed, ..genetic::Options::default() };
        let similarity = async |question: &str, texts: &[String]| {
            let all: Vec<&str> = std::iter::once(question).chain(texts.iter().map(String::as_str)).collect();
            let rows = engine.of_texts(&all, g.pacer).await?;
            Ok(rows[0][1..].to_vec())
        };
        return genetic::search(question, synonyms, &options, similarity).await;
    }
    let asker = g.asker()?;
    let prompt = asker.prompt(&paraphrase::request(question, WORDINGS), LIST)?;
    let replies = asker.replies(&prompt, LISTS, LIST, 1.0, seed).await?;
    Ok(replies.iter().flat_map(|reply| paraphrase::parse(reply, question)).collect())
}

fn missing_synonyms() -> Error {
    Error::new(
        Code::EngineRequired,
        "other wordings are to be searched, and no list of synonyms was given.",
        "Give one, or let the model find other wordings.",
    )
}
