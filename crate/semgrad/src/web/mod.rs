//! The boundary to JavaScript, compiled for wasm32 only. What each part does is documented in the TypeScript package. What
//! needs no model is exported by [`semgrad_scores::web`], and so a part of this module too.
//!
//! Everything that can fail rejects with a plain object `{ code, message, advice }`.

mod adapter;
mod convert;
mod crew;
mod engines;
mod host;
mod hub;
mod scratch;
mod teach;

use crate::answer::warm_up::{Extent, warm_up as compile};
use crate::answer::{Model as Core, Observer};
use crate::control::Pacer;
use crate::device::{Choice, Device};
use crate::generate::statistics::TokenStatistics;
use crate::profile::Profile;
use crate::weights::checkpoint::Checkpoint;
use crate::weights::source::LocalFuture;
use convert::{Js, from_js};
use host::{JsControl, JsModelFile, model_file};
use js_sys::{Function, Promise};
use semgrad_scores::given::examined::OddWord;
use semgrad_scores::record::{Score, names};
use semgrad_scores::web::to_js;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256 as Hash};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// Incremental SHA-256, for weights that never lie in memory as a whole.
#[wasm_bindgen]
pub struct Sha256(Hash);

#[wasm_bindgen]
impl Sha256 {
    /// An empty hash.
    #[wasm_bindgen(constructor)]
    #[allow(clippy::new_without_default, reason = "JavaScript has no Default")]
    pub fn new() -> Self {
        Self(Hash::new())
    }

    /// Adds bytes.
    pub fn update(&mut self, chunk: &[u8]) {
        self.0.update(chunk);
    }

    /// The digest so far, hexadecimal.
    pub fn hex(&self) -> String {
        self.0.clone().finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

#[derive(Deserialize)]
struct LoadOptions {
    device: String,
    profile: Option<String>,
}

#[derive(Serialize)]
struct Info<'a> {
    architecture: &'a str,
    layers: usize,
    hidden: usize,
    vocab: usize,
    parameters: u64,
    context: usize,
    device: &'a str,
    gpu: Option<&'a str>,
    device_reason: &'a str,
    tokenizer: bool,
    chat_template: bool,
    template: Option<String>,
}

/// Compiles what the model in `files` will run on the GPU, while its weights are still coming: a read of them ends when they
/// are there, and the header is all that is read. Nothing that goes wrong here is an error: loading will say it.
#[wasm_bindgen(js_name = warmUp)]
pub async fn warm_up(files: Vec<JsModelFile>, control: JsControl) {
    let pacer = Pacer::new(&control);
    let run = async {
        // First of all its self-test, while the header comes.
        let device = Device::open(Choice::Webgpu).await?;
        let checkpoint = Checkpoint::open(files.into_iter().map(model_file).collect()).await?;
        compile(&checkpoint, &device, Extent::Gradients, &pacer).await
    };
    let _ = run.await;
}

/// A loaded model.
#[wasm_bindgen]
pub struct Model(Rc<Core>);

/// Reads a model from its files. `on_progress(done, total, tensor)` counts bytes.
///
/// # Errors
/// As [`Core::load`] and [`Checkpoint::open`].
#[wasm_bindgen]
pub async fn load(
    files: Vec<JsModelFile>,
    options: JsValue,
    on_progress: Function,
    control: JsControl,
) -> Result<Model, JsValue> {
    let options: LoadOptions = from_js(options)?;
    let run = async {
        let choice: Choice = options.device.parse()?;
        let profile = options.profile.as_deref().map(Profile::parse).transpose()?;
        let pacer = Pacer::new(&control);
        let device = Device::open(choice).await?;
        pacer.tick().await?;
        let checkpoint = Checkpoint::open(files.into_iter().map(model_file).collect()).await?;
        let mut progress = |done: u64, total: u64, tensor: &str| {
            // A listener that throws must not end the load.
            let _ = on_progress.call3(&JsValue::NULL, &(done as f64).into(), &(total as f64).into(), &tensor.into());
        };
        Core::load(&checkpoint, &device, profile, &pacer, &mut progress).await
    };
    run.await.map(|core| Model(Rc::new(core))).map_err(|error| to_js(&error))
}

#[wasm_bindgen]
impl Model {
    /// What was loaded, and where.
    pub fn info(&self) -> JsValue {
        let (config, device) = (&self.0.decoder.config, &self.0.decoder.device);
        to_js(&Info {
            architecture: config.family.name,
            layers: config.layers,
            hidden: config.hidden,
            vocab: config.vocab,
            parameters: self.0.parameters,
            context: config.context,
            device: device.name(),
            gpu: device.adapter.as_deref(),
            device_reason: &device.reason,
            tokenizer: self.0.text.is_some(),
            chat_template: self.0.text.as_ref().is_some_and(|text| text.has_template()),
            template: self.0.text.as_ref().and_then(|text| text.template_hash()),
        })
    }

    /// One request of the line contract; `on_event` hears of layers, tokens and scores. `aids()` is called before texts
    /// are compared and gives a promise: engines and synonyms that this model is given until then are used.
    ///
    /// # Errors
    /// As [`Core::run`].
    pub async fn run(
        &self,
        request: JsValue,
        on_event: Function,
        aids: Function,
        control: JsControl,
    ) -> Result<JsValue, JsValue> {
        let request = Js(request);
        names::known(&request).map_err(|error| to_js(&error))?;
        let request = convert::request(&request)?;
        // The model must outlive the run even when JavaScript frees it meanwhile.
        let core = self.0.clone();
        let mut observer = Events { on_event, aids };
        match core.run(&request, &Pacer::new(&control), &mut observer).await {
            Ok(record) => Ok(to_js(&record)),
            Err(error) => Err(to_js(&error)),
        }
    }

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

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Event<'a> {
    Prefill { done: usize, total: usize },
    Token { index: usize, id: u32, text: Option<&'a str>, logprob: f64, entropy: f64, top2_margin: f64 },
    Words { odd: &'a [OddWord] },
    Score { method: Option<&'a str>, score: Option<&'a Score> },
}

struct Events {
    on_event: Function,
    aids: Function,
}

impl Events {
    fn send(&self, event: &Event<'_>) {
        // A listener that throws must not end the answer.
        let _ = self.on_event.call1(&JsValue::NULL, &to_js(event));
    }
}

impl Observer for Events {
    fn prefill(&mut self, done: usize, total: usize) {
        self.send(&Event::Prefill { done, total });
    }

    fn token(&mut self, index: usize, id: u32, text: Option<&str>, s: &TokenStatistics) {
        let TokenStatistics { logprob, entropy, top2_margin } = *s;
        self.send(&Event::Token { index, id, text, logprob, entropy, top2_margin });
    }

    fn odd(&mut self, words: &[OddWord]) {
        self.send(&Event::Words { odd: words });
    }

    fn score(&mut self, method: Option<&str>, score: Option<&Score>) {
        self.send(&Event::Score { method, score });
    }

    fn aids(&mut self) -> LocalFuture<'_, ()> {
        let promise = self.aids.call0(&JsValue::NULL);
        Box::pin(async move {
            // What could not be loaded is missing, and the methods that need it say so.
            if let Ok(promise) = promise.and_then(|value| value.dyn_into::<Promise>()) {
                let _ = JsFuture::from(promise).await;
            }
        })
    }
}
