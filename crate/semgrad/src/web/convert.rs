//! Values from JavaScript, by serde.

use crate::error::{Code, Error};
use js_sys::{Array, Reflect};
use semgrad_scores::names::Named;
use semgrad_scores::web::to_js;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;

/// Reads a value; the error is already a JavaScript object.
pub fn from_js<T: DeserializeOwned>(value: JsValue) -> Result<T, JsValue> {
    serde_wasm_bindgen::from_value(value).map_err(|error| {
        to_js(&Error::new(Code::BadInput, format!("an argument is not usable ({error})."), "See the package's types."))
    })
}

/// A value whose names can be looked at before it is read. What throws when it is asked has none.
pub struct Js(pub JsValue);

impl Named for Js {
    fn names(&self) -> Vec<String> {
        // A list has its places for names.
        let own = Reflect::own_keys(&self.0).ok().filter(|_| !Array::is_array(&self.0));
        own.iter().flat_map(|names| names.iter()).filter_map(|name| name.as_string()).collect()
    }

    fn field(&self, name: &str) -> Option<Self> {
        Reflect::get(&self.0, &name.into()).ok().map(Self)
    }

    fn items(&self) -> Vec<Self> {
        let list = Array::is_array(&self.0).then(|| Array::from(&self.0));
        list.iter().flat_map(|list| list.iter()).map(Self).collect()
    }
}
