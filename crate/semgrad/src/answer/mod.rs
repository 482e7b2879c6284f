//! The main job: a question goes in; an answer, its token statistics and its scores come out. [`Model::run`] does it in
//! six steps, each a file: `plan` decides what is to be done, `respond` gets the answer, `draw` the samples, `gather`
//! evidence and scores, `examine` what can be said of an answer that others wrote, and `assemble` makes the record of them.

pub mod aids;
mod assemble;
mod confidence;
mod draw;
mod examinable;
mod examine;
mod gather;
mod interest;
mod manner;
mod model;
mod observer;
mod plan;
mod prompt;
mod respond;
mod spans;
pub mod warm_up;

pub use examine::of_encoders;
pub use model::Model;
pub use observer::{Observer, Unobserved};
pub use semgrad_scores::record;

use crate::control::Pacer;
use crate::error::Result;
use plan::Plan;
use semgrad_scores::record::{Record, Request};

impl Model {
    /// Answers or judges one request.
    ///
    /// # Errors
    /// `bad_input`, `missing_tokenizer`, `bad_template`, `context_exceeded`, `aborted`, `device_lost`.
    pub async fn run(&self, request: &Request, pacer: &Pacer<'_>, observer: &mut dyn Observer) -> Result<Record> {
        let profile = self.profile.borrow().clone();
        let mut plan = Plan::new(self, request, profile.as_deref())?;
        let (response, suffix) = respond::respond(self, &mut plan, pacer, observer).await?;
        let drawn = draw::draw(self, &plan, pacer).await?;
        let pass = gather::pass(self, &plan, &response, suffix, pacer, observer).await?;
        let words = examine::words(self, &mut plan, &response, pass.as_ref(), observer)?;
        let gathered = gather::gather(self, &plan, &response, pass, &drawn, pacer, observer).await?;
        let examined =
            examine::examine(self, &mut plan, profile.as_deref(), &response, words, &gathered, pacer).await?;
        Ok(assemble::record(self, plan, response, drawn, gathered, examined))
    }
}
