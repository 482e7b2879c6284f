//! Why there is no confidence: all the sentences that `confidence_reason` can have.

use crate::kinds::Kind;

/// No profile, or one without a calibration of this kind of answer.
pub const NONE: &str = "No calibration was given for this model.";
/// The profile has another key.
pub const OTHER_KEY: &str = "The profile was made for another prefix or chat template.";
/// Calibrated for the model's own answers alone.
pub const GIVEN: &str = "The answer was given, and the calibration was fitted to the model's own answers.";
/// Calibrated for given answers alone.
pub const OWN: &str = "The model wrote the answer, and the calibration was fitted to given answers.";
/// Drawn at another temperature.
pub const TEMPERATURE: &str = "The answer was drawn at another temperature than those of calibration.";
/// The system message differs.
pub const SYSTEM: &str = "The system message is another than that of calibration.";
/// More than one message, or ids.
pub const CONVERSATION: &str = "The calibration was fitted to single questions, not to conversations or token ids.";
/// It did not come to its end, so that there is nothing to be right or wrong.
pub const CUT: &str = "The answer was cut off at the longest length that it was allowed.";
/// Calibration would have cut it off.
pub const LENGTH: &str = "The answer is longer than answers were allowed to be in calibration.";
/// The gradient was looked at elsewhere.
pub const POSITION: &str = "The semantic position is another than that of calibration.";
/// More or fewer samples, or of another temperature.
pub const SAMPLES: &str = "The samples were not drawn as in calibration.";
/// Other engines, or calibration does not say which.
pub const ENGINES: &str = "Texts were not compared by the engine of calibration.";
/// The request lists no methods.
pub const NO_METHODS: &str = "No scores were asked for.";
/// A score has no value, or could not be computed.
pub const MISSING: &str = "A score that the confidence is made of has no value for this answer.";
/// This method has no map.
pub const NOT_FITTED: &str = "This score was not calibrated.";
/// The questions of calibration had none of the scores.
pub const NOT_COMBINED: &str = "The calibration has maps of single scores only.";
/// NaN.
pub const UNDEFINED: &str = "The score has no value for this answer.";
/// Chat completions end where a text says so, which calibration never did.
pub const STOPPED: &str = "The answer was cut off at a stop sequence.";
/// How the reasons begin that name a kind of question.
pub const MADE_FOR_FACTS: &str = "This confidence was made for short English questions of fact; ";
/// The questions of calibration were of other kinds.
pub const OTHER_KIND: &str = "The calibration was fitted to other kinds of questions.";
/// Fitted to questions of fact alone: opinion.
pub const OPINION: &str = "This confidence was made for short English questions of fact; this asks for an opinion.";
/// Fitted to questions of fact alone: creative.
pub const CREATIVE: &str =
    "This confidence was made for short English questions of fact; this asks for something made up.";
/// Fitted to questions of fact alone: advice.
pub const ADVICE: &str = "This confidence was made for short English questions of fact; this asks for advice.";
/// Fitted to questions of fact alone: task.
pub const TASK: &str =
    "This confidence was made for short English questions of fact; this asks for a longer piece of work.";
/// Fitted to questions of fact alone: arithmetic.
pub const ARITHMETIC: &str = "This confidence was made for short English questions of fact; this is a calculation.";
/// Fitted to questions of fact alone: code.
pub const CODE: &str = "This confidence was made for short English questions of fact; this is about programming.";
/// Fitted to questions of fact alone: translation.
pub const TRANSLATION: &str =
    "This confidence was made for short English questions of fact; this asks for a translation.";
/// Fitted to questions of fact alone: language.
pub const LANGUAGE: &str = "This confidence was made for short English questions of fact; this is in another language.";
/// Fitted to questions of fact alone: context.
pub const CONTEXT: &str =
    "This confidence was made for short English questions of fact; this leans on something that is not there.";
/// Fitted to questions of fact alone: long.
pub const LONG: &str =
    "This confidence was made for short English questions of fact; this is a long question, or several at once.";
/// Fitted to questions of fact alone: small talk.
pub const SMALL_TALK: &str = "This confidence was made for short English questions of fact; this is small talk.";
/// Fitted to questions of fact alone: unknowable.
pub const UNKNOWABLE: &str =
    "This confidence was made for short English questions of fact; this is something that nobody can look up.";

/// Why a question of this kind has no confidence where the calibration was fitted to questions of these kinds.
pub fn other_kind(fitted: &[Kind], kind: Kind) -> &'static str {
    match kind {
        _ if fitted != [Kind::Fact] => OTHER_KIND,
        // It would fit.
        Kind::Fact => OTHER_KIND,
        Kind::Opinion => OPINION,
        Kind::Creative => CREATIVE,
        Kind::Advice => ADVICE,
        Kind::Task => TASK,
        Kind::Arithmetic => ARITHMETIC,
        Kind::Code => CODE,
        Kind::Translation => TRANSLATION,
        Kind::Language => LANGUAGE,
        Kind::Context => CONTEXT,
        Kind::Long => LONG,
        Kind::SmallTalk => SMALL_TALK,
        Kind::Unknowable => UNKNOWABLE,
    }
}

/// All of them by name, as TypeScript has them too.
pub const ALL: [(&str, &str); 31] = [
    ("none", NONE),
    ("other_key", OTHER_KEY),
    ("given", GIVEN),
    ("own", OWN),
    ("temperature", TEMPERATURE),
    ("system", SYSTEM),
    ("conversation", CONVERSATION),
    ("cut", CUT),
    ("length", LENGTH),
    ("position", POSITION),
    ("samples", SAMPLES),
    ("engines", ENGINES),
    ("no_methods", NO_METHODS),
    ("missing", MISSING),
    ("not_fitted", NOT_FITTED),
    ("not_combined", NOT_COMBINED),
    ("undefined", UNDEFINED),
    ("stopped", STOPPED),
    ("other_kind", OTHER_KIND),
    ("opinion", OPINION),
    ("creative", CREATIVE),
    ("advice", ADVICE),
    ("task", TASK),
    ("arithmetic", ARITHMETIC),
    ("code", CODE),
    ("translation", TRANSLATION),
    ("language", LANGUAGE),
    ("context", CONTEXT),
    ("long", LONG),
    ("small_talk", SMALL_TALK),
    ("unknowable", UNKNOWABLE),
];
