//! From examples to an adapter in the folder `--out`.

use super::arguments::Arguments;
use super::training::train;
use crate::adapters;
use crate::models::Located;
use crate::report::format::fixed;
use crate::stop::Stop;
use crate::tuned;
use semgrad::answer::Model;
use semgrad::tune::{Example, Options, Trainer};
use serde_json::Value;
use std::path::Path;

/// What was learned.
pub struct Learned {
    /// SHA-256 of the model's weights.
    pub weights: String,
    /// Hash of the adapter that it began with.
    pub begin: Option<String>,
    /// Hash of the adapter.
    pub adapter: String,
    /// How it was trained.
    pub options: Options,
    /// Steps that were taken, of how many.
    pub steps: [usize; 2],
    /// Loss of the first step and of the last.
    pub loss: [Option<f64>; 2],
}

/// Trains, writes the adapter, and leaves the model with it. `share`: of some questions, how many the model still answers.
pub fn learn(
    arguments: &Arguments,
    model: &Model,
    located: &Located,
    examples: Vec<Example>,
    share: &mut dyn FnMut() -> Result<f64, Stop>,
) -> Result<Learned, Stop> {
    let weights = located.hash()?.to_owned();
    let options = arguments.options(&model.decoder.config);
    let mut still = |adapter: &_| {
        model.use_adapter(Some(adapter), None).map_err(Stop::Failed)?;
        let share = share();
        model.use_adapter(None, None).map_err(Stop::Failed)?;
        share
    };
    let begin = arguments.begin.as_ref().map(|path| adapters::read(path, &model.decoder.config)).transpose()?;
    let start = pollster::block_on(Trainer::new(&model.decoder, examples, options.clone()));
    let mut trainer = start.map_err(Stop::Failed)?;
    if let Some(adapter) = &begin {
        trainer.begin_with(adapter).map_err(Stop::Failed)?;
    }
    let trained = train(model, &weights, trainer, &arguments.out, &mut still)?;
    adapters::write(&trained.adapter, &model.decoder.config, &arguments.out)?;
    model.use_adapter(Some(&trained.adapter), Some(&weights)).map_err(Stop::Failed)?;
    let loss = |step: Option<&Value>| step.and_then(|step| step.get("loss")?.as_f64());
    Ok(Learned {
        weights,
        begin: begin.map(|adapter| adapter.hash()),
        adapter: trained.adapter.hash(),
        options,
        steps: [trained.steps.len(), trained.of],
        loss: [loss(trained.steps.first()), loss(trained.steps.last())],
    })
}

/// How training went, in a line.
pub fn told([taken, of]: [usize; 2], [first, last]: [Option<f64>; 2]) -> String {
    format!("{taken} of {of} steps, loss {} at first and {} at last", fixed(first, 3), fixed(last, 3))
}

/// What to do with the adapter, and what to know of it.
pub fn farewell(folder: &Path) {
    say_line!("{}: use it with --adapter {}", folder.join(tuned::FILE).display(), folder.display());
    say_line!("An adapter remembers what it was taught: whoever has it may find out which questions these were.");
}
