//! Whether evidence is there and fits: lengths are looked at here, before a method reads anything, so that none has to.

use crate::evidence::Evidence;
use crate::evidence::observed::{Claim, SampleEvidence};

/// Whether evidence is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It was not gathered.
    Missing,
    /// Its length contradicts that of the tokens or samples.
    Misshapen,
    /// It can be read without looking at lengths; its numbers may still be NaN.
    Present,
}

/// What `there` and `fits` come to.
pub(super) fn state(there: bool, fits: bool) -> State {
    match (there, fits) {
        (false, _) => State::Missing,
        (true, false) => State::Misshapen,
        (true, true) => State::Present,
    }
}

/// A single number.
pub(super) fn number(value: Option<f64>) -> State {
    state(value.is_some(), true)
}

/// Gradients at all hidden states of the upper half, of which there is one at least.
pub(super) fn upper_half(evidence: &Evidence) -> State {
    let upper = &evidence.layers[evidence.layers.len() - evidence.layers.len() / 2..];
    state(!upper.is_empty() && upper.iter().all(Option::is_some), true)
}

/// One entry for each token of the answer.
pub(super) fn by_token<T>(entries: &[T], evidence: &Evidence) -> State {
    state(!entries.is_empty(), entries.len() == evidence.tokens.len())
}

/// Heads with an entry for each token in all layers that were looked at.
pub(super) fn attention(evidence: &Evidence) -> State {
    let tokens = evidence.tokens.len();
    let layers = evidence.attention.as_ref().map(|a| a.layers.as_slice()).unwrap_or_default();
    let fits = layers.iter().all(|l| !l.to_self.is_empty() && l.to_self.iter().all(|h| h.len() == tokens));
    state(!layers.is_empty(), fits && tokens > 0)
}

/// Over all samples, of which there must be one.
pub(super) fn by_sample(evidence: &Evidence, there: fn(&SampleEvidence) -> bool) -> State {
    state(!evidence.samples.is_empty() && evidence.samples.iter().all(there), true)
}

/// One relevance for each token of each sample.
pub(super) fn sample_relevance(evidence: &Evidence) -> State {
    let fits = |s: &SampleEvidence| s.relevance.as_ref().is_some_and(|relevance| relevance.len() == s.logprob.len());
    match by_sample(evidence, |s| s.relevance.is_some()) {
        State::Present => state(true, evidence.samples.iter().all(fits)),
        missing => missing,
    }
}

/// A matrix over `extra` answers and at least one sample; over all samples where samples are given.
pub(super) fn square<T>(matrix: Option<&Vec<Vec<T>>>, extra: usize, evidence: &Evidence) -> State {
    let Some(rows) = matrix else { return State::Missing };
    let samples = evidence.samples.len();
    let fits = rows.iter().all(|row| row.len() == rows.len()) && (samples == 0 || rows.len() == samples + extra);
    state(rows.len() > extra, fits)
}

/// Distances by disturbed question, one for each token.
pub(super) fn distances(evidence: &Evidence) -> State {
    let tokens = evidence.tokens.len();
    let rows = evidence.perturbed.as_ref().map(|p| p.hellinger.as_slice()).unwrap_or_default();
    state(!rows.is_empty(), tokens > 0 && rows.iter().all(|row| row.len() == tokens))
}

/// Replies, one of which is not blank, and the similarities of questions and of replies.
pub(super) fn replies(evidence: &Evidence) -> State {
    evidence.perturbed.as_ref().map_or(State::Missing, |p| {
        let replies = p.replies.iter().map(Vec::len).sum();
        let fits = is_square(&p.question_similarity, p.replies.len()) && is_square(&p.reply_similarity, replies);
        state(p.replies.iter().flatten().any(|reply| !reply.trim().is_empty()), fits)
    })
}

/// As many sets of demonstrations under each label.
pub(super) fn demonstrations(evidence: &Evidence) -> State {
    let rows: &[Vec<f64>] = evidence.demonstrations.as_deref().unwrap_or_default();
    let sets = rows.first().map_or(0, Vec::len);
    state(sets > 0, rows.iter().all(|row| row.len() == sets))
}

/// Each sentence of each sample compared with all samples.
pub(super) fn sentences(evidence: &Evidence) -> State {
    let of: &[Vec<Vec<_>>] = evidence.sentences.as_deref().unwrap_or_default();
    state(!of.is_empty(), of.iter().flatten().all(|by| by.len() == of.len()))
}

/// Alternatives for each token of each claim.
pub(super) fn variants(evidence: &Evidence) -> State {
    by_claim(&evidence.claims, &|c| !c.alternatives.is_empty(), &|c| {
        let (first, end) = c.tokens;
        end <= evidence.tokens.len() && end.checked_sub(first) == Some(c.alternatives.len())
    })
}

/// Questions about each claim, with all answers to each compared.
pub(super) fn questions(evidence: &Evidence) -> State {
    by_claim(&evidence.claims, &|c| !c.questions.is_empty(), &|c| {
        c.questions.iter().all(|q| is_square(&q.entailment, q.answers.len()))
    })
}

/// Over all claims, of which there must be one.
fn by_claim(claims: &[Claim], there: &dyn Fn(&Claim) -> bool, fits: &dyn Fn(&Claim) -> bool) -> State {
    state(!claims.is_empty() && claims.iter().all(there), claims.iter().all(fits))
}

fn is_square<T>(matrix: &[Vec<T>], n: usize) -> bool {
    matrix.len() == n && matrix.iter().all(|row| row.len() == n)
}
