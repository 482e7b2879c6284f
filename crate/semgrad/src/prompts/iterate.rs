//! Asks again with an answer stated: the prompts of mutual information by iterative prompting (arXiv 2406.02543 §4). A
//! model that knows is not moved by what it is told; one that does not repeats it.

/// The question once more, after `answers` as possible ones; with none, as it is.
pub fn again<S: AsRef<str>>(question: &str, answers: &[S]) -> String {
    if answers.is_empty() {
        return question.to_owned();
    }
    let mut text = format!("Consider this question: {question}\n");
    for (i, answer) in answers.iter().enumerate() {
        let which = if i == 0 { "One answer" } else { "Another answer" };
        text += &format!("{which} to it is: {}\n", answer.as_ref().trim());
    }
    text + &format!("Now answer the question.\n{question}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_stated() {
        assert_eq!(again::<&str>("Who?", &[]), "Who?");
        assert_eq!(
            again("Who?", &["Ada ", "Grace"]),
            "Consider this question: Who?\nOne answer to it is: Ada\n\
             Another answer to it is: Grace\nNow answer the question.\nWho?"
        );
    }
}
