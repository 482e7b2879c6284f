//! What JavaScript lends to Rust: files, and control over long work.

use crate::control::Control;
use crate::error::{Code, Error, Result};
use crate::weights::source::{LocalFuture, ModelFile, ReadAt};
use js_sys::{Promise, Reflect, Uint8Array};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    /// `{ name, size, read(offset, length): Promise<Uint8Array> }`.
    pub type JsModelFile;
    #[wasm_bindgen(method, getter)]
    fn name(this: &JsModelFile) -> String;
    #[wasm_bindgen(method, getter)]
    fn size(this: &JsModelFile) -> f64;
    #[wasm_bindgen(method, catch)]
    fn read(this: &JsModelFile, offset: f64, length: f64) -> std::result::Result<Promise, JsValue>;

    /// `{ aborted(): boolean, pause(): Promise<void> }`.
    pub type JsControl;
    #[wasm_bindgen(method)]
    fn aborted(this: &JsControl) -> bool;
    #[wasm_bindgen(method)]
    fn pause(this: &JsControl) -> Promise;
}

struct Source(JsModelFile);

/// A file of the caller's as a source of weights.
pub fn model_file(file: JsModelFile) -> ModelFile {
    ModelFile { name: file.name(), source: Rc::new(Source(file)) }
}

impl ReadAt for Source {
    fn size(&self) -> u64 {
        // JavaScript counts bytes in doubles; file sizes are far below 2^53.
        self.0.size() as u64
    }

    fn read_at<'a>(&'a self, offset: u64, length: usize) -> LocalFuture<'a, Result<Vec<u8>>> {
        Box::pin(async move {
            let end = offset.checked_add(length as u64);
            if end.is_none_or(|end| end > self.size()) {
                return Err(Error::new(
                    Code::CorruptWeights,
                    format!("{} ends at {}, {length} bytes were expected at {offset}.", self.0.name(), self.size()),
                    "The file is cut off: download it again.",
                ));
            }
            let promise = self.0.read(offset as f64, length as f64).map_err(|e| failed(&e))?;
            let bytes: Uint8Array =
                JsFuture::from(promise).await.map_err(|e| failed(&e))?.dyn_into().map_err(|e| failed(&e))?;
            if bytes.length() as usize != length {
                return Err(failed(&"the read came back short".into()));
            }
            Ok(bytes.to_vec())
        })
    }
}

/// An error of the caller's reader: its own code if it has one, else `network`.
fn failed(thrown: &JsValue) -> Error {
    let field = |name: &str| Reflect::get(thrown, &name.into()).ok().and_then(|v| v.as_string());
    let code = field("code").and_then(|code| serde_json::from_value(code.into()).ok()).unwrap_or(Code::Network);
    let message = field("message").or_else(|| thrown.as_string()).unwrap_or_else(|| "unknown reason".into());
    Error::new(code, format!("the weights cannot be read ({message})."), "Load the model again.")
}

impl Control for JsControl {
    fn aborted(&self) -> bool {
        JsControl::aborted(self)
    }

    fn pause(&self) -> LocalFuture<'_, ()> {
        let promise = JsControl::pause(self);
        Box::pin(async move {
            // A pause that fails is no reason to stop.
            let _ = JsFuture::from(promise).await;
        })
    }
}
