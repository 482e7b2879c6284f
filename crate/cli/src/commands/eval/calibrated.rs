//! Confidences of answers whose scores are older than the calibration: a profile that is named is applied to what is in
//! the lines, under the conditions that hold when the model answers; or confidences that calibration itself gave, each by
//! a fit that did not see the question.

use crate::evaluate::answered::Answered;
use crate::evaluate::settings::Settings;
use crate::models::Located;
use crate::stop::Stop;
use semgrad::confidence::calibration::{Answers, Calibration};
use semgrad::methods::select;
use semgrad::profile::Profile;
use semgrad::text::Text;
use semgrad::weights::checkpoint::Checkpoint;
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashMap;
use std::path::Path;

/// A profile with calibrations.
pub struct Calibrated {
    profile: Profile,
    file: String,
}

impl Calibrated {
    /// Reads the profile at `path`, which has to belong to the model and prefix of `settings`. Nothing when it holds no
    /// calibration.
    pub fn open(path: &Path, model: &Located, settings: &Settings) -> Result<Option<Self>, Stop> {
        let json = crate::jsonl::text(path).map_err(Stop::Failed)?;
        let profile = Profile::parse(&json).map_err(Stop::Failed)?;
        if profile.calibrations.is_empty() {
            return Ok(None);
        }
        let files = model.files()?;
        let template = pollster::block_on(async {
            let checkpoint = Checkpoint::open(files).await?;
            Ok(Text::new(&checkpoint.text)?.and_then(|text| text.template_hash()))
        })
        .map_err(Stop::Failed)?;
        let key = &profile.key;
        if key.weights != settings.weights || key.prefix != settings.prefix || key.template != template {
            let message = format!("the profile {} belongs to another model, template or prefix.", path.display());
            return Err(Stop::bad_input(message, "Name the one that was fitted for these answers."));
        }
        let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Some(Self { profile, file }))
    }

    /// The confidence of an answer, if it came about as those of calibration did.
    pub fn confidence(&self, line: &Value, answered: &Answered, settings: &Settings) -> Option<f64> {
        let answers = if answered.finish_reason == "given" { Answers::Given } else { Answers::Own };
        let calibration = self.profile.calibration(answers)?;
        let conditions = &calibration.conditions;
        let lengths = answered.lengths();
        let other = conditions.mismatch(answers, 0.0, settings.system.as_deref());
        let other_kind = || conditions.other_kind(answered.kind()?);
        let other_end = || conditions.other_end(lengths.answer, answered.is_cut());
        let unlike = || calibration.unlike(answered.state.as_ref());
        if other.or_else(other_kind).or_else(other_end).or_else(unlike).is_some() {
            return None;
        }
        let position = line.get("semantic_position");
        let rule = position.and_then(|at| at.get("rule")?.as_str()).unwrap_or_default();
        let offset = position.and_then(|at| at.get("offset")?.as_i64()).unwrap_or_default();
        let stays = conditions.same_position(rule, offset);
        let score = |id: &str| {
            answered
                .scores
                .get(id)
                .and_then(|scored| scored.score)
                .filter(|_| comparable(calibration, id, stays, settings))
        };
        calibration.apply(&score, lengths, answered.state.as_ref(), &calibration.verdict).confidence
    }

    /// What the reader should know.
    pub fn note(&self) -> String {
        let fitted = self.profile.calibrations.iter().map(|calibration| {
            let sets: Vec<String> = calibration
                .fitted
                .sets
                .iter()
                .map(|set| format!("{} questions of {}", set.questions, set.name))
                .collect();
            format!("{} on {}", sets.join(", "), calibration.fitted.date)
        });
        format!("confidence: {}, fitted to {}", self.file, fitted.collect::<Vec<_>>().join("; "))
    }
}

/// Confidences from a file.
pub struct Confidences {
    by_question: HashMap<(String, String), f64>,
    file: String,
}

impl Confidences {
    /// Reads the lines that `semgrad calibrate --confidences` wrote.
    pub fn open(path: &Path) -> Result<Self, Stop> {
        #[derive(Deserialize)]
        struct Line {
            set: String,
            id: String,
            confidence: f64,
        }
        let mut by_question = HashMap::new();
        for line in crate::jsonl::read(path)? {
            let number = line.number;
            let line: Option<Line> = crate::jsonl::object(&line).ok();
            let Some(line) = line.filter(|line| (0.0..=1.0).contains(&line.confidence)) else {
                let message = format!("line {number} of {} is no confidence of a question.", path.display());
                let advice = "Name the file that `semgrad calibrate --confidences` wrote.";
                return Err(Stop::bad_input(message, advice));
            };
            by_question.insert((line.set, line.id), line.confidence);
        }
        let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Self { by_question, file })
    }

    /// That of a question.
    pub fn get(&self, answered: &Answered) -> Option<f64> {
        self.by_question.get(&(answered.set.clone(), answered.id.clone())).copied()
    }

    /// What the reader should know.
    pub fn note(&self) -> String {
        format!("confidence: each by a calibration that did not see the question ({})", self.file)
    }
}

/// Whether a score of these answers can be compared with that of calibration.
fn comparable(calibration: &Calibration, id: &str, stays: bool, settings: &Settings) -> bool {
    let Ok(methods) = select(&[id]) else { return false };
    let conditions = &calibration.conditions;
    let temperature = settings.temperature.unwrap_or(1.0);
    let drawn = settings.samples.is_some_and(|samples| conditions.same_samples(samples, temperature));
    methods.iter().all(|method| {
        // Which engine compared texts is not in the lines.
        (stays || !method.needs.iter().any(|need| need.at_position()))
            && (drawn || !method.needs.iter().any(|need| need.sampled()))
            && method.engines().is_empty()
    })
}
