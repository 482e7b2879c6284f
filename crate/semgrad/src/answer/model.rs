//! A loaded model: what requests are made to.

use super::aids::Aids;
use super::warm_up::{Extent, beside, warm_up};
use crate::adapter::{Adapter, Pair};
use crate::control::Pacer;
use crate::device::Device;
use crate::error::Result;
use crate::generate::{Session, milliseconds};
use crate::model::decoder::Decoder;
use crate::model::low_rank::{Changes, LowRank};
use crate::profile::Profile;
use crate::text::Text;
use crate::weights::checkpoint::Checkpoint;
use semgrad_scores::given::own::Own;
use std::cell::RefCell;
use std::rc::Rc;
use web_time::Instant;

/// A model with its text stage and its profile.
pub struct Model {
    /// The network.
    pub decoder: Decoder,
    /// Tokenizer and template, if the weights came with them.
    pub text: Option<Text>,
    /// What was measured once: semantic position, calibrations.
    pub profile: RefCell<Option<Rc<Profile>>>,
    /// Number of weights.
    pub parameters: u64,
    /// Time of loading, ms.
    pub load_ms: f64,
    /// Hash of the adapter in use.
    adapter: RefCell<Option<String>>,
    /// Engines, word lists and probes, given after loading.
    pub aids: RefCell<Aids>,
    /// What the last request left in the cache; the next one begins where they differ.
    pub(super) session: RefCell<Session>,
    /// Own answers to the question of the answer that was examined last: others to the same question are compared with them, too.
    pub(super) own: RefCell<Option<(OwnKey, Own)>>,
}

/// What own answers depend on: the prompt, their number, the seed.
pub(super) type OwnKey = (Vec<u32>, usize, u64);

impl Model {
    /// Loads an opened checkpoint to `device`.
    ///
    /// # Errors
    /// Those of [`Decoder::load`] and [`Text::new`].
    pub async fn load(
        checkpoint: &Checkpoint,
        device: &Device,
        profile: Option<Profile>,
        pacer: &Pacer<'_>,
        progress: &mut dyn FnMut(u64, u64, &str),
    ) -> Result<Self> {
        let began = Instant::now();
        let text = Text::new(&checkpoint.text)?;
        // Whether the pipelines are there by then or not does not change what is loaded.
        let warm = warm_up(checkpoint, device, Extent::Answer, pacer);
        let decoder = beside(Decoder::load(checkpoint, device, pacer, progress), warm).await?;
        let parameters = Decoder::parameters(checkpoint);
        let load_ms = milliseconds(began);
        let profile = RefCell::new(profile.map(Rc::new));
        Ok(Self {
            decoder,
            text,
            profile,
            parameters,
            load_ms,
            adapter: RefCell::default(),
            aids: RefCell::default(),
            session: RefCell::default(),
            own: RefCell::default(),
        })
    }

    /// From now on the model runs with this adapter; none takes the one in use away. `base` is the hash of the model's
    /// weights, where it is known.
    ///
    /// # Errors
    /// Those of [`Adapter::check`], `out_of_memory`; then the one in use stays.
    pub fn use_adapter(&self, adapter: Option<&Adapter>, base: Option<&str>) -> Result<()> {
        let changes = match adapter {
            Some(adapter) => {
                adapter.check(&self.decoder.config, base)?;
                let mut changes = Changes::new();
                for (name, Pair { a, b, rank, scale, .. }) in &adapter.pairs {
                    changes.insert(name.clone(), LowRank::new(a, b, *rank, *scale, &self.decoder.device)?);
                }
                changes
            }
            None => Changes::new(),
        };
        self.decoder.exchange(changes);
        self.adapter.replace(adapter.map(Adapter::hash));
        // Keys and values of the changed layers are others now, and so is what the model answers.
        self.session.take();
        self.own.take();
        Ok(())
    }

    /// The model with this adapter, or with none, until what this returns is dropped. Then all is as it was before, and so is
    /// what the last request left in the cache, unless nothing changes.
    ///
    /// # Errors
    /// As [`use_adapter`](Self::use_adapter).
    pub fn wear(&self, adapter: Option<&Adapter>) -> Result<Worn<'_>> {
        if adapter.is_none() && self.adapter.borrow().is_none() {
            return Ok(Worn { model: self, before: None });
        }
        let changes = self.decoder.exchange(Changes::new());
        let worn = Worn { model: self, before: Some((changes, self.adapter.take(), self.session.take())) };
        self.use_adapter(adapter, None)?;
        Ok(worn)
    }

    /// [Hash](Adapter::hash) of the adapter in use.
    pub fn adapter(&self) -> Option<String> {
        self.adapter.borrow().clone()
    }

    /// Ids that end an answer: the tokenizer's and the configuration's.
    pub(super) fn stop_ids(&self) -> Vec<u32> {
        let own = self.text.as_ref().map(Text::stop_ids).unwrap_or_default();
        own.iter().chain(&self.decoder.config.stop_ids).copied().collect()
    }
}

/// What a model had before it was given an adapter for a while ([`Model::wear`]).
pub struct Worn<'a> {
    model: &'a Model,
    /// Changes, hash and cache.
    before: Option<(Changes, Option<String>, Session)>,
}

impl Drop for Worn<'_> {
    fn drop(&mut self) {
        if let Some((changes, adapter, session)) = self.before.take() {
            self.model.decoder.exchange(changes);
            self.model.adapter.replace(adapter);
            self.model.session.replace(session);
            self.model.own.take();
        }
    }
}
