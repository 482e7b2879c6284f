//! Adapters for JavaScript.

use super::Model;
use super::host::{JsModelFile, model_file};
use crate::adapter::{self, gguf, peft};
use js_sys::{Array, Object, Reflect, Uint8Array};
use semgrad_scores::web::to_js;
use serde::Serialize;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// An adapter as numbers, on no device.
#[wasm_bindgen]
pub struct Adapter(pub(super) Rc<adapter::Adapter>);

#[derive(Serialize)]
struct Info<'a> {
    hash: String,
    base: Option<&'a str>,
    rank: usize,
    layers: Vec<usize>,
    parts: Vec<&'a str>,
}

#[wasm_bindgen]
impl Adapter {
    /// What is known of it.
    pub fn info(&self) -> JsValue {
        let (mut layers, mut parts) = (Vec::new(), Vec::new());
        for name in self.0.pairs.keys() {
            let number = name.strip_prefix("model.layers.").and_then(|rest| rest.split('.').next()?.parse().ok());
            layers.extend(number.filter(|number| !layers.contains(number)));
            parts.extend(name.rsplit('.').next().filter(|part| !parts.contains(part)));
        }
        layers.sort_unstable();
        let adapter::About { base, rank, .. } = &self.0.about;
        to_js(&Info { hash: self.0.hash(), base: base.as_deref(), rank: *rank, layers, parts })
    }

    /// The same one once more, for a call that takes it over.
    pub fn share(&self) -> Adapter {
        Self(self.0.clone())
    }

    /// PEFT's folder, `{ name, bytes }[]`, for a model of this configuration.
    ///
    /// # Errors
    /// As [`peft::write`].
    pub fn peft(&self, model: &Model) -> Result<Array, JsValue> {
        let files = peft::write(&self.0, &model.0.decoder.config).map_err(|error| to_js(&error))?;
        Ok(files.into_iter().map(|(name, bytes)| file(name, &bytes)).collect())
    }

    /// llama.cpp's file, for a model of this configuration.
    ///
    /// # Errors
    /// As [`gguf::write`].
    pub fn gguf(&self, model: &Model) -> Result<Vec<u8>, JsValue> {
        gguf::write(&self.0, &model.0.decoder.config).map_err(|error| to_js(&error))
    }
}

fn file(name: &str, bytes: &[u8]) -> JsValue {
    let file = Object::new();
    // An object of our own takes any field.
    let _ = Reflect::set(&file, &"name".into(), &name.into());
    let _ = Reflect::set(&file, &"bytes".into(), &Uint8Array::from(bytes));
    file.into()
}

#[wasm_bindgen]
impl Model {
    /// Reads an adapter of this model from its files.
    ///
    /// # Errors
    /// As [`adapter::Adapter::open`].
    #[wasm_bindgen(js_name = openAdapter)]
    pub async fn open_adapter(&self, files: Vec<JsModelFile>) -> Result<Adapter, JsValue> {
        let core = self.0.clone();
        let files = files.into_iter().map(model_file).collect();
        let opened = adapter::Adapter::open(files, &core.decoder.config).await;
        opened.map(|adapter| Adapter(Rc::new(adapter))).map_err(|error| to_js(&error))
    }

    /// From now on the model runs with this adapter; none takes the one in use away. `base` is the hash of the model's
    /// weights, where it is known.
    ///
    /// # Errors
    /// As [`use_adapter`](crate::answer::Model::use_adapter).
    #[wasm_bindgen(js_name = useAdapter)]
    pub fn use_adapter(&self, adapter: Option<Adapter>, base: Option<String>) -> Result<(), JsValue> {
        let adapter = adapter.as_ref().map(|adapter| &*adapter.0);
        self.0.use_adapter(adapter, base.as_deref()).map_err(|error| to_js(&error))
    }
}
