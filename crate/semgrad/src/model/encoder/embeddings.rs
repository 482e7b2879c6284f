//! Token ids to the first hidden states: word, place and type, normalized.

use super::batch::Batch;
use super::norm::LayerNorm;
use crate::device::Device;
use crate::error::Result;
use crate::model::load::Loader;
use crate::model::weight::Weight;
use crate::ops;
use crate::weights::encoder::config::EncoderConfig;
use burn::tensor::Tensor;

/// Tables and norm.
#[derive(Debug)]
pub struct Embeddings {
    words: Weight,              // [vocab, embedding]
    positions: Option<Weight>,  // [positions, embedding]
    first_position: usize,      // row of the first
    types: Option<Weight>,      // [types, embedding]
    projection: Option<Weight>, // [hidden, embedding]
    norm: LayerNorm,
}

impl Embeddings {
    /// Reads the tables.
    ///
    /// # Errors
    /// As [`Loader::matrix`].
    pub async fn load(loader: &mut Loader<'_, '_>, config: &EncoderConfig) -> Result<Self> {
        let words = loader.matrix("embeddings.word_embeddings.weight").await?;
        let positions = match config.positions {
            Some(_) => Some(loader.matrix("embeddings.position_embeddings.weight").await?),
            None => None,
        };
        let types = match config.types {
            0 => None,
            _ => Some(loader.matrix("embeddings.token_type_embeddings.weight").await?),
        };
        let projection = match config.embedding == config.hidden {
            true => None,
            false => Some(loader.matrix("embeddings.embed_proj.weight").await?),
        };
        let norm = LayerNorm::load(loader, "embeddings.LayerNorm", None, config.norm_eps).await?;
        Ok(Self { words, positions, first_position: config.first_position, types, projection, norm })
    }

    /// `[tokens, hidden]`.
    pub fn forward(&self, batch: &Batch, device: &Device) -> Tensor<2> {
        let mut x = self.words.look_up(device.ids(&batch.ids));
        let mut added = None;
        if let Some(table) = &self.positions {
            let rows: Vec<u32> = batch.places().map(|place| (self.first_position + place) as u32).collect();
            added = Some(table.look_up(device.ids(&rows)));
        }
        if let Some(table) = &self.types {
            // A template may tell texts apart for a model that does not.
            let rows: Vec<u32> = batch.types.iter().map(|&kind| kind.min(table.rows() as u32 - 1)).collect();
            let types = table.look_up(device.ids(&rows));
            added = Some(match added {
                Some(sum) => ops::add(sum, types),
                None => types,
            });
        }
        if let Some(projection) = &self.projection {
            x = projection.forward(match added.take() {
                Some(sum) => ops::add(x, sum),
                None => x,
            });
        }
        let added = added.unwrap_or_else(|| ops::zeros(x.dims(), &device.burn));
        self.norm.forward(x, added)
    }
}
