//! Similarity engines for JavaScript.

use super::Model;
use super::convert::from_js;
use super::host::{JsControl, JsModelFile, model_file};
use crate::control::Pacer;
use crate::device::{Choice, Device};
use crate::engines;
use crate::error::Result as CoreResult;
use crate::perturb::synonyms::Synonyms;
use crate::probe::Probes;
use crate::weights::encoder::EncoderCheckpoint;
use crate::weights::source::LocalFuture;
use js_sys::Function;
use semgrad_scores::evidence::observed::{Entailment, Matrix};
use semgrad_scores::web::to_js;
use serde::Serialize;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// A listener that throws must not end the work.
fn tell(listener: &Function, done: f64, all: f64, what: &str) {
    let _ = listener.call3(&JsValue::NULL, &done.into(), &all.into(), &what.into());
}

/// The files of an encoder, and where it is to run. In a box, so that the code is there once.
fn open<'a>(files: Vec<JsModelFile>, device: &'a str) -> LocalFuture<'a, CoreResult<(EncoderCheckpoint, Device)>> {
    Box::pin(async move {
        let choice: Choice = device.parse()?;
        let checkpoint = EncoderCheckpoint::open(files.into_iter().map(model_file).collect()).await?;
        Ok((checkpoint, Device::open(choice).await?))
    })
}

/// A sentence encoder.
#[wasm_bindgen]
pub struct Embedder(pub(super) Rc<engines::Embedder>);

/// A cross-encoder for natural language inference.
#[wasm_bindgen]
pub struct Nli(pub(super) Rc<engines::Nli>);

/// Reads a sentence encoder from its files. `on_progress(done, total, tensor)` counts bytes.
///
/// # Errors
/// As [`engines::Embedder::load`].
#[wasm_bindgen(js_name = loadEmbedder)]
pub async fn load_embedder(
    files: Vec<JsModelFile>,
    device: String,
    on_progress: Function,
    control: JsControl,
) -> Result<Embedder, JsValue> {
    let run = async {
        let (checkpoint, device) = open(files, &device).await?;
        let mut progress = |done: u64, all: u64, tensor: &str| tell(&on_progress, done as f64, all as f64, tensor);
        engines::Embedder::load(&checkpoint, &device, &Pacer::new(&control), &mut progress).await
    };
    run.await.map(|core| Embedder(Rc::new(core))).map_err(|error| to_js(&error))
}

/// Reads a cross-encoder from its files. `on_progress(done, total, tensor)` counts bytes.
///
/// # Errors
/// As [`engines::Nli::load`].
#[wasm_bindgen(js_name = loadNli)]
pub async fn load_nli(
    files: Vec<JsModelFile>,
    device: String,
    on_progress: Function,
    control: JsControl,
) -> Result<Nli, JsValue> {
    let run = async {
        let (checkpoint, device) = open(files, &device).await?;
        let mut progress = |done: u64, all: u64, tensor: &str| tell(&on_progress, done as f64, all as f64, tensor);
        engines::Nli::load(&checkpoint, &device, &Pacer::new(&control), &mut progress).await
    };
    run.await.map(|core| Nli(Rc::new(core))).map_err(|error| to_js(&error))
}

#[derive(Serialize)]
struct Embedded {
    vectors: Vec<Vec<f32>>,
    cosines: Matrix,
    evaluated: usize,
    truncated: usize,
}

#[derive(Serialize)]
struct Judged {
    entailment: Vec<Entailment>,
    labels: usize,
    evaluated: usize,
    truncated: usize,
}

#[wasm_bindgen]
impl Embedder {
    /// Vectors and cosines of texts; `on_progress(done, total)` counts texts.
    ///
    /// # Errors
    /// As [`engines::Embedder::embed`].
    pub async fn embed(
        &self,
        texts: Vec<String>,
        on_progress: Function,
        control: JsControl,
    ) -> Result<JsValue, JsValue> {
        // The engine must outlive the work even when JavaScript frees it meanwhile.
        let core = self.0.clone();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let mut done = |some: usize, all: usize| tell(&on_progress, some as f64, all as f64, "");
        let embedded = core.embed(&texts, &Pacer::new(&control), &mut done).await.map_err(|error| to_js(&error))?;
        Ok(to_js(&Embedded {
            vectors: embedded.vectors.iter().map(|vector| vector.to_vec()).collect(),
            cosines: embedded.cosines(),
            evaluated: embedded.evaluated,
            truncated: embedded.truncated,
        }))
    }
}

#[wasm_bindgen]
impl Nli {
    /// What the first text of each pair says about the second; `on_progress(done, total)` counts pairs.
    ///
    /// # Errors
    /// As [`engines::Nli::judge`].
    pub async fn judge(&self, pairs: JsValue, on_progress: Function, control: JsControl) -> Result<JsValue, JsValue> {
        let pairs: Vec<(String, String)> = from_js(pairs)?;
        let core = self.0.clone();
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let mut done = |some: usize, all: usize| tell(&on_progress, some as f64, all as f64, "");
        let engines::Judged { entailment, labels, evaluated, truncated } =
            core.judge(&pairs, &Pacer::new(&control), &mut done).await.map_err(|error| to_js(&error))?;
        Ok(to_js(&Judged { entailment, labels, evaluated, truncated }))
    }
}

#[wasm_bindgen]
impl Model {
    /// From now on, methods that compare texts ask this encoder, which belongs to the model then; none frees the one
    /// before.
    #[wasm_bindgen(js_name = useEmbedder)]
    pub fn use_embedder(&self, embedder: Option<Embedder>) {
        self.0.aids.borrow_mut().embedder = embedder.map(|embedder| embedder.0);
    }

    /// From now on, methods that judge entailment ask this encoder, likewise.
    #[wasm_bindgen(js_name = useNli)]
    pub fn use_nli(&self, nli: Option<Nli>) {
        self.0.aids.borrow_mut().nli = nli.map(|nli| nli.0);
    }

    /// From now on, other wordings of a question are searched with this list of synonyms, its text.
    ///
    /// # Errors
    /// As [`Synonyms::parse`].
    #[wasm_bindgen(js_name = useSynonyms)]
    pub fn use_synonyms(&self, list: &str) -> Result<(), JsValue> {
        let synonyms = Synonyms::parse(list).map_err(|error| to_js(&error))?;
        self.0.aids.borrow_mut().synonyms = Some(Rc::new(synonyms));
        Ok(())
    }

    /// From now on, `sep` and `sep_tbg` apply these probes, a JSON text.
    ///
    /// # Errors
    /// As [`Probes::parse`].
    #[wasm_bindgen(js_name = useProbes)]
    pub fn use_probes(&self, json: &str) -> Result<(), JsValue> {
        let probes = Probes::parse(json).map_err(|error| to_js(&error))?;
        self.0.aids.borrow_mut().probes = Some(Rc::new(probes));
        Ok(())
    }
}
