//! Classification by demonstrations, as the in-context uncertainties need it (arXiv 2402.10189 §4): labels are
//! numbered, and the model replies with a number. The caller brings texts and labels; one prompt per set of
//! demonstrations.
//!
//! Mass of label c under a set: the probability of its number as the first token of the reply, which needs no beams;
//! the paper sums it over ten beams and reads the number wherever it stands (its code loses a number that stands
//! first).

pub use semgrad_scores::record::Demonstration;

/// The prompt that asks for the number of the text's label.
pub fn request(labels: &[String], set: &[Demonstration], text: &str) -> String {
    let mut prompt = String::from("Classify the text. Reply with the number of its class.\n");
    for (number, label) in labels.iter().enumerate() {
        prompt += &format!("{number}: {label}\n");
    }
    for demonstration in set {
        prompt += &format!("\nText: {}\nClass: {}\n", demonstration.text.trim(), demonstration.label);
    }
    prompt + &format!("\nText: {}\nClass:", text.trim())
}

/// Tokens that say label `index`.
pub fn tokens(index: usize) -> [String; 2] {
    [format!("{index}"), format!(" {index}")]
}

/// The label that a written reply names first; `None` when it names none of `count`.
pub fn parse(reply: &str, count: usize) -> Option<usize> {
    let digits = reply.trim_start_matches(|c: char| !c.is_ascii_digit());
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    digits[..end].parse().ok().filter(|&label| label < count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_numbers() {
        let set =
            [Demonstration { text: "Lovely. ".into(), label: 1 }, Demonstration { text: "Awful.".into(), label: 0 }];
        assert_eq!(
            request(&["bad".into(), "good".into()], &set, "Fine."),
            "Classify the text. Reply with the number of its class.\n0: bad\n1: good\n\nText: Lovely.\nClass: 1\n\n\
             Text: Awful.\nClass: 0\n\nText: Fine.\nClass:"
        );
        assert_eq!(tokens(3), ["3", " 3"]);
    }

    #[test]
    fn replies() {
        assert_eq!(parse(" 1", 2), Some(1));
        assert_eq!(parse("0: bad", 2), Some(0), "at the very beginning, too");
        assert_eq!(parse("Class 12.", 20), Some(12));
        for reply in ["", "good", "7", "99999999999999999999999"] {
            assert_eq!(parse(reply, 2), None, "{reply}");
        }
    }
}
