//! Questions that a claim of a long answer could be the answer to, and those questions asked afresh (Farquhar et al.,
//! Nature 630, 2024, "paragraph-length"; the paper asks twice for three questions, and each three times).

use super::list;

/// Asks for `count` questions that `claim`, a part of the reply to `question`, answers.
pub fn request(question: &str, claim: &str, count: usize) -> String {
    format!(
        "Somebody was asked: {question}\nPart of the reply was: {}\n\
         Write {count} different short questions to which this part is the answer. Each must be understandable by \
         itself and must not contain the answer. Write one question per line, numbered.",
        claim.trim()
    )
}

/// The questions in a reply, `count` at most.
pub fn parse(reply: &str, count: usize) -> Vec<String> {
    let mut questions = list::questions(reply);
    questions.truncate(count);
    questions
}

/// Asks one of those questions; a refusal is wanted rather than a guess, and is understood by the score.
pub fn ask(question: &str) -> String {
    format!("Answer in a few words. If you do not know, reply: unknown.\n{question}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asked_and_read() {
        let text = request("Tell me about Ada.", " She was born in 1815. ", 3);
        assert!(text.contains("was: She was born in 1815.\nWrite 3 different"));
        let reply = "Questions:\n1. When was Ada born?\n2. In which year was Ada born?\n\
                     3. What year saw her birth?\n4. Who was she?";
        assert_eq!(parse(reply, 3), ["When was Ada born?", "In which year was Ada born?", "What year saw her birth?"]);
        assert!(parse("No.", 3).is_empty());
        assert!(ask("When?").ends_with("\nWhen?"));
    }
}
