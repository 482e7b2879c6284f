//! The profile that a calibration goes into.

use crate::jsonl::text;
use crate::stop::Stop;
use semgrad::profile::{Key, Profile};
use std::path::Path;

/// The profile to put the calibration into, a new one if none was named.
pub fn existing(path: Option<&Path>, key: &Key) -> Result<Profile, Stop> {
    let Some(path) = path else {
        return Ok(Profile {
            key: key.clone(),
            semantic_position: None,
            sps: None,
            calibrations: Vec::new(),
            given: None,
        });
    };
    let json = text(path).map_err(Stop::Failed)?;
    let profile = Profile::parse(&json).map_err(Stop::Failed)?;
    if profile.key != *key {
        let what = match () {
            _ if profile.key.weights != key.weights => "weights",
            _ if profile.key.prefix != key.prefix => "prefix",
            _ => "chat template",
        };
        let message = format!("the profile {} belongs to another {what}.", path.display());
        return Err(Stop::bad_input(message, "Leave --profile out to make a new one."));
    }
    Ok(profile)
}
