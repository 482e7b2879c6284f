//! Why there is no judgment, and what to do about it: the sentences of [`reasons`] for people who never heard of
//! calibrations.

use crate::confidence::reasons;

/// There is a confidence, and nothing to compare it with.
pub const NO_THRESHOLDS: &str =
    "This kind of verdict was not fitted for this model. Choose another kind, or calibrate for this one.";
/// The answer is somebody's, and so were those of the calibration.
pub const OTHER_WRITERS: &str = "Whoever wrote this answer may be wrong more or less often than those who wrote the answers of \
                                 the test, so nothing can be promised about it. Check what matters to you.";
/// The verdict is made of samples alone, and their score is not there.
pub const NO_SAMPLES: &str = "The verdict was to be made of drawn answers, and none were compared. Have the model \
                              answer ten times and compare its answers, or choose another kind of verdict.";

/// What can always be done.
const FALLBACK: &str = "Check the answer in another way.";

/// By reason: why, and what to do. A reason that is not here is told in its own words.
const KNOWN: &[(&str, &str)] = &[
    (
        reasons::NONE,
        "How often this model is right was never tested. Use one that comes with a profile, or judge some of its answers and \
         calibrate.",
    ),
    (
        reasons::OTHER_KEY,
        "How often this model is right was tested with another prefix before the question, or with another chat template. \
         Leave the prefix to the profile, or calibrate with your own.",
    ),
    (
        reasons::ADAPTER,
        "The model was taught something since it was tested, so nothing is known of its answers now. Put the adapter away, or \
         judge some answers that it gives with it and calibrate.",
    ),
    (
        reasons::GIVEN,
        "The answer is somebody else's, and this model was only tested with its own. Let it answer by itself, or calibrate \
         with given answers.",
    ),
    (
        reasons::OWN,
        "The answer is the model's own, and it was only tested as a judge of given ones. Give it an answer to judge, or \
         calibrate with its own answers.",
    ),
    (
        reasons::TEMPERATURE,
        "The words of this answer were drawn with more or less chance than in the test. Ask again with the temperature of \
         the calibration, which is usually 0.",
    ),
    (
        reasons::SYSTEM,
        "The model was given other instructions than in the test. Ask again with the system message of the calibration, \
         which is usually none.",
    ),
    (
        reasons::CONVERSATION,
        "Only single questions were tested, and this one belongs to a conversation or was not given as text. Ask it by \
         itself.",
    ),
    (
        reasons::CUT,
        "The answer was cut off before it came to its end, so that nobody can say whether it would be right. Have the model \
         go on, or ask for a shorter answer.",
    ),
    (reasons::LENGTH, "The answer is longer than any in the test. Ask for a shorter answer."),
    (
        reasons::POSITION,
        "The model's states were read at another place than in the test. Leave the semantic position to the profile.",
    ),
    (
        reasons::SAMPLES,
        "More or fewer answers were drawn than in the test, or in another way. Draw as many as the calibration did, at its \
         temperature.",
    ),
    (reasons::ENGINES, "Answers were compared in another way than in the test. Name the engines of the calibration."),
    (
        reasons::NO_METHODS,
        "No scores were asked for, and a judgment is made of scores. Ask for some, or leave the choice to the model.",
    ),
    (
        reasons::MISSING,
        "A score that the judgment is made of has no value here: the answer is too short for it, or what it reads was not \
         supplied. Ask for an answer in a few more words, or supply all that the calibration reads.",
    ),
    (
        reasons::NOT_COMBINED,
        "The test fitted single scores only, and a judgment takes several at once. Calibrate with the scores that every \
         answer has.",
    ),
    (
        reasons::UNLIKE,
        "To the model, this question looks different from those of the test, so nothing is known of answers to it. Ask for \
         one fact in a short question, or judge the answer yourself.",
    ),
    (reasons::STOPPED, "The answer was cut off at a stop sequence, which no answer was in the test. Ask without one."),
];

/// For this reason.
pub fn sentence(reason: Option<&str>) -> String {
    let reason = reason.unwrap_or(reasons::NONE);
    if let Some(this) = reason.strip_prefix(reasons::MADE_FOR_FACTS) {
        return format!(
            "Only answers to short English questions of fact were tested, and {this} Judge the answer yourself."
        );
    }
    let known = KNOWN.iter().find(|known| known.0 == reason);
    known.map_or_else(|| format!("{reason} {FALLBACK}"), |known| known.1.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::Kind;

    #[test]
    fn every_reason_has_a_sentence_and_says_what_to_do() {
        for (name, reason) in reasons::all() {
            let told = sentence(Some(reason));
            let sentences = told.matches(". ").count() + 1;
            assert!((2..=3).contains(&sentences) && told.ends_with('.'), "{name}: {told}");
        }
        assert!(KNOWN.iter().all(|(reason, told)| !told.contains(reason)));
    }

    #[test]
    fn another_kind_of_question_is_named() {
        let told = "Only answers to short English questions of fact were tested, and this asks for an opinion. Judge the \
                    answer yourself.";
        let not_fact = |kind| reasons::other_kind(&[Kind::Fact], kind);
        assert_eq!(sentence(Some(not_fact(Kind::Opinion))), told);
        let unnamed = |kind: &Kind| !not_fact(*kind).starts_with(reasons::MADE_FOR_FACTS);
        assert_eq!(Kind::ALL.into_iter().filter(unnamed).collect::<Vec<_>>(), [Kind::Fact]);
    }

    #[test]
    fn what_is_not_known_is_told_as_it_is() {
        let new = "It rains.";
        assert_eq!(sentence(Some(new)), "It rains. Check the answer in another way.");
        assert_eq!(sentence(None), sentence(Some(reasons::NONE)));
    }
}
