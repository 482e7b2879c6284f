//! `settings.json`: what the answers of a folder have in common, so that no other answers are mixed in.

use crate::adapters;
use crate::jsonl::write_file;
use crate::models::Located;
use crate::stop::Stop;
use semgrad::answer::record::Request;
use semgrad::model::decoder::Decoder;
use semgrad::weights::checkpoint::Checkpoint;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Name of the file.
pub const FILE: &str = "settings.json";
/// Most tokens of an answer when nobody says.
const MAX_TOKENS: usize = 64;

/// How the questions of a folder were asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// File or folder name.
    pub model: String,
    /// SHA-256.
    pub weights: String,
    /// Number of weights.
    pub parameters: u64,
    pub prefix: String,
    pub system: Option<String>,
    /// Hash of the adapter that the model ran with.
    #[serde(default)]
    pub adapter: Option<String>,
    pub max_tokens: usize,
    pub samples: Option<usize>,
    pub temperature: Option<f64>,
    pub seed: Option<u64>,
    /// What answered; null when all answers were scored before.
    pub hardware: Option<String>,
    /// Encoders that judge, by the names of their folders.
    pub embed: Option<String>,
    pub nli: Option<String>,
}

impl Settings {
    /// What is asked for now, with what the folder says where nothing is; the latter too. `encoders`: the names of those
    /// for `embed` and `nli`; `adapter`: what runs on top of the model.
    pub fn open(
        encoders: [Option<String>; 2],
        adapter: Option<&Path>,
        model: &Located,
        request: &Request,
        path: &Path,
    ) -> Result<(Self, Option<Self>), Stop> {
        let before = read(path)?;
        let checkpoint = pollster::block_on(Checkpoint::open(model.files()?)).map_err(Stop::Failed)?;
        let adapter = adapter.map(|path| adapters::read(path, &checkpoint.config)).transpose()?;
        let [embed, nli] = encoders;
        let old = before.as_ref();
        let settings = Self {
            model: model.name(),
            weights: model.hash()?.to_owned(),
            parameters: Decoder::parameters(&checkpoint),
            prefix: request.prefix.clone().or(old.map(|old| old.prefix.clone())).unwrap_or_default(),
            system: request.system.clone().or(old.and_then(|old| old.system.clone())),
            adapter: adapter.map(|adapter| adapter.hash()),
            max_tokens: request.max_tokens.or(old.map(|old| old.max_tokens)).unwrap_or(MAX_TOKENS),
            samples: request.samples.or(old.and_then(|old| old.samples)),
            temperature: request.temperature.or(old.and_then(|old| old.temperature)),
            seed: request.seed.or(old.and_then(|old| old.seed)),
            hardware: old.and_then(|old| old.hardware.clone()),
            embed: embed.or(old.and_then(|old| old.embed.clone())),
            nli: nli.or(old.and_then(|old| old.nli.clone())),
        };
        if let Some(old) = &before {
            settings.check(old, path)?;
        }
        Ok((settings, before))
    }

    /// Answers of different kinds do not mix.
    fn check(&self, old: &Self, path: &Path) -> Result<(), Stop> {
        let drawn = |new: bool, old: bool| old && new;
        let differs = [
            ("the model", self.weights != old.weights),
            ("the adapter", self.adapter != old.adapter),
            ("the prefix", self.prefix != old.prefix),
            ("the system message", self.system != old.system),
            ("--max-tokens", self.max_tokens != old.max_tokens),
            ("--samples", drawn(self.samples != old.samples, old.samples.is_some())),
            ("--temperature", drawn(self.temperature != old.temperature, old.samples.is_some())),
            ("--seed", drawn(self.seed != old.seed, old.samples.is_some())),
        ];
        let names: Vec<_> = differs.iter().filter(|(_, differs)| *differs).map(|(name, _)| *name).collect();
        match names.is_empty() {
            true => Ok(()),
            false => Err(Stop::bad_input(
                format!(
                    "{} holds answers that were asked for differently: {} differs.",
                    path.display(),
                    names.join(", ")
                ),
                "Name another folder with --out, or repeat what was asked for first.",
            )),
        }
    }

    /// Writes the file.
    pub fn write(&self, path: &Path) -> Result<(), Stop> {
        write_file(path, self)
    }
}

/// Those of a folder; none where nothing was asked in it.
pub fn read(path: &Path) -> Result<Option<Settings>, Stop> {
    if !path.exists() {
        return Ok(None);
    }
    let text = crate::jsonl::text(path).map_err(Stop::Failed)?;
    serde_json::from_str(&text).map(Some).map_err(|error| {
        let message = format!("{} is not what an evaluation writes ({error}).", path.display());
        Stop::bad_input(message, "Name another folder, or move the file away.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_different_kinds_do_not_mix() {
        let old = Settings {
            model: "m.gguf".into(),
            weights: "1".into(),
            parameters: 1,
            prefix: String::new(),
            system: None,
            adapter: None,
            max_tokens: 64,
            samples: None,
            temperature: None,
            seed: None,
            hardware: None,
            embed: None,
            nli: None,
        };
        let check = |new: &Settings, old: &Settings| match new.check(old, Path::new(FILE)) {
            Ok(()) => String::new(),
            Err(Stop::Failed(error)) => error.message,
            Err(_) => panic!("another error"),
        };
        assert_eq!(check(&old, &old), "");
        // Samples may be added later, with another encoder, but not be others.
        let sampled = Settings { samples: Some(10), seed: Some(1), embed: Some("e".into()), ..old.clone() };
        assert_eq!(check(&sampled, &old), "");
        assert!(check(&Settings { samples: Some(5), ..sampled.clone() }, &sampled).ends_with("--samples differs."));
        let adapted = Settings { adapter: Some("1".into()), ..old.clone() };
        assert!(check(&adapted, &old).ends_with("the adapter differs."));
        let other = Settings { prefix: "Q: ".into(), max_tokens: 8, ..old.clone() };
        assert!(check(&other, &old).ends_with("the prefix, --max-tokens differs."));
    }
}
