//! Claims of an answer with what is known about each.

use crate::methods::{Method, ccp, claim_semantic_entropy, gnll, lsc, max_token_entropy, mean_token_entropy};
use semgrad_scores::evidence::Evidence;
use semgrad_scores::evidence::observed::Claim;
use semgrad_scores::record::Span;
use std::collections::BTreeMap;

/// The claims and their scores: gradients with the loss of their own tokens, token statistics of these, and those of the
/// chosen methods that look at claims.
pub fn scored(evidence: &Evidence, methods: &[&'static Method]) -> Vec<Span> {
    let chosen = |id: &str| methods.iter().any(|method| method.id == id);
    let by_claim = |id: &'static str, scores: fn(&Evidence) -> Vec<f64>| {
        let scores = if chosen(id) { scores(evidence) } else { Vec::new() };
        (id, scores)
    };
    let asked = [
        by_claim(ccp::METHOD.id, ccp::claims),
        by_claim(claim_semantic_entropy::METHOD.id, claim_semantic_entropy::claims),
    ];
    let span = |(i, claim): (usize, &Claim)| {
        let tokens = evidence.tokens.get(claim.tokens.0..claim.tokens.1).unwrap_or_default();
        let part = Evidence { tokens: tokens.to_vec(), ..Evidence::default() };
        let free = [gnll::METHOD, lsc::METHOD, mean_token_entropy::METHOD, max_token_entropy::METHOD];
        let mut scores: BTreeMap<&'static str, f64> = free.iter().map(|m| (m.id, m.value(&part))).collect();
        scores.extend(claim.semgrad.map(|score| ("semgrad", score)));
        scores.extend(claim.paragrad.map(|score| ("paragrad", score)));
        scores.extend(asked.iter().filter_map(|(id, scores)| Some((*id, *scores.get(i)?))));
        Span { text: claim.text.clone(), tokens: claim.tokens, scores }
    };
    evidence.claims.iter().enumerate().map(span).collect()
}
