//! Why there is no confidence: all the sentences that `confidence_reason` can have.

use crate::kinds::Kind;

/// No profile, or one without a calibration of this kind of answer.
pub const NONE: &str = "No calibration was given for this model.";
/// The profile has another key.
pub const OTHER_KEY: &str = "The profile was made for another prefix or chat template.";
/// The model was changed since.
pub const ADAPTER: &str = "The profile was made without the adapter in use, or with another one.";
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
/// The model reads the question as hardly any of calibration.
pub const UNLIKE: &str = "To the model, this question is unlike those of calibration.";
/// The questions of calibration were of other kinds.
pub const OTHER_KIND: &str = "The calibration was fitted to other kinds of questions.";

/// A sentence about a confidence that was fitted to questions of fact alone.
macro_rules! made_for_facts {
    ($this:literal) => {
        concat!("This confidence was made for short English questions of fact; ", $this)
    };
}

/// How the reasons begin that name a kind of question.
pub const MADE_FOR_FACTS: &str = made_for_facts!("");

/// By kind: why such a question has none where the calibration was fitted to questions of fact alone. A rule chose the
/// kind, so a sentence claims no more than holds for all that the rule takes for it.
const KINDS: [(Kind, &str); 13] = [
    (Kind::Opinion, made_for_facts!("this asks for an opinion.")),
    (Kind::Creative, made_for_facts!("this asks for something made up.")),
    (Kind::Advice, made_for_facts!("this asks for advice.")),
    (Kind::Task, made_for_facts!("this asks for a text, a list or an explanation.")),
    (Kind::Arithmetic, made_for_facts!("this is a calculation.")),
    (Kind::Code, made_for_facts!("this is about programming.")),
    (Kind::Translation, made_for_facts!("this asks for a translation.")),
    (Kind::Language, made_for_facts!("this is not in English.")),
    (Kind::Context, made_for_facts!("this seems to refer to something said or shown before.")),
    (Kind::Long, made_for_facts!("this is a long question, or several at once.")),
    (Kind::SmallTalk, made_for_facts!("this is small talk, or about you or the model.")),
    (Kind::Unknowable, made_for_facts!("this asks for what a model cannot know.")),
    (Kind::Other, made_for_facts!("this does not read like one.")),
];

/// Why a question of this kind has no confidence where the calibration was fitted to questions of these kinds.
pub fn other_kind(fitted: &[Kind], kind: Kind) -> &'static str {
    let told = KINDS.iter().find(|told| fitted == [Kind::Fact] && told.0 == kind);
    told.map_or(OTHER_KIND, |told| told.1)
}

/// All reasons by name, as TypeScript has them too: those of kinds have the names of kinds.
pub fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    GENERAL.into_iter().chain(KINDS.map(|(kind, told)| (kind.as_str(), told)))
}

/// Those that name no kind.
const GENERAL: [(&str, &str); 21] = [
    ("none", NONE),
    ("other_key", OTHER_KEY),
    ("adapter", ADAPTER),
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
    ("unlike", UNLIKE),
    ("other_kind", OTHER_KIND),
];
