//! How good the model is at all: without that, nobody knows whether 50 of 100 is much.

use crate::confidence::calibration::{Answers, Calibration, FittedSet};
use crate::confidence::units::whole;

/// Most question sets that are named.
const NAMED: usize = 5;

/// Well-known question sets, without what people write between words, and what they ask about.
const KNOWN: [(&str, &str); 7] = [
    ("triviaqa", "trivia"),
    ("sciq", "science"),
    ("truthfulqa", "common misconceptions"),
    ("webquestions", "web searches"),
    ("naturalquestions", "web searches"),
    ("nq", "web searches"),
    ("nqopen", "web searches"),
];

/// What share of the questions of fitting was answered right; `None` without any.
pub fn sentence(calibration: &Calibration) -> Option<String> {
    let fitted = &calibration.fitted;
    let right = whole(fitted.share()?);
    let about = about(&fitted.sets).map(|sets| format!(" ({sets})")).unwrap_or_default();
    Some(match calibration.conditions.answers {
        Answers::Own => format!("This model got {right} of 100 test questions right{about}."),
        Answers::Given => format!("Of 100 answers that this model was tested with, {right} were right{about}."),
    })
}

/// What was asked about, each once; `None` where no set has a name.
fn about(sets: &[FittedSet]) -> Option<String> {
    let mut names: Vec<String> = Vec::new();
    for name in sets.iter().map(|set| subject(&set.name)).filter(|name| !name.is_empty()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let more = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    if more > 0 {
        names.push(format!("{more} more"));
    }
    (!names.is_empty()).then(|| names.join(", "))
}

/// What a set of this name asks about: the name itself where nobody knows.
fn subject(name: &str) -> String {
    let plain: String = name.chars().filter(|letter| letter.is_alphanumeric()).collect();
    let known = KNOWN.iter().find(|(id, _)| plain.eq_ignore_ascii_case(id));
    known.map_or_else(|| name.replace(['_', '-'], " ").trim().to_owned(), |known| known.1.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::confidence::calibration::{Conditions, Fitted};

    fn of(right: usize, questions: usize, names: &[&str], answers: Answers) -> Option<String> {
        let set = |name: &&str| FittedSet { name: (*name).into(), ..FittedSet::default() };
        let fitted = Fitted { sets: names.iter().map(set).collect(), questions, right, ..Fitted::default() };
        let conditions = Conditions { answers, ..Conditions::default() };
        sentence(&Calibration { fitted, conditions, ..Calibration::default() })
    }

    #[test]
    fn what_was_asked_stands_beside_how_much_was_right() {
        let level = |right, questions, names: &[&str]| of(right, questions, names, Answers::Own).unwrap();
        assert_eq!(
            level(285, 1409, &["sciq", "triviaqa", "TruthfulQA"]),
            "This model got 20 of 100 test questions right (science, trivia, common misconceptions)."
        );
        assert_eq!(level(30, 60, &[""]), "This model got 50 of 100 test questions right.");
        assert_eq!(level(3, 1000, &["my_own"]), "This model got fewer than 1 of 100 test questions right (my own).");
        let many = level(1, 2, &["a", "nq_open", "b", "WebQuestions", "c", "d", "e"]);
        assert_eq!(many, "This model got 50 of 100 test questions right (a, web searches, b, c, d, 1 more).");
        let given = of(30, 60, &[], Answers::Given).unwrap();
        assert_eq!(given, "Of 100 answers that this model was tested with, 50 were right.");
        assert_eq!(of(0, 0, &["sciq"], Answers::Own), None);
    }

    #[test]
    fn each_set_counts_the_same() {
        let set = |questions, right| FittedSet { questions, right, ..FittedSet::default() };
        let fitted =
            Fitted { sets: vec![set(300, 240), set(100, 20)], questions: 400, right: 260, ..Fitted::default() };
        let told = sentence(&Calibration { fitted, ..Calibration::default() }).unwrap();
        assert_eq!(told, "This model got 50 of 100 test questions right.");
    }
}
