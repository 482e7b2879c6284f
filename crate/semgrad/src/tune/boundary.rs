//! What goes into the lowest layer that is changed: the same in every epoch.

use crate::control::Pacer;
use crate::error::Result;
use crate::model::cache::Cache;
use crate::model::decoder::Decoder;
use crate::ops::cut_rows;
use crate::tune::example::{Example, Kind};
use burn::tensor::Tensor;

/// Most floats that are kept of all examples (256 MB); the others run through the lower layers again each time.
pub const KEEP: usize = 64 << 20;

/// What an unchanged model makes of an example.
#[derive(Clone)]
pub struct Boundary {
    /// Inputs of the lowest layer that is changed, `[tokens, hidden]`.
    pub hidden: Tensor<2>,
    /// For replayed examples, the final norm's output where the target's tokens are predicted, `[target, hidden]`.
    pub top: Option<Tensor<2>>,
}

/// Those of all examples.
pub struct Boundaries {
    of: Vec<Option<Boundary>>,
    kept: usize,
}

impl Boundaries {
    /// None known yet.
    pub fn new(examples: usize) -> Self {
        Self { of: vec![None; examples], kept: 0 }
    }

    /// That of example number `index`, in a model that is unchanged now.
    ///
    /// # Errors
    /// `aborted`, `device_lost`.
    pub async fn get(
        &mut self,
        index: usize,
        example: &Example,
        first: usize,
        decoder: &Decoder,
        pacer: &Pacer<'_>,
    ) -> Result<Boundary> {
        if let Some(Some(boundary)) = self.of.get(index) {
            return Ok(boundary.clone());
        }
        let boundary = run(example, first, decoder, pacer).await?;
        let floats = |x: &Tensor<2>| x.shape().num_elements();
        let floats = floats(&boundary.hidden) + boundary.top.as_ref().map_or(0, floats);
        if self.kept + floats <= KEEP {
            self.kept += floats;
            self.of[index] = Some(boundary.clone());
        }
        Ok(boundary)
    }
}

async fn run(example: &Example, first: usize, decoder: &Decoder, pacer: &Pacer<'_>) -> Result<Boundary> {
    let Example { prompt, target, kind } = example;
    let layers = decoder.config.layers;
    // The last token is predicted, never fed.
    let ids: Vec<u32> = prompt.iter().chain(&target[..target.len() - 1]).copied().collect();
    let (span, mut cache) = (decoder.span(0, ids.len()), Cache::new(layers));
    let hidden = decoder.forward(decoder.embed(&ids), 0..first, &span, &mut cache, pacer, &mut |_, _, _| ()).await?;
    let top = match kind {
        Kind::Replay => {
            let x = hidden.clone();
            let top = decoder.forward(x, first..layers, &span, &mut cache, pacer, &mut |_, _, _| ()).await?;
            Some(decoder.final_norm().forward(cut_rows(top, prompt.len() - 1, target.len())))
        }
        Kind::Own | Kind::Refusal => None,
    };
    Ok(Boundary { hidden, top })
}
