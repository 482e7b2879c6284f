//! Calibration in the browser: from labeled answers to a profile's entry, and profiles for a model that is loaded.

use super::Model;
use super::convert::to_js;
use crate::confidence::write::object;
use crate::confidence::{fit, input};
use crate::profile::Profile;
use semgrad_scores::lexical;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// Fits a calibration to labeled answers (JSON): `{ calibration, report }`.
///
/// # Errors
/// As [`input::rows`], [`input::options`] and [`fit::fit`].
#[wasm_bindgen]
pub fn calibrate(rows: &str, options: &str) -> Result<JsValue, JsValue> {
    let fitted = input::rows(rows).and_then(|rows| fit::fit(&rows, &input::options(options)?));
    let (calibration, report) = fitted.map_err(|error| to_js(&error))?;
    Ok(to_js(&object(vec![("calibration", calibration.to_json()), ("report", report.to_json())])))
}

/// Whether an answer contains one of the accepted ones: see [`lexical::contained`].
#[wasm_bindgen]
pub fn contains(answer: &str, accepted: Vec<String>) -> bool {
    lexical::contained(&accepted, answer)
}

#[wasm_bindgen]
impl Model {
    /// From now on, this profile (JSON) says where questions have their meaning and what scores mean; none forgets the
    /// one before. That it belongs to these weights is checked by the caller.
    ///
    /// # Errors
    /// As [`Profile::parse`].
    #[wasm_bindgen(js_name = setProfile)]
    pub fn set_profile(&self, json: Option<String>) -> Result<(), JsValue> {
        let profile = json.as_deref().map(Profile::parse).transpose().map_err(|error| to_js(&error))?;
        self.0.profile.replace(profile.map(Rc::new));
        Ok(())
    }
}
