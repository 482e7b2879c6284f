//! Which profile belongs to a model: the one that is named, the one beside its weights, or the one that this program
//! carries for them.

use crate::jsonl::text;
use crate::models::Located;
use crate::models::known::Known;
use crate::stop::Stop;
use semgrad::profile::Profile;
use serde::Deserialize;
use std::path::Path;

/// Those that the package ships as well (`build.rs`).
const SHIPPED: &[&str] = include!(concat!(env!("OUT_DIR"), "/profiles.rs"));

/// The profile in use. `wanted`: a file, `none`, or nothing for the one beside the weights, or else the shipped one.
pub fn of(model: &Located, wanted: Option<&Path>) -> Result<Option<Profile>, Stop> {
    match own(model, wanted)? {
        None if wanted.is_none() => shipped(model),
        profile => Ok(profile),
    }
}

/// The same without the shipped ones, which were fitted to the questions that evaluations ask.
pub fn own(model: &Located, wanted: Option<&Path>) -> Result<Option<Profile>, Stop> {
    let path = match wanted {
        Some(path) if path.as_os_str() == "none" => return Ok(None),
        Some(path) => path.to_owned(),
        None => model.profile_path(),
    };
    if wanted.is_none() && !path.exists() {
        return Ok(None);
    }
    let json = text(&path).map_err(|error| {
        let message = format!("the profile cannot be read: {}", error.message);
        Stop::bad_input(message, "Check the path, or use --profile none.")
    })?;
    let profile = Profile::parse(&json).map_err(Stop::Failed)?;
    if profile.key.weights != model.hash()? {
        eprintln!("warning: the profile {} belongs to other weights and is not used.", path.display());
        return Ok(None);
    }
    Ok(Some(profile))
}

/// The profile that comes with this program, if there is one for these weights.
fn shipped(model: &Located) -> Result<Option<Profile>, Stop> {
    let all: Vec<(String, &str)> = SHIPPED.iter().filter_map(|json| Some((weights(json)?, *json))).collect();
    // Only files of known sizes are read for their hash: that takes as long as the disk does.
    let is_likely = |size: u64| {
        let mut known = Known::all().iter().filter(|known| known.size == size);
        known.any(|known| all.iter().any(|(weights, _)| *weights == known.sha256))
    };
    let Some(hash) = model.hash_if(is_likely)? else { return Ok(None) };
    let found = all.iter().find(|(weights, _)| weights == hash);
    found.map(|(_, json)| Profile::parse(json)).transpose().map_err(Stop::Failed)
}

/// Whose profile it is, without reading the rest.
fn weights(json: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Head {
        key: Key,
    }
    #[derive(Deserialize)]
    struct Key {
        weights: String,
    }
    serde_json::from_str(json).ok().map(|Head { key }| key.weights)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    #[test]
    fn shipped_profiles_belong_to_known_models() {
        assert!(SHIPPED.len() >= 3);
        for json in SHIPPED {
            let profile = Profile::parse(json).unwrap();
            let known = Known::all().iter().find(|known| known.sha256 == profile.key.weights);
            let known = known.unwrap_or_else(|| panic!("nobody would find the profile of {}", profile.key.weights));
            // The name of a known model stands for weights whose hash was compared before.
            let found = of(&Located::known(PathBuf::from(&known.cached), known), None);
            // By their texts: what was not measured is no number, which equals nothing.
            let written = |profile: &Profile| serde_json::to_string(profile).unwrap();
            let is_same = |found: Option<Profile>| found.is_some_and(|found| written(&found) == written(&profile));
            assert!(found.is_ok_and(is_same), "{}", known.name);
        }
    }

    #[test]
    fn nothing_else_has_one() {
        let folder = std::env::temp_dir().join(format!("semgrad-profile-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let known = &Known::all()[0];
        let path = folder.join(&known.cached);
        // Of the right size, and sparse.
        std::fs::File::create(&path).unwrap().set_len(known.size).unwrap();
        for (path, wanted) in [(&path, None), (&PathBuf::from(&known.cached), Some("none"))] {
            let model = match wanted {
                None => Located::new(path.clone()),
                Some(_) => Located::known(path.clone(), known),
            };
            assert!(of(&model, wanted.map(Path::new)).is_ok_and(|found| found.is_none()), "{wanted:?}");
        }
        let shipped = Located::known(PathBuf::from(&known.cached), known);
        assert!(own(&shipped, None).is_ok_and(|found| found.is_none()));
        std::fs::remove_dir_all(folder).unwrap();
    }
}
