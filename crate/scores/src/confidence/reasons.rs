//! Why there is no confidence: all the sentences that `confidence_reason` can have.

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
/// It would have been cut off at another place.
pub const LENGTH: &str = "The answer was cut off, or is longer than answers were allowed to be in calibration.";
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

/// All of them by name, as TypeScript has them too.
pub const ALL: [(&str, &str); 17] = [
    ("none", NONE),
    ("other_key", OTHER_KEY),
    ("given", GIVEN),
    ("own", OWN),
    ("temperature", TEMPERATURE),
    ("system", SYSTEM),
    ("conversation", CONVERSATION),
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
];
