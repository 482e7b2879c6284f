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

/// Where it ends.
const ENDS: [char; 7] = ['.', ':', ';', ',', '!', '?', '\n'];

/// The question itself; the whole text where nothing else would be left.
pub fn unframed(text: &str) -> &str {
    let mut question = text.trim();
    if let Some((_, rest)) = question.split_once(ENDS).filter(|(first, _)| is_instruction(first)) {
        question = rest.trim_start();
    }
    for label in ["q:", "question:"] {
        let labeled = question.get(..label.len()).filter(|start| start.eq_ignore_ascii_case(label));
        question = labeled.map_or(question, |start| question[start.len()..].trim_start());
    }
    for label in ["a:", "answer:"] {
        let at = question.len().saturating_sub(label.len());
        let labeled = question.get(at..).filter(|end| end.eq_ignore_ascii_case(label));
        let alone = labeled.is_some() && question[..at].ends_with(char::is_whitespace);
        question = if alone { question[..at].trim_end() } else { question };
    }
    let last = question.trim_end_matches(ENDS);
    let begin = last.rfind(ENDS).filter(|&at| is_instruction(&last[at + 1..]));
    question = begin.map_or(question, |at| &question[..=at]);
    if question.contains(char::is_alphanumeric) { question } else { text }
}

/// Whether a sentence is about the answer alone.
fn is_instruction(sentence: &str) -> bool {
    let sentence = sentence.to_lowercase();
    let words = || sentence.split_whitespace();
    words().next().is_some_and(|word| has(BEGINS, word))
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
            "",
            "é:",
            "Who ran? A tortoise, or a hare?",
            "be",
        ] {
            assert_eq!(unframed(text), text);
        }
    }
}
