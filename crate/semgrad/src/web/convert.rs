//! Values across the boundary, by serde.

use crate::error::{Code, Error};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;

/// A plain JavaScript value: maps become objects, missing values `null`, not-a-number `null` as in JSON.
pub fn to_js(value: &impl Serialize) -> JsValue {
    // Through JSON, so that the browser and the command line write exactly the same line.
    let text = serde_json::to_string(value).unwrap_or_else(|_| "null".into());
    js_sys::JSON::parse(&text).unwrap_or(JsValue::NULL)
}

/// Reads a value; the error is already a JavaScript object.
pub fn from_js<T: DeserializeOwned>(value: JsValue) -> Result<T, JsValue> {
    serde_wasm_bindgen::from_value(value).map_err(|error| {
        to_js(&Error::new(Code::BadInput, format!("an argument is not usable ({error})."), "See the package's types."))
    })
}
