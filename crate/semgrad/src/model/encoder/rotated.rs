//! One block of ModernBERT (Warner et al. 2024): attention with rotated queries and keys, in most layers to tokens nearby, and
//! a gated feed-forward, each behind the norm of what enters it.

use super::norm::LayerNorm;
use crate::error::Result;
use crate::model::linear::Linear;
use crate::model::load::Loader;
use crate::model::rope::RopeTable;
use crate::ops::{self, Activation, Attention};
use crate::weights::encoder::config::EncoderConfig;
use burn::tensor::{Int, Tensor};

/// Weights of one block.
#[derive(Debug)]
pub struct Block {
    attention_norm: Option<LayerNorm>, // none in the first: the embeddings are normalized
    q: Linear,                         // [hidden, hidden]
    k: Linear,                         // [hidden, hidden]
    v: Linear,                         // [hidden, hidden]
    o: Linear,                         // [hidden, hidden]
    norm: LayerNorm,
    gate: Linear, // [intermediate, hidden]
    up: Linear,   // [intermediate, hidden]
    down: Linear, // [hidden, intermediate]
    attention: Attention,
}

impl Block {
    /// Reads block `layer`, which sees `reach` tokens to either side, or all.
    ///
    /// # Errors
    /// As [`Loader::linear`].
    pub async fn load(
        loader: &mut Loader<'_, '_>,
        config: &EncoderConfig,
        layer: usize,
        reach: Option<usize>,
    ) -> Result<Self> {
        let name = |part: &str| format!("layers.{layer}.{part}");
        let mut linears = Vec::new();
        for part in ["attn.query", "attn.key", "attn.value", "attn.Wo", "mlp.gate", "mlp.up", "mlp.Wo"] {
            let name = name(part);
            let bias = loader.has(&format!("{name}.bias"));
            linears.push(loader.linear(&name, bias).await?);
        }
        let attention_norm = match layer {
            0 => None,
            _ => Some(LayerNorm::load(loader, &name("attn_norm"), None, config.norm_eps).await?),
        };
        let width = config.hidden / config.heads;
        let linear = |i: usize| linears[i].clone();
        Ok(Self {
            attention_norm,
            q: linear(0),
            k: linear(1),
            v: linear(2),
            o: linear(3),
            norm: LayerNorm::load(loader, &name("mlp_norm"), None, config.norm_eps).await?,
            gate: linear(4),
            up: linear(5),
            down: linear(6),
            attention: Attention {
                heads: config.heads,
                kv_heads: config.heads,
                width,
                scale: (width as f32).sqrt().recip(),
                window: reach,
                cap: None,
            },
        })
    }

    /// What entered the block before and what that one adds to it, `[tokens, hidden]` → the same of this one.
    pub fn forward(
        &self,
        (x, delta): (Tensor<2>, Option<Tensor<2>>),
        segments: Tensor<1, Int>,
        rope: &RopeTable,
    ) -> (Tensor<2>, Option<Tensor<2>>) {
        let (x, normed) = match (delta, &self.attention_norm) {
            (Some(delta), Some(norm)) => (ops::add(x.clone(), delta.clone()), norm.forward(x, delta)),
            _ => (x.clone(), x),
        };
        let [q, k, v] = [&self.q, &self.k, &self.v].map(|linear| linear.forward(normed.clone()));
        let qkv = [rope.rotate_queries(q), rope.rotate_keys(k), v];
        let delta = self.o.forward(ops::attend_segments(qkv, segments, None, self.attention));
        let normed = self.norm.forward(x.clone(), delta.clone());
        let x = ops::add(x, delta);
        let gated = ops::glu(self.gate.forward(normed.clone()), self.up.forward(normed), Activation::Gelu);
        (x, Some(self.down.forward(gated)))
    }
}
