//! What the validation answers state before and after, and whether that is so.
//!
//! Claims are judged only by texts that say what is so (`context` of a question's line): short right answers say nothing about
//! the other claims of a long answer. By words, a detail counts as found where all its words stand in such a text. By a
//! cross-encoder, a claim is supported where a paragraph of the texts entails it; one with two labels knows contradiction
//! only, so that with it nothing is said to be supported.

use super::answers::Said;
use semgrad::Result;
use semgrad::control::{Pacer, Uninterrupted};
use semgrad::engines::Nli;
use semgrad_scores::abstain::doubt::measure::{Counted, Replaced, Share, details, replaced, stands_in};
use semgrad_scores::abstain::doubt::pieces::{Kind, pieces};
use serde::{Deserialize, Serialize};

/// Above it an encoder is believed.
const BELIEVED: f64 = 0.5;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// Before training.
    pub before: Stated,
    /// After it.
    pub after: Stated,
    /// Doubts stated after training in the place of a claim that the same rules find in the answer before it, among all.
    pub replacing: Share,
    /// Of the details of these claims, those that no text confirms: there the doubt was right.
    pub right_by_words: Option<Share>,
    /// The same by an encoder: claims that no text supports, or with two labels that one contradicts.
    pub right_by_encoder: Option<Share>,
    /// Labels of the encoder.
    pub labels: Option<usize>,
    /// Pairs of texts that were longer than the encoder reads.
    pub truncated: usize,
}

/// What some answers state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Stated {
    /// Numbers of claims and doubts.
    pub counted: Counted,
    /// Of the stated details that a template could drop, those that stand in the texts.
    pub details: Option<Share>,
    /// Of the stated claims, those that the texts entail.
    pub supported: Option<Share>,
    /// Of the stated claims, those that the texts contradict.
    pub contradicted: Option<Share>,
}

/// Compares the answers to the same questions; nothing where there are none.
pub fn judged(before: &[Said], after: &[Said], nli: Option<&Nli>) -> Result<Option<Found>> {
    let same = |said: &&Said, other: &Said| (said.set, &said.question.id) == (other.set, &other.question.id);
    let pairs: Vec<(&Said, &Said)> =
        before.iter().filter_map(|said| Some((said, after.iter().find(|other| same(other, said))?))).collect();
    if pairs.is_empty() {
        return Ok(None);
    }
    let mut encoder = Encoder { nli, truncated: 0 };
    let (old, new): (Vec<&Said>, Vec<&Said>) = pairs.iter().copied().unzip();
    let (before, after) = (stated(&old, &mut encoder)?, stated(&new, &mut encoder)?);
    let mut found = Found { before, after, labels: nli.map(Nli::labels), ..Found::default() };
    let (mut by_words, mut by_encoder) = (Share::default(), Share::default());
    for (old, new) in pairs {
        let (question, answer) = (old.question, &old.long.answer);
        for Replaced { claim, detail } in replaced(&question.question, answer, &new.long.answer) {
            found.replacing.add(claim.is_some());
            let (Some(claim), Some(detail)) = (claim, detail) else { continue };
            if question.context.is_empty() {
                continue;
            }
            by_words.add(!stands_in(&answer[detail], &question.context));
            if let Some(Verdict { supported, contradicted }) = encoder.verdict(&question.context, &answer[claim])? {
                by_encoder.add(supported.map_or(contradicted, |supported| !supported));
            }
        }
    }
    let some = |share: Share| Some(share).filter(|share| share.of > 0);
    (found.right_by_words, found.right_by_encoder) = (some(by_words), some(by_encoder));
    found.truncated = encoder.truncated;
    Ok(Some(found))
}

