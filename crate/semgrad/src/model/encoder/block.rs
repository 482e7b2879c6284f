//! One transformer block: attention within each text and a feed-forward with GELU, each followed by the norm of the
//! residual sum (Devlin et al. 2019); in DeBERTa (He et al. 2021, §3.1) and MPNet, attention also knows distances.

use super::norm::LayerNorm;
use crate::error::Result;
use crate::model::linear::Linear;
use crate::model::load::Loader;
use crate::model::weight::Weight;
use crate::ops::{self, Attention, Distances};
use crate::weights::encoder::config::EncoderConfig;
use crate::weights::encoder::layout::projections;
use burn::tensor::{Int, Tensor};

/// What all blocks of a pass share.
pub struct Context {
    /// See [`ops::attend_segments`].
    pub segments: Tensor<1, Int>,
    /// What is known of distances: biases of MPNet, as scores take them; embeddings of the distances that occur
    /// `[rows, hidden]`, which DeBERTa's blocks project.
    pub distances: Option<Distances>,
}

/// Projections of distances; `None` where scores do not use them.
#[derive(Debug)]
struct Positions {
    k: Option<Linear>,
    q: Option<Linear>,
}

/// Weights of one block.
#[derive(Debug)]
pub struct Block {
    q: Linear,                    // [hidden, hidden]
    k: Linear,                    // [hidden, hidden]
    v: Linear,                    // [hidden, hidden]
    positions: Option<Positions>, // [hidden, hidden]
    o: Weight,                    // [hidden, hidden]; its bias is in the norm
    attention_norm: LayerNorm,
    up: Weight,         // [intermediate, hidden]
    up_bias: Tensor<1>, // [intermediate]
    down: Weight,       // [hidden, intermediate]; its bias is in the norm
    norm: LayerNorm,
    attention: Attention,
}

impl Block {
    /// Reads block `layer`.
    ///
    /// # Errors
    /// As [`Loader::linear`].
    pub async fn load(loader: &mut Loader<'_, '_>, config: &EncoderConfig, layer: usize) -> Result<Self> {
        let name = |part: &str| format!("encoder.layer.{layer}.{part}");
        let mut linears = Vec::new();
        let names = projections(config);
        for projection in &names {
            linears.push(loader.linear(&name(&format!("attention.self.{projection}")), true).await?);
        }
        // Where a model shares projections, distances go through those of the content.
        let find = |own: &str, shared: usize, used: bool| {
            let at = names.iter().position(|name| *name == own).unwrap_or(shared);
            used.then(|| linears[at].clone())
        };
        let positions = config.relative.as_ref().map(|relative| Positions {
            k: find("pos_key_proj", 1, relative.content_to_position),
            q: find("pos_query_proj", 0, relative.position_to_content),
        });
        let terms = positions.as_ref().map_or(1, |p| 1 + usize::from(p.k.is_some()) + usize::from(p.q.is_some()));
        let width = config.hidden / config.heads;
        let [q, k, v] = [linears[0].clone(), linears[1].clone(), linears[2].clone()];
        let output = |part: &str| (name(&format!("{part}.LayerNorm")), name(&format!("{part}.dense.bias")));
        let (attention_norm, norm) = (output("attention.output"), output("output"));
        Ok(Self {
            q,
            k,
            v,
            positions,
            o: loader.matrix(&name("attention.output.dense.weight")).await?,
            attention_norm: LayerNorm::load(loader, &attention_norm.0, Some(&attention_norm.1), config.norm_eps)
                .await?,
            up: loader.matrix(&name("intermediate.dense.weight")).await?,
            up_bias: loader.vector(&name("intermediate.dense.bias")).await?,
            down: loader.matrix(&name("output.dense.weight")).await?,
            norm: LayerNorm::load(loader, &norm.0, Some(&norm.1), config.norm_eps).await?,
            attention: Attention {
                heads: config.heads,
                kv_heads: config.heads,
                width,
                scale: ((width * terms) as f32).sqrt().recip(),
                window: None,
                cap: None,
            },
        })
    }

    /// `[tokens, hidden]` → the same.
    pub fn forward(&self, x: Tensor<2>, at: &Context) -> Tensor<2> {
        let qkv = [&self.q, &self.k, &self.v].map(|linear| linear.forward(x.clone()));
        let distances = match (&self.positions, at.distances.clone()) {
            (Some(positions), Some(distances)) => {
                let project = |linear: &Option<Linear>| match linear {
                    Some(linear) => linear.forward(distances.table.clone()),
                    None => ops::zeros(distances.table.dims(), &distances.table.device()),
                };
                let table = ops::stack(vec![project(&positions.k), project(&positions.q)]);
                Some(Distances { table, ..distances })
            }
            (_, distances) => distances,
        };
        let attended = ops::attend_segments(qkv, at.segments.clone(), distances, self.attention);
        let x = self.attention_norm.forward(x, self.o.forward(attended));
        let wide = ops::gelu(self.up.forward(x.clone()), self.up_bias.clone());
        self.norm.forward(x, self.down.forward(wide))
    }
}
