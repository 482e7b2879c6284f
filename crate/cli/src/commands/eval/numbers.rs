//! The numbers of all sets.

use super::calibrated::Calibrated;
use super::{Work, hardware, scored};
use crate::evaluate::answered::Answered;
use crate::evaluate::settings::Settings;
use crate::evaluate::store::Store;
use crate::evaluate::summarize::{Options, summarize};
use crate::evaluate::summary::{ModelSummary, Summary};
use crate::load::today;
use crate::progress::bar;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeSet;

impl Work<'_> {
    /// The numbers.
    pub fn summarize(&self, store: &Store, mut notes: Vec<String>) -> Summary {
        let options =
            Options { resamples: self.arguments.resamples as usize, seed: 0, versus: self.arguments.versus.clone() };
        let mut sets: Vec<Vec<Answered>> = Vec::new();
        for set in &self.sets {
            let lines = set.data.questions.iter().filter_map(|question| set.line(store, question));
            let answered: Vec<Answered> = lines.filter_map(|line| self.answered(line)).collect();
            let (name, asked, there) = (&set.data.name, set.data.questions.len(), answered.len());
            if there < asked {
                notes.push(format!("{name}: {} of {asked} questions have no answer", asked - there));
            }
            let unjudged = answered.iter().filter(|answered| answered.right(None).is_none()).count();
            if unjudged > 0 {
                notes.push(format!("{name}: {unjudged} answers were not judged: the judge needs other references"));
            }
            sets.push(answered);
        }
        notes.extend(match &self.confidences {
            Some(confidences) => Some(confidences.note()),
            None => self.calibrated.as_ref().map(Calibrated::note),
        });
        let lines = self.questions().filter_map(|(set, question)| set.line(store, question));
        notes.extend(scored::notes(lines));
        let all: Vec<&Answered> = sets.iter().flatten().collect();
        let devices: BTreeSet<&str> =
            all.iter().map(|answered| answered.device.as_str()).filter(|d| !d.is_empty()).collect();
        let asks =
            |engine: &str| self.sets.iter().any(|set| set.judges.iter().any(|judge| judge.engine() == Some(engine)));
        for (engine, encoder) in [("embed", &self.settings.embed), ("nli", &self.settings.nli)] {
            notes.extend(
                encoder.iter().filter(|_| asks(engine)).map(|name| format!("judging encoder ({engine}): {name}")),
            );
        }
        let spinner = bar("Measuring  {pos}/{len} sets  {bar:30}");
        spinner.set_length(sets.len() as u64 + 1);
        let measure = |name: &str, answered: &[&Answered]| {
            let found = summarize(name, answered, &options);
            spinner.inc(1);
            found
        };
        let summaries = self.sets.iter().zip(&sets);
        let summaries = summaries.map(|(set, answered)| measure(&set.data.name, &answered.iter().collect::<Vec<_>>()));
        let summaries = summaries.collect();
        let pooled = measure("pooled", &all);
        spinner.finish_and_clear();
        let Settings { model, weights, parameters, prefix, system, max_tokens, samples, temperature, hardware, .. } =
            self.settings.clone();
        let here = || format!("{} (this machine; the answers were scored before)", hardware::describe(None));
        Summary {
            model: ModelSummary { name: model, weights: Some(weights), parameters: Some(parameters) },
            prefix,
            system,
            max_tokens: Some(max_tokens),
            samples,
            temperature: samples.map(|_| temperature.unwrap_or(1.0)),
            date: today(),
            device: devices.into_iter().collect::<Vec<_>>().join(" + "),
            hardware: hardware.unwrap_or_else(here),
            resamples: options.resamples,
            sets: summaries,
            pooled,
            notes,
        }
    }

    /// A line, with the confidence of the file or the profile that was named.
    pub(super) fn answered(&self, line: &Value) -> Option<Answered> {
        let mut answered = Answered::deserialize(line).ok()?;
        if let Some(confidences) = &self.confidences {
            answered.confidence = confidences.get(&answered);
        } else if let Some(calibrated) = &self.calibrated {
            answered.confidence = calibrated.confidence(line, &answered, &self.settings);
        }
        Some(answered)
    }
}
