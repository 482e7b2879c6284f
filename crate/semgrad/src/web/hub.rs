//! The model of a repository: the caller brings the list of its files.

use super::convert::from_js;
use crate::hub::{self, Listed, Repository, Wanted};
use semgrad_scores::web::to_js;
use wasm_bindgen::prelude::*;

/// Which files of a repository are wanted: see [`hub::choose`]. `memory`: bytes that the machine has, where it says so.
///
/// # Errors
/// As there.
#[wasm_bindgen]
pub fn choose(files: JsValue, repository: JsValue, wanted: JsValue, memory: Option<f64>) -> Result<JsValue, JsValue> {
    let files: Vec<Listed> = from_js(files)?;
    let (repository, wanted): (Repository, Wanted) = (from_js(repository)?, from_js(wanted)?);
    let room = hub::room(memory.unwrap_or(f64::INFINITY));
    hub::choose(&files, &repository, wanted, room).map(|choice| to_js(&choice)).map_err(|error| to_js(&error))
}
