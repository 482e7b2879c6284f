//! Asks for other wordings of a question (as Inv-Entropy, arXiv 2506.09684 §4, and SPS, arXiv 2605.04638 §3.1).

use super::list;

/// The request for `count` wordings.
pub fn request(question: &str, count: usize) -> String {
    format!(
        "Write {count} different questions that ask for exactly the same thing as the question below. Change the words \
         and the order of the sentence, keep all names and numbers, and do not answer. Write one question per line, \
         numbered.\n\nQuestion: {question}"
    )
}

/// The wordings in a reply, without the question itself. [`choose`](crate::perturb::choose) takes as many as wanted.
pub fn parse(reply: &str, question: &str) -> Vec<String> {
    let mut wordings = list::questions(reply);
    wordings.retain(|wording| wording.to_lowercase() != question.trim().to_lowercase());
    wordings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asked_and_read() {
        let request = request("Who wrote “Emma”?", 9);
        assert!(request.contains("9 different") && request.ends_with("Question: Who wrote “Emma”?"));
        let reply = "1. who wrote “Emma”?\n2. Who is the author of “Emma”?\n3. “Emma” was written by whom?";
        assert_eq!(parse(reply, "Who wrote “Emma”? "), ["Who is the author of “Emma”?", "“Emma” was written by whom?"]);
        assert!(parse("I can't do that.", "Who?").len() == 1, "a refusal is one wording; similarity will show");
        assert!(parse("", "Who?").is_empty());
    }
}
