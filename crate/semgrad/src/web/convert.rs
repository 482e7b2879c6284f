//! Values from JavaScript, by serde.

use crate::error::{Code, Error};
use semgrad_scores::web::to_js;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;

/// Reads a value; the error is already a JavaScript object.
pub fn from_js<T: DeserializeOwned>(value: JsValue) -> Result<T, JsValue> {
    serde_wasm_bindgen::from_value(value).map_err(|error| {
        to_js(&Error::new(Code::BadInput, format!("an argument is not usable ({error})."), "See the package's types."))
    })
}