fn stated(answers: &[&Said], encoder: &mut Encoder) -> Result<Stated> {
    let (mut found, mut supported, mut contradicted) = (Share::default(), Share::default(), Share::default());
    for said in answers.iter().filter(|said| !said.question.context.is_empty()) {
        let (question, answer) = (said.question, &said.long.answer);
        for detail in details(&question.question, answer) {
            found.add(stands_in(&answer[detail], &question.context));
        }
        for piece in pieces(answer).into_iter().filter(|piece| piece.kind == Kind::Claim) {
            let Some(verdict) = encoder.verdict(&question.context, &answer[piece.range])? else { break };
            contradicted.add(verdict.contradicted);
            if let Some(is) = verdict.supported {
                supported.add(is);
            }
        }
    }
    let some = |share: Share| Some(share).filter(|share| share.of > 0);
    Ok(Stated {
        counted: Counted::of(answers.iter().map(|said| &said.long)),
        details: some(found),
        supported: some(supported),
        contradicted: some(contradicted),
    })
}

/// What an encoder says of a claim.
struct Verdict {
    /// A text entails it; nothing where the encoder cannot tell.
    supported: Option<bool>,
    /// A text contradicts it, and none entails it.
    contradicted: bool,
}

struct Encoder<'a> {
    nli: Option<&'a Nli>,
    truncated: usize,
}

impl Encoder<'_> {
    fn verdict(&mut self, texts: &[String], claim: &str) -> Result<Option<Verdict>> {
        let Some(nli) = self.nli else { return Ok(None) };
        // An encoder reads a few hundred tokens.
        let paragraphs = texts.iter().flat_map(|text| text.lines()).filter(|line| !line.trim().is_empty());
        let pairs: Vec<(&str, &str)> = paragraphs.map(|paragraph| (paragraph, claim)).collect();
        let judged = pollster::block_on(nli.judge(&pairs, &Pacer::new(&Uninterrupted), &mut |_, _| ()))?;
        self.truncated += judged.truncated;
        let is_entailed = judged.entailment.iter().any(|judged| judged.entail > BELIEVED);
        let is_denied = judged.entailment.iter().any(|judged| judged.contradict > BELIEVED);
        Ok(Some(match judged.labels {
            3 => Verdict { supported: Some(is_entailed), contradicted: is_denied && !is_entailed },
            _ => Verdict { supported: None, contradicted: is_denied },
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::dataset::Question;
    use semgrad_scores::abstain::doubt::asked::Long;

    #[test]
    fn answers_are_judged_by_the_texts_that_say_what_is_so() {
        let ada = Question {
            id: "a".into(),
            question: "Who was Ada?".into(),
            context: vec!["Ada was born on 10 December 1815 in London.".into()],
            ..Question::default()
        };
        let open = Question { id: "b".into(), question: "Who was Bob?".into(), ..Question::default() };
        let said = |question, answer: &str| Said {
            set: "s",
            question,
            long: Long { answer: answer.into(), ..Long::default() },
        };
        let before = [
            said(&ada, "Ada was kind. She was born in 1814. She was buried in London."),
            said(&open, "He died in 1900."),
        ];
        let after = [
            said(
                &ada,
                "Ada was kind. I am not sure when she was born. She was buried in London. I'm not sure why she is here.",
            ),
            said(&open, "I am not sure when he died."),
        ];
        let found = judged(&before, &after, None).unwrap().unwrap();
        assert_eq!((found.before.counted.claims, found.after.counted.claims), (4, 2));
        assert_eq!((found.before.counted.doubts, found.after.counted.doubts), (0, 3));
        assert_eq!(found.before.details, Some(Share { of: 2, good: 1 }));
        assert_eq!(found.after.details, Some(Share { of: 1, good: 1 }));
        // Bob's claim was replaced, but nobody knows whether it was right.
        assert_eq!((found.replacing, found.right_by_words), (Share { of: 3, good: 2 }, Some(Share { of: 1, good: 1 })));
        assert_eq!((found.right_by_encoder, found.before.supported, found.labels), (None, None, None));
        assert_eq!(judged(&before, &[], None).unwrap(), None);
    }
}
