//! Models on this machine: the file or folder that somebody names, or a known model, which is downloaded once.

mod cache;
mod download;
pub mod known;
mod located;

pub use located::Located;

use crate::stop::Stop;
use known::Known;
use semgrad::{Code, Error};
use std::path::Path;

/// Finds a model by a path or by a known name, and downloads the latter where it is not there yet. What lies at a path
/// comes first: a folder may have the name of the model in it.
pub fn locate(model: &Path) -> Result<Located, Stop> {
    if model.exists() {
        return Ok(Located::new(model.to_owned()));
    }
    let known = model.to_str().and_then(Known::find).ok_or_else(|| unknown(model)).map_err(Stop::Failed)?;
    let path = cache::folder().and_then(|folder| download::fetch(known, &folder)).map_err(Stop::Failed)?;
    Ok(Located::known(path, known))
}

fn unknown(model: &Path) -> Error {
    let names: Vec<&str> = Known::all().iter().map(|known| known.name.as_str()).collect();
    Error::new(
        Code::BadInput,
        format!("there is no model {model:?}: no file or folder of that name is here, and it is no known name."),
        format!("Known names are {}. Anything else is the path of a GGUF file or of a folder.", names.join(", ")),
    )
}
