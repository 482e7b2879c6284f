//! What was measured once for a model: where the question's meaning sits in its prompt, and what its scores mean.

use crate::confidence::calibration::{Answers, Calibration};
use crate::error::{Code, Error, Result};
use crate::input::unmarked;
use semgrad_scores::given::judge::Judge;
use serde::{Deserialize, Serialize};

/// A model's profile, one small JSON file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Which model and prompt it belongs to.
    pub key: Key,
    /// Chosen semantic position, if it was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub semantic_position: Option<SemanticPosition>,
    /// The preservation scores it was chosen from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sps: Option<SpsMap>,
    /// What scores mean, by kind of answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calibrations: Vec<Calibration>,
    /// What the model is worth as a judge of answers that others wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<Judge>,
}

/// What a profile was fitted on; with another key it does not apply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// SHA-256 of the weight file, hexadecimal (of the concatenated shards for a folder).
    pub weights: String,
    /// SHA-256 of the chat template; null without one.
    pub template: Option<String>,
    /// Text put before every question.
    pub prefix: String,
    /// [Hash](crate::adapter::Adapter::hash) of the adapter in use; none without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adapter: Option<String>,
}

/// A position counted from the prompt's end, and the layers that belong to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SemanticPosition {
    /// −1 is the last prompt token.
    pub offset: i64,
    /// The token that stands there in every prompt; null where the question's own words do.
    pub token: Option<String>,
    /// Mean preservation score over `layers`.
    pub score: f64,
    /// First and last hidden state that the score averages, the upper half.
    pub layers: [usize; 2],
    /// Why this position won.
    pub rule: String,
}

/// Semantic preservation by layer (0..=L) and by position (the last column is the last prompt token).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpsMap {
    /// Questions used.
    pub questions: usize,
    /// Paraphrases per question.
    pub paraphrases: usize,
    /// `within − across`.
    pub sps: Vec<Vec<f64>>,
}

impl Profile {
    /// Reads a profile.
    ///
    /// # Errors
    /// `bad_input` when it is not one.
    pub fn parse(json: &str) -> Result<Self> {
        let bad = |what: String| {
            Error::new(
                Code::BadInput,
                format!("the profile is not usable: {what}."),
                "Make it again with `semgrad sps` or `semgrad calibrate`.",
            )
        };
        let profile: Self = serde_json::from_str(unmarked(json)).map_err(|e| bad(e.to_string()))?;
        if let Some(fault) = profile.given.as_ref().and_then(Judge::fault) {
            return Err(bad(fault.into()));
        }
        match profile.semantic_position.as_ref().map(|position| position.offset) {
            Some(offset) if offset >= 0 => Err(bad(format!("semantic_position.offset is {offset}, not negative"))),
            _ => Ok(profile),
        }
    }

    /// The calibration for such answers; where there is none, any, which says by its conditions why it does not fit.
    pub fn calibration(&self, answers: Answers) -> Option<&Calibration> {
        let fitting = self.calibrations.iter().find(|calibration| calibration.conditions.answers == answers);
        fitting.or(self.calibrations.first())
    }

    /// Puts a calibration in, in place of one for the same kind of answers.
    pub fn insert(&mut self, calibration: Calibration) {
        self.calibrations.retain(|old| old.conditions.answers != calibration.conditions.answers);
        self.calibrations.push(calibration);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::confidence::calibration::Conditions;

    const KEY: &str = r#""key":{"weights":"ab","template":null,"prefix":""}"#;
    const POSITION: &str = r#"{"offset":-3,"token":null,"score":0.5,"layers":[15,29],"rule":"best"}"#;

    #[test]
    fn parts_may_be_missing() {
        assert_eq!(Profile::parse(&format!("{{{KEY}}}")).unwrap().semantic_position, None);
        let sps = r#"{"questions":40,"paraphrases":5,"sps":[[0.1]]}"#;
        let old = Profile::parse(&format!(r#"{{{KEY},"semantic_position":{POSITION},"sps":{sps}}}"#)).unwrap();
        assert_eq!(old.semantic_position.as_ref().unwrap().offset, -3);
        assert!(old.calibrations.is_empty() && old.calibration(Answers::Own).is_none());
        assert_eq!(Profile::parse(&serde_json::to_string(&old).unwrap()).unwrap(), old);
    }

    #[test]
    fn broken_ones_are_refused() {
        let position = POSITION.replace("-3", "0");
        for broken in [
            "{}".to_owned(),
            format!(r#"{{{KEY},"semantic_position":{position}}}"#),
            format!(r#"{{{KEY},"calibrations":[{{}}]}}"#),
            format!(r#"{{{KEY},"calibrations":[7]}}"#),
        ] {
            assert_eq!(Profile::parse(&broken).unwrap_err().code, Code::BadInput, "{broken}");
        }
    }

    #[test]
    fn one_calibration_for_each_kind_of_answer() {
        let of = |answers, max_tokens| Calibration {
            conditions: Conditions { answers, max_tokens, ..Conditions::default() },
            ..Calibration::default()
        };
        let mut profile = Profile::parse(&format!("{{{KEY}}}")).unwrap();
        profile.insert(of(Answers::Given, None));
        assert_eq!(profile.calibration(Answers::Own).unwrap().conditions.answers, Answers::Given, "says why not");
        profile.insert(of(Answers::Own, None));
        profile.insert(of(Answers::Own, Some(9)));
        assert_eq!(profile.calibrations.len(), 2);
        assert_eq!(profile.calibration(Answers::Own).unwrap().conditions.max_tokens, Some(9));
    }
}
