//! P(True): asks the model whether an answer is true (Kadavath et al., arXiv 2207.05221 §4). Zero-shot, or after
//! examples whose labels are known; other answers to the same question may be shown first ("brainstormed").
//!
//! The reply is one letter, so nothing is generated: the evidence `p_true` is the probability of [`TRUE`] as the next
//! token.

pub use semgrad_scores::record::Example;

/// Begins the reply to a true answer; its tokens with and without a space, and in parentheses, count together.
pub const TRUE: &[&str] = &["A", " A", "(A", " (A"];
/// Begins the reply to a false one.
pub const FALSE: &[&str] = &["B", " B", "(B", " (B"];

/// The question about one answer alone.
pub fn zero_shot(question: &str, brainstormed: &[String], answer: &str) -> String {
    few_shot(&[], question, brainstormed, answer)
}

/// The question about an answer after up to twenty `examples` (six in SemGrad's baseline, which reads the word "True").
pub fn few_shot(examples: &[Example], question: &str, brainstormed: &[String], answer: &str) -> String {
    let mut text = String::new();
    for example in examples {
        text += &block(&example.question, &example.brainstormed, &example.answer);
        text += if example.truth { " A\n\n" } else { " B\n\n" };
    }
    text + &block(question, brainstormed, answer)
}

fn block(question: &str, brainstormed: &[String], answer: &str) -> String {
    let mut text = format!("Question: {question}\n");
    if !brainstormed.is_empty() {
        text += "Some answers that came to mind:\n";
        for other in brainstormed {
            text += &format!("- {}\n", other.trim());
        }
    }
    text + &format!(
        "Possible answer: {}\nIs the possible answer true or false?\nA) True\nB) False\n\
         Reply with one letter. The possible answer is:",
        answer.trim()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_shot_is_one_block() {
        let text = zero_shot("Who wrote it?", &[], " Ada\n");
        assert_eq!(text.matches("Possible answer: Ada\n").count(), 1);
        assert!(text.ends_with("The possible answer is:") && !text.contains("came to mind"));
    }

    #[test]
    fn examples_come_first_with_their_labels() {
        let example = |truth| Example { question: "1 + 1?".into(), answer: "2".into(), truth, ..Example::default() };
        let text = few_shot(&[example(true), example(false)], "Who?", &["Ada".into(), "Grace".into()], "Ada");
        assert!(text.contains("is: A\n\nQuestion: 1 + 1?") && text.contains("is: B\n\nQuestion: Who?"));
        assert!(text.contains("came to mind:\n- Ada\n- Grace\nPossible answer: Ada"));
        assert_eq!(text.matches("A) True").count(), 3);
    }
}
