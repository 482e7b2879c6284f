//! What is guaranteed, and what is not. The usual misreading is that a bound of 10 of 100 makes each answer right with
//! 90 of 100; so it is said what the 100 are.

use crate::confidence::units::chosen;
use crate::confidence::verdict::{Mode, Policy, Verdict};

/// What the threshold behind this verdict bounds: that of an answer for `answer`, else that of a flag. `delta` is the
/// probability that a bound of the selective kind fails. `None` where nothing is bounded.
pub fn sentence(verdict: &Verdict, policy: &Policy, delta: f64) -> Option<String> {
    let bounds = verdict.thresholds?;
    let (believed, threshold, risk) = match verdict.verdict {
        "answer" => ("“Probably right”", bounds.answer, policy.answer_risk),
        _ => ("“Probably right” or “Check this”", bounds.abstain, policy.abstain_risk),
    };
    let risk = chosen(risk);
    let is_bounded = threshold.is_finite();
    Some(match policy.mode {
        Mode::Conformal if is_bounded => format!(
            "Whoever believes only answers called {believed} gets on average at most {risk} wrong answers to 100 questions \
             like the test questions. All questions count, also those whose answers are not believed, so this is no \
             promise about a single answer. The method is called conformal risk control."
        ),
        Mode::Selective if is_bounded => format!(
            "Whoever believes only answers called {believed} finds in the long run at most {risk} of 100 believed answers \
             wrong, with questions like the test questions. With at most {} of 100 choices of test questions this promise \
             would be a mistake.",
            chosen(delta)
        ),
        Mode::Conformal => format!(
            "No answer of this model can be trusted that far: the test questions do not show that believing any keeps \
             wrong answers to at most {risk} of 100 questions."
        ),
        Mode::Selective => format!(
            "No answer of this model can be trusted that far: the test questions do not show that at most {risk} of 100 \
             believed answers would be wrong, whichever are believed."
        ),
        Mode::Entropy => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::confidence::verdict::Bounds;

    fn of(verdict: &'static str, mode: Mode, abstain: f64) -> String {
        let thresholds = Some(Bounds { answer: 0.7, abstain });
        let verdict = Verdict { verdict, reason: String::new(), thresholds };
        sentence(&verdict, &Policy { mode, ..Policy::default() }, 0.05).unwrap()
    }

    #[test]
    fn the_bound_is_that_of_the_words_said() {
        let answer = of("answer", Mode::Conformal, 0.4);
        assert!(
            answer.starts_with("Whoever believes only answers called “Probably right” gets on average at most 10 ")
        );
        assert!(answer.contains("All questions count") && answer.contains("conformal"), "{answer}");
        for verdict in ["flag", "abstain"] {
            let said = of(verdict, Mode::Conformal, 0.4);
            assert!(said.contains("“Probably right” or “Check this” gets on average at most 20 "), "{said}");
        }
        let selective = of("answer", Mode::Selective, 0.4);
        assert!(selective.contains("at most 10 of 100 believed answers wrong"), "{selective}");
        assert!(selective.contains("at most 5 of 100 choices") && !selective.contains("conformal"), "{selective}");
    }

    #[test]
    fn what_cannot_be_promised_is_not() {
        for mode in [Mode::Conformal, Mode::Selective] {
            let said = of("abstain", mode, f64::INFINITY);
            assert!(said.starts_with("No answer of this model can be trusted that far") && said.contains("20 of 100"));
        }
        let entropy = Verdict { verdict: "answer", reason: String::new(), thresholds: None };
        assert_eq!(sentence(&entropy, &Policy { mode: Mode::Entropy, ..Policy::default() }, 0.05), None);
    }
}
