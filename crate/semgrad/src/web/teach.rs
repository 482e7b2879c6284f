//! Teaching for JavaScript: one question or one step a call, so that others are answered in between.

use super::Model;
use super::adapter::Adapter;
use super::host::JsControl;
use crate::answer::Model as Core;
use crate::asking::Asking;
use crate::control::Pacer;
use crate::error::{Code, Error, Result as CoreResult};
use crate::teach::{self, Asked};
use crate::tune::{self, Options};
use semgrad_scores::abstain::lesson::{Lesson, Wish};
use semgrad_scores::abstain::replay::rehearsed;
use semgrad_scores::abstain::target::Count;
use semgrad_scores::lexical::contained;
use semgrad_scores::web::{from_json, to_js};
use serde::Serialize;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// What is known of a training before it begins.
#[derive(Serialize)]
struct Outlook<'a> {
    lesson: &'a Lesson,
    steps: usize,
    batches: usize,
    taken: usize,
    bytes: u64,
}

/// A training on its way.
#[wasm_bindgen]
pub struct Trainer {
    core: Rc<Core>,
    trainer: tune::Trainer,
    lesson: Lesson,
}

#[wasm_bindgen]
impl Model {
    /// One question, asked in this way (JSON) and answered with this adapter or with none, whatever is in use. It is right if
    /// it contains one of the `accepted` answers; nobody judges where there are none.
    ///
    /// # Errors
    /// As [`teach::ask`].
    #[wasm_bindgen(js_name = teachAsk)]
    pub async fn teach_ask(
        &self,
        question: String,
        accepted: Vec<String>,
        asking: String,
        adapter: Option<Adapter>,
        control: JsControl,
    ) -> Result<JsValue, JsValue> {
        let core = self.0.clone();
        let run = async {
            let asking: Asking = from_json("how to ask", &asking)?;
            let _worn = core.wear(adapter.as_ref().map(|adapter| &*adapter.0))?;
            let mut asked = teach::ask(&core, &question, &asking, &Pacer::new(&control)).await?;
            asked.known.right = (!accepted.is_empty()).then(|| contained(&accepted, &asked.answer));
            Ok(asked)
        };
        run.await.map(|asked| to_js(&asked)).map_err(|error: Error| to_js(&error))
    }

    /// Refuses options of a training (JSON) that make no sense with this model, before anything is asked for it.
    ///
    /// # Errors
    /// As [`Options::check`].
    #[wasm_bindgen(js_name = checkTraining)]
    pub fn check_training(&self, options: &str) -> Result<(), JsValue> {
        let config = &self.0.decoder.config;
        let options = from_json::<Options>(OPTIONS, options);
        options.and_then(|options| options.check(config.layers, config.hidden)).map_err(|error| to_js(&error))
    }

    /// A training of what was asked, by what is wished and these options (all JSON): from the start, from an adapter, or from
    /// where a training of the same was saved.
    ///
    /// # Errors
    /// Those of [`Wish::lesson`], [`teach::examples`] and [`tune::Trainer::new`]; `out_of_memory` where what training takes
    /// is not there.
    pub async fn train(
        &self,
        asked: String,
        ordinary: String,
        wish: String,
        options: String,
        begin: Option<Adapter>,
        saved: Option<Vec<u8>>,
    ) -> Result<Trainer, JsValue> {
        let core = self.0.clone();
        let run = async {
            let (asked, ordinary): (Vec<Asked>, Vec<Asked>) = (read_asked(&asked)?, read_asked(&ordinary)?);
            let wish: Wish = from_json("what is wished", &wish)?;
            let options: Options = from_json(OPTIONS, &options)?;
            let known: Vec<_> = asked.iter().map(|asked| asked.known).collect();
            let lesson = wish.lesson(&known)?;
            let instructions: Vec<_> = ordinary.iter().map(|asked| asked.known).collect();
            let Count { own, refusals, .. } = lesson.count;
            let places = rehearsed(own + refusals, &instructions, wish.replay, wish.seed);
            let ordinary: Vec<_> = places.into_iter().map(|place| ordinary[place].clone()).collect();
            let examples = teach::examples(&core, &asked, &ordinary, wish.teacher, &wish.rule(&known)?)?.examples;
            let mut trainer = tune::Trainer::new(&core.decoder, examples, options).await?;
            // On a GPU next to all of it lies there, and nobody says how much there is.
            if !core.decoder.device.is_gpu() {
                reserve(trainer.bytes(&core.decoder))?;
            }
            if let Some(adapter) = begin {
                trainer.begin_with(&adapter.0)?;
            }
            if let Some(saved) = saved {
                trainer.resume(&saved)?;
            }
            Ok((trainer, lesson))
        };
        let begun = run.await.map_err(|error: Error| to_js(&error));
        begun.map(|(trainer, lesson)| Trainer { core: self.0.clone(), trainer, lesson })
    }
}

const OPTIONS: &str = "the options of training";

fn read_asked(text: &str) -> CoreResult<Vec<Asked>> {
    from_json("what was asked", text)
}

/// Whether there is so much memory. It is given back at once: an allocator that has got it from the browser keeps it.
fn reserve(bytes: u64) -> CoreResult<()> {
    let reserved = usize::try_from(bytes).ok().filter(|&bytes| Vec::<u8>::new().try_reserve_exact(bytes).is_ok());
    reserved.map(|_| ()).ok_or_else(|| {
        Error::new(
            Code::OutOfMemory,
            format!("training takes about {} MB more, which are not there", bytes >> 20),
            "Train fewer layers, ask for shorter answers, or close other tabs.",
        )
    })
}

#[wasm_bindgen]
impl Trainer {
    /// `{ lesson, steps, batches, taken, bytes }`: what is learned, the steps in all, those of an epoch and those that were
    /// taken, and about how much memory it takes.
    pub fn outlook(&self) -> JsValue {
        let Self { core, trainer, lesson } = self;
        let bytes = trainer.bytes(&core.decoder);
        let (steps, batches, taken) = (trainer.steps(), trainer.batches(), trainer.taken());
        to_js(&Outlook { lesson, steps, batches, taken, bytes })
    }

    /// One step; null after the last one.
    ///
    /// # Errors
    /// As [`tune::Trainer::step`].
    pub async fn step(&mut self, control: JsControl) -> Result<JsValue, JsValue> {
        let step = self.trainer.step(&self.core.decoder, &Pacer::new(&control)).await;
        step.map(|step| to_js(&step)).map_err(|error| to_js(&error))
    }

    /// Everything that the next step depends on, for `train`.
    ///
    /// # Errors
    /// As [`tune::Trainer::save`].
    pub fn save(&self) -> Result<Vec<u8>, JsValue> {
        self.trainer.save().map_err(|error| to_js(&error))
    }

    /// What was learned so far, of weights with this hash.
    pub fn adapter(&self, base: Option<String>) -> Adapter {
        Adapter(Rc::new(self.trainer.adapter(base)))
    }
}
