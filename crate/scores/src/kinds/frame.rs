//! What stands around a question and says only how to answer it: `Answer the question concisely. Q: … A:`.

use super::pattern::has;

/// What such an instruction begins with.
const BEGINS: &str = " answer reply respond briefly concisely shortly in use with keep be ";

/// What it is about.
const FORM: &str = " \
    answer reply respond word words sentence sentences phrase short brief concise precise briefly concisely shortly \
    directly truthfully correctly accurately factually ";

/// What else it may say.
const SAYS: &str = " \
    the this following a an question questions it with in only just no more than at most as possible and one two \
    three few single name number please to ";

/// What may stand before the question, and before the answer.
const LABELS: &str = " q question a answer ";

/// The question itself; the whole text where nothing else would be left.
pub fn unframed(text: &str) -> &str {
    let mut question = text.trim();
    while let Some(at) = question.bytes().position(is_end)
        && is_instruction(&question[..at])
    {
        question = question[at + 1..].trim_start();
    }
    let begins = |question: &str| {
        let last = question.trim_end_matches(|c| u8::try_from(c).is_ok_and(is_end));
        last.bytes().rposition(is_end).filter(|&at| is_instruction(&last[at + 1..]))
    };
    while let Some(at) = begins(question) {
        question = question[..=at].trim_end();
    }
    if question.contains(char::is_alphanumeric) { question } else { text }
}

/// Whether a sentence may end here.
fn is_end(byte: u8) -> bool {
    b".:;,!?\n".contains(&byte)
}

/// Whether a sentence is about the answer alone.
fn is_instruction(sentence: &str) -> bool {
    let sentence = sentence.trim().to_lowercase();
    let words = || sentence.split_whitespace();
    has(LABELS, &sentence)
        || words().next().is_some_and(|word| has(BEGINS, word))
            && words().skip(1).all(|word| has(FORM, word) || has(SAYS, word))
            && words().any(|word| has(FORM, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instruction_and_labels_are_no_part_of_the_question() {
        for framed in [
            "Answer the question concisely. Q: Who ran?",
            "Answer the question concisely. Q: Who ran?\nA:",
            "Answer in one word: Who ran?",
            "Question: Who ran?\nAnswer:",
            "In one word, Who ran?",
            "Who ran? Answer briefly.",
        ] {
            assert_eq!(unframed(framed), "Who ran?", "{framed:?}");
        }
    }

    #[test]
    fn what_is_more_than_that_is_left() {
        for text in [
            "Answer in French: who ran?",
            "In 1912, who ran?",
            "In the question, who ran?",
            "Answer:",
            "Answer briefly.",
            "Q:",
            "Q: A:",
            "",
            "é:",
            "Who ran? A tortoise, or a hare?",
            "be",
        ] {
            assert_eq!(unframed(text), text);
        }
    }
}
