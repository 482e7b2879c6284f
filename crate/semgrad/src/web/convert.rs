//! Values from JavaScript, by serde.

use crate::error::{Code, Error};
use js_sys::{Array, JSON, Object, Reflect};
use semgrad_scores::names::Named;
use semgrad_scores::record::Request;
use semgrad_scores::record::faults::{Parts, explain};
use semgrad_scores::web::to_js;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;

/// Reads a value; the error is already a JavaScript object.
pub fn from_js<T: DeserializeOwned>(value: JsValue) -> Result<T, JsValue> {
    serde_wasm_bindgen::from_value(value).map_err(|error| {
        to_js(&Error::new(Code::BadInput, format!("an argument is not usable ({error})."), "See the package's types."))
    })
}

/// Reads a request; the error is already a JavaScript object.
pub fn request(value: &Js) -> Result<Request, JsValue> {
    let read = |value: &Js| serde_wasm_bindgen::from_value::<Request>(value.0.clone());
    // As JavaScript writes errors, with their class before them.
    let said = |error: serde_wasm_bindgen::Error| error.to_string().trim_start_matches("Error: ").to_owned();
    read(value).map_err(|_| to_js(&explain(value, |value| read(value).err().map(said))))
}

/// A value whose names can be looked at before it is read. What throws when it is asked has none.
pub struct Js(pub JsValue);

impl Named for Js {
    fn names(&self) -> Vec<String> {
        // A list has its places for names. What is no object throws, and every throw would keep a place of the bindings' table.
        let has_names = self.0.is_object() && !Array::is_array(&self.0);
        let own = has_names.then(|| Reflect::own_keys(&self.0).ok()).flatten();
        own.iter().flat_map(|names| names.iter()).filter_map(|name| name.as_string()).collect()
    }

    fn field(&self, name: &str) -> Option<Self> {
        if !self.0.is_object() {
            return None;
        }
        Reflect::get(&self.0, &name.into()).ok().map(Self)
    }

    fn items(&self) -> Vec<Self> {
        let list = Array::is_array(&self.0).then(|| Array::from(&self.0));
        list.iter().flat_map(|list| list.iter()).map(Self).collect()
    }
}

impl Parts for Js {
    fn parts(&self) -> Vec<(String, Self)> {
        let items = self.items().into_iter().enumerate().map(|(i, item)| (i.to_string(), item));
        let fields = self.names().into_iter().filter_map(|name| Some((name.clone(), self.field(&name)?)));
        // A list has no names, and an object no items; a text has names of its own, which are no parts.
        if self.0.is_object() { items.chain(fields).collect() } else { Vec::new() }
    }

    fn only(&self, part: Option<(&str, &Self)>) -> Self {
        if Array::is_array(&self.0) {
            return Self(part.into_iter().map(|part| part.1.0.clone()).collect::<Array>().into());
        }
        if !self.0.is_object() {
            return Self(self.0.clone());
        }
        let object = Object::new();
        if let Some((name, field)) = part {
            // An object of our own takes any field.
            let _ = Reflect::set(&object, &name.into(), &field.0);
        }
        Self(object.into())
    }

    fn shown(&self) -> String {
        JSON::stringify(&self.0).ok().and_then(|text| text.as_string()).unwrap_or_default()
    }
}
