//! Quotations of the conversation: words that an answer says somebody wrote to it, and that are nowhere in what was written.

use super::fault::{FaultKind, Found};
use super::lexer::{Token, What, one_of};
use super::text::Text;
use crate::lexical::words::words;
use std::ops::Range;

/// Words of a question that asks for a text to somebody else, who is then "you".
const LETTERS: &str = "draft reply letter email respond response dialogue story script roleplay customer";

/// The faults of a text. Without a question nothing is known of the conversation.
pub fn faults(text: &Text, question: &str, context: &str) -> Vec<Found> {
    let asked = words(question);
    let conversation = words(&format!("{question}\n{context}"));
    if asked.is_empty() || asked.iter().any(|word| one_of(word, LETTERS)) {
        return Vec::new();
    }
    let fault = |range: &Range<usize>| {
        let sentence = text.sentences.iter().map(|tokens| &text.tokens[tokens.clone()]).find(|sentence| {
            sentence.first().is_some_and(|first| first.at.start <= range.start)
                && sentence.last().is_some_and(|last| range.start <= last.at.end)
        })?;
        // What is set as code is an example.
        let code = text.raw[..range.start].ends_with('`');
        if code || !attributed(sentence, range) || contained(text.slice(range), &conversation) {
            return None;
        }
        let message = "These words are not in the question.".into();
        Some(Found { kind: FaultKind::Quotation, at: range.clone(), meant: None, message })
    };
    text.quoted.iter().filter_map(fault).collect()
}

/// Whether words of a conversation hold a quotation, each of its parts around an ellipsis or brackets.
fn contained(quotation: &str, conversation: &[String]) -> bool {
    let parts = quotation.split(['…', '[', ']']).flat_map(|part| part.split("..."));
    parts
        .map(words)
        .all(|part| part.is_empty() || conversation.windows(part.len()).any(|window| window == part.as_slice()))
}

/// Words that say that whoever is spoken to said or wrote something.
const SAID: &str = "\
        said asked wrote mentioned stated quoted phrased described called typed told claimed noted \
        specified put requested listed gave used";
/// Now.
const SAYS: &str = "say ask write mention describe list state quote call";
const TEXTS: &str = "\
             question message prompt request words phrase wording sentence statement text query phrasing \
             note email post title headline description";
/// Words before one of them with which nothing was said.
const UNSAID: &str = "\
    didn't did never not don't haven't hadn't should can could might may must will would do to if when \
    whether how they he she let once until unless";
/// Words behind one of them with which it is about something else.
const UNLIKE: &str = "\
        not don't instead rather replace change like example perhaps maybe means try read becomes become \
        better";

/// Whether a sentence says right before a quotation that it is of the conversation.
fn attributed(sentence: &[Token], quotation: &Range<usize>) -> bool {
    // Up to the mark that opens it, from the last quotation before on.
    let before = sentence.iter().take_while(|token| token.at.end <= quotation.start);
    let mut heard: Vec<&str> = Vec::new();
    let mut open = false;
    for token in before {
        match &token.what {
            What::Word(word) => heard.push(word),
            // What was said before an earlier quotation is said of that one.
            What::Sign('"') => {
                if open {
                    heard.clear();
                }
                open = !open;
            }
            What::Sign(';') => heard.clear(),
            _ => {}
        }
    }
    let from = heard.len().saturating_sub(12);
    let heard = &heard[from..];
    let negated = |at: usize| heard[at.saturating_sub(2)..at].iter().any(|word| one_of(word, UNSAID));
    let plain = |at: usize| heard.len() - at <= 9 && !heard[at..].iter().any(|word| one_of(word, UNLIKE));
    (0..heard.len()).any(|at| match heard[at] {
        "you" | "you've" => {
            // "You write" in general is no quotation; at the beginning, or as a reason, it is.
            let led = at == 0 || one_of(heard[at - 1], "as since because message question though");
            let said = |word: &str| one_of(word, SAID) || led && one_of(word, SAYS);
            let verb = (at + 1..heard.len().min(at + 3)).find(|&verb| said(heard[verb]));
            verb.is_some_and(|verb| {
                !negated(at) && !heard[at + 1..verb].iter().any(|word| one_of(word, UNSAID)) && plain(at)
            })
        }
        "according" => heard.get(at + 1..at + 3) == Some(&["to", "you"]) && plain(at),
        "your" => {
            (at + 1..heard.len().min(at + 4)).any(|text| one_of(heard[text], TEXTS))
                && !negated(at)
                && plain(at)
                && speaks(heard, at)
        }
        _ => false,
    })
}

/// Whether a text of somebody's is quoted, and not given a new wording: "your sentence … is", "your question".
fn speaks(heard: &[&str], at: usize) -> bool {
    !heard[..at]
        .iter()
        .any(|word| one_of(word, "make rewrite rephrase shorten turn improve end start begin add include use"))
}
