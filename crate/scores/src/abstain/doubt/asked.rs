//! A question with the model's long answer, as files and callers have it.

use super::pieces::{Kind, pieces};
use crate::record::Span;
use serde::{Deserialize, Serialize};

/// Most tokens of a long answer, unless somebody wishes otherwise.
pub const TOKENS: usize = 160;
/// The score of a claim that is its doubt where nobody judges entailment: it needs no further prompt, and does not grow with
/// the claim.
pub const FREE: &str = crate::methods::lsc::METHOD.id;
/// The one where somebody does.
pub const JUDGED: &str = crate::methods::ccp::METHOD.id;

/// A question with the model's long answer: a line of the file that teaching can be resumed from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Long {
    /// The question.
    pub question: String,
    /// Token ids of what the model was shown.
    pub prompt_ids: Vec<u32>,
    /// The greedy answer.
    pub answer: String,
    /// Its token ids, the one that ends it included where there is one.
    pub response_ids: Vec<u32>,
    /// Whether it was cut off before its end.
    pub cut: bool,
    /// By part of the answer ([`pieces`]), how doubtful it is; null for what is no claim.
    pub doubts: Vec<Option<f64>>,
}

impl Long {
    /// How many parts of the answer do this.
    pub fn count(&self, kind: Kind) -> usize {
        pieces(&self.answer).iter().filter(|piece| piece.kind == kind).count()
    }
}

/// By part of an answer, the score of that name which its claim has. `spans`: those of the answer's record, in which claims
/// without tokens of their own are missing.
pub fn doubts(answer: &str, spans: &[Span], score: &str) -> Vec<Option<f64>> {
    let mut spans = spans.iter().peekable();
    let of = |piece: super::pieces::Piece| {
        let span = spans.next_if(|span| span.text == answer[piece.range.clone()])?;
        let score = span.scores.get(score).copied().filter(|score| score.is_finite());
        score.filter(|_| piece.kind == Kind::Claim)
    };
    pieces(answer).into_iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn spans_are_found_again() {
        let answer = "Facts: It is old. It is big. It is so.";
        let span = |text: &str, score: f64| Span {
            text: text.to_owned(),
            tokens: (0, 1),
            scores: BTreeMap::from([(FREE, score)]),
        };
        let texts: Vec<&str> = pieces(answer).iter().map(|piece| &answer[piece.range.clone()]).collect();
        assert_eq!(texts, ["Facts: It is old.", "It is big.", "It is so."]);
        // The second one has no tokens.
        let spans = [span(texts[0], 0.5), span(texts[2], f64::NAN)];
        assert_eq!(doubts(answer, &spans, FREE), [Some(0.5), None, None]);
        assert_eq!(doubts(answer, &spans, JUDGED), [None; 3]);
        let asked = Long { answer: answer.to_owned(), ..Long::default() };
        assert_eq!((asked.count(Kind::Claim), asked.count(Kind::Doubt)), (3, 0));
    }
}
