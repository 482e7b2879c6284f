//! The language model as judge of entailment between two answers (Farquhar et al., Nature 630, 2024, ask a model so,
//! with three possible replies; Yes and No are what a small one can do).
//!
//! The reply is one word, so nothing is generated: the masses of [`YES`] and [`NO`] as the next token are compared. A
//! judge who only says yes or no cannot tell neutral from contradiction: what is not entailed counts as contradicted,
//! so strict and lax clustering agree.

use semgrad_scores::evidence::observed::Entailment;

/// Begins the reply when the second follows from the first.
pub const YES: &[&str] = &["Yes", " Yes", "yes", " yes"];
/// Begins the reply when it does not.
pub const NO: &[&str] = &["No", " No", "no", " no"];

/// Asks whether `hypothesis` follows from `premise`, both answers to `question`.
pub fn request(question: &str, premise: &str, hypothesis: &str) -> String {
    format!(
        "Here are two answers to the question: {question}\nAnswer 1: {}\nAnswer 2: {}\n\
         If answer 1 is right, must answer 2 be right as well? Reply with Yes or No.",
        premise.trim(),
        hypothesis.trim()
    )
}

/// Asks whether `statement` follows from `text`; for the sentences of long answers.
pub fn support(text: &str, statement: &str) -> String {
    format!(
        "Text: {}\nStatement: {}\nDoes the text support the statement? Reply with Yes or No.",
        text.trim(),
        statement.trim()
    )
}

/// The judgement from the masses of both replies; one half each when the model says neither.
pub fn judgement(yes: f64, no: f64) -> Entailment {
    let sum = yes + no;
    let entail = if sum == 0.0 { 0.5 } else { yes / sum };
    Entailment { entail, neutral: 0.0, contradict: 1.0 - entail }
}

/// Yes or no from a written reply; `None` when it says neither.
pub fn parse(reply: &str) -> Option<bool> {
    let start = reply.trim_start_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let word = start.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    match word {
        "yes" | "true" => Some(true),
        "no" | "false" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asked_both_ways() {
        let text = request("Capital?", "Paris ", " It is Paris.");
        assert!(text.contains("Answer 1: Paris\nAnswer 2: It is Paris.\n") && text.contains("question: Capital?"));
        assert!(support("A long text.", "It is long.").starts_with("Text: A long text.\nStatement: It is long.\n"));
    }

    #[test]
    fn replies() {
        for reply in ["Yes", " yes.", "**Yes**, because", "YES!", "True"] {
            assert_eq!(parse(reply), Some(true), "{reply}");
        }
        for reply in ["No", "no, it", "\n- No", "False."] {
            assert_eq!(parse(reply), Some(false), "{reply}");
        }
        for reply in ["", "Nobody knows", "yesterday", "Maybe", "نعم", "…"] {
            assert_eq!(parse(reply), None, "{reply}");
        }
    }

    #[test]
    fn judgements_add_up_to_one() {
        for (yes, no, entail) in [(0.6, 0.2, 0.75), (0.0, 0.3, 0.0), (1e-12, 0.0, 1.0), (0.0, 0.0, 0.5)] {
            let judged = judgement(yes, no);
            assert!((judged.entail - entail).abs() < 1e-12 && judged.entail + judged.contradict == 1.0);
        }
        assert!(judgement(f64::NAN, 0.1).entail.is_nan());
    }
}
