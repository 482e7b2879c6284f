//! A decoder-only language model: embedding, blocks, final norm, head.
//!
//! Hidden state `l` is the input of block `l` (0 = embedding output), as in the reference's list without its last entry.

use super::block::Block;
use super::cache::Cache;
use super::gradients::Gradients;
use super::linear::Linear;
use super::load::Loader;
use super::low_rank::Changes;
use super::mixer::Mixer;
use super::mixer::attention::{Attention, HeadGate, Positions};
use super::mixer::convolution::Convolution;
use super::norm::RmsNorm;
use super::rope::Rope;
use super::tape::Tape;
use super::weight::Weight;
use crate::control::Pacer;
use crate::device::Device;
use crate::error::{Code, Error, Result};
use crate::ops;
use crate::weights::checkpoint::Checkpoint;
use crate::weights::config::{ModelConfig, RopeScaling};
use crate::weights::families::family::{Layer, QkNorm};
use crate::weights::format::dequantize_row;
use burn::tensor::{Int, Tensor};
use std::ops::Range;

/// A loaded decoder.
#[derive(Debug)]
pub struct Decoder {
    /// Sizes and conventions.
    pub config: ModelConfig,
    /// Where it runs.
    pub device: Device,
    embedding: Weight, // [vocab, hidden]
    blocks: Vec<Block>,
    norm: RmsNorm,
    head: Option<Weight>, // [vocab, hidden]; None when tied to the embedding
    views: Vec<View>,     // one for each kind of layer
    view_of: Vec<usize>,  // [layers]
}

/// How layers of one kind see positions.
#[derive(Debug)]
struct View {
    rope: Rope,
    window: Option<usize>,
}

/// Positions of a forward pass, for each kind of layer that the model has.
pub struct Span(Vec<Positions>);

impl Decoder {
    /// Reads every tensor of the checkpoint to the device; `progress` gets bytes done, bytes in all and the tensor's name.
    ///
    /// # Errors
    /// Those of the source, `corrupt_weights`, `unsupported_architecture`, `out_of_memory`, `self_test_failed`, `aborted`.
    pub async fn load(
        checkpoint: &Checkpoint,
        device: &Device,
        pacer: &Pacer<'_>,
        progress: &mut dyn FnMut(u64, u64, &str),
    ) -> Result<Self> {
        let mut loader = Loader::new(checkpoint.source(), device, pacer, progress);
        let config = checkpoint.config.clone();
        if device.is_gpu() && !config.head_dim.is_multiple_of(4) {
            return Err(Error::new(
                Code::UnsupportedArchitecture,
                format!("heads of {} columns are not served on the GPU, which takes four at a time.", config.head_dim),
                "Use the CPU device.",
            ));
        }
        if config.taps.is_some() || config.head_gate {
            device.test_convolutions().await?;
        }
        let embedding = loader.matrix("model.embed_tokens.weight").await?;
        let mut blocks = Vec::with_capacity(config.layers);
        for layer in 0..config.layers {
            blocks.push(loader.block(&config, layer).await?);
        }
        let norm = loader.norm("model.norm.weight", config.norm_eps).await?;
        let head = if config.tied { None } else { Some(loader.matrix("lm_head.weight").await?) };
        if let Some(head) = head.as_ref().filter(|head: &&Weight| head.rows() != embedding.rows()) {
            return Err(Error::new(
                Code::CorruptWeights,
                format!("the embedding has {} rows and the head {}", embedding.rows(), head.rows()),
                "The model's files do not belong together: take another conversion of the model.",
            ));
        }
        let (views, view_of) = views(&config);
        Ok(Self { config, device: device.clone(), embedding, blocks, norm, head, views, view_of })
    }

    /// First layer of the upper half, whose hidden states the semantic gradient looks at: L − ⌊L/2⌋.
    pub fn upper_half(&self) -> usize {
        self.config.layers - self.config.layers / 2
    }

    /// Checks that a sequence has tokens, and that there is an embedding of each.
    ///
    /// # Errors
    /// `bad_input` for no token, `corrupt_weights` for one beyond the embedding: a tokenizer with more tokens than the
    /// weights have rows.
    pub fn check_ids(&self, ids: &[u32]) -> Result<()> {
        if ids.is_empty() {
            return Err(Error::new(Code::BadInput, "the text gives no tokens", "Give a text that is not empty."));
        }
        let rows = self.embedding.rows().min(self.head().rows());
        match ids.iter().find(|&&id| id as usize >= rows) {
            Some(id) => Err(Error::new(
                Code::CorruptWeights,
                format!("the tokenizer gives token {id}, and the weights have {rows} rows of tokens"),
                "Tokens were added to this model's tokenizer and not to its weights, or the two do not belong together: \
                 take another conversion of the model.",
            )),
            None => Ok(()),
        }
    }

    /// Hidden state 0 of token ids, each below the vocabulary size: `[tokens, hidden]`.
    pub fn embed(&self, ids: &[u32]) -> Tensor<2> {
        self.embed_chosen(self.device.ids(ids))
    }

    /// The same of ids `[tokens]` that are on the device, and may be known nowhere else yet.
    pub fn embed_chosen(&self, ids: Tensor<1, Int>) -> Tensor<2> {
        let x = self.embedding.look_up(ids);
        match self.config.embedding_scale {
            Some(scale) => ops::scale(x, scale as f32),
            None => x,
        }
    }

    /// Rotations and windows for positions `start..start + tokens`.
    pub fn span(&self, start: usize, tokens: usize) -> Span {
        self.span_of(&(start..start + tokens).collect::<Vec<_>>())
    }

    /// Rotations and windows for one row per position.
    fn span_of(&self, rows: &[usize]) -> Span {
        let positions = |view: &View| Positions { rope: view.rope.table(rows, &self.device.burn), window: view.window };
        Span(self.views.iter().map(positions).collect())
    }

    fn positions<'a>(&self, span: &'a Span, layer: usize) -> &'a Positions {
        &span.0[self.view_of[layer]]
    }

    /// Runs x `[tokens, hidden]` through the blocks in `layers`, extending the cache. `tap` sees the input of each block
    /// and its tape once it has run.
    ///
    /// # Errors
    /// `aborted` between two layers.
    pub async fn forward(
        &self,
        mut x: Tensor<2>,
        layers: Range<usize>,
        span: &Span,
        cache: &mut Cache,
        pacer: &Pacer<'_>,
        tap: &mut dyn FnMut(usize, &Tensor<2>, Tape),
    ) -> Result<Tensor<2>> {
        for layer in layers {
            pacer.tick().await?;
            let at = self.positions(span, layer);
            let (y, state, tape) = self.blocks[layer].forward(x.clone(), cache.layers[layer].take(), at);
            cache.layers[layer] = Some(state);
            tap(layer, &x, tape);
            x = y;
        }
        Ok(x)
    }

    /// Runs one new token of each of several sequences, x `[sequences, hidden]`, all at `position`: weights are read once
    /// for all of them. `caches` holds what each sequence's layers remember of all positions before. `tap` sees the
    /// input of each block.
    ///
    /// # Errors
    /// `aborted` between two layers.
    pub async fn forward_batch(
        &self,
        mut x: Tensor<2>,
        position: usize,
        caches: &mut [Cache],
        pacer: &Pacer<'_>,
        tap: &mut dyn FnMut(usize, &Tensor<2>),
    ) -> Result<Tensor<2>> {
        let span = self.span_of(&vec![position; caches.len()]);
        for (layer, block) in self.blocks.iter().enumerate() {
            pacer.tick().await?;
            tap(layer, &x);
            let mut past: Vec<_> = caches.iter_mut().map(|cache| &mut cache.layers[layer]).collect();
            x = block.forward_batch(x, &mut past, self.positions(&span, layer));
        }
        Ok(x)
    }

    /// Gradient at the input of block `layer` from that at its output: `[tokens, hidden]`.
    pub fn backward(
        &self,
        layer: usize,
        tape: Tape,
        span: &Span,
        dy: Tensor<2>,
        gradients: &mut impl Gradients,
    ) -> Tensor<2> {
        let dx = self.blocks[layer].backward(tape, self.positions(span, layer), dy, gradients);
        gradients.hidden(layer, &dx);
        dx
    }

    /// See [`Block::attention_to_self`].
    ///
    /// # Errors
    /// `device_lost`.
    pub async fn attention_to_self(&self, layer: usize, tape: &Tape, from: usize) -> Result<Option<Vec<Vec<f64>>>> {
        self.blocks[layer].attention_to_self(tape, from).await
    }

    /// The linear layers of block `layer`.
    pub fn linears(&self, layer: usize) -> impl Iterator<Item = &Linear> {
        self.blocks[layer].linears().into_iter()
    }

    /// Puts changes of linear layers, by their names in the checkpoint, in the place of those that were there, and gives
    /// these back. A name that no layer has is left alone: whoever read an adapter has compared it with the model.
    pub fn exchange(&self, mut changes: Changes) -> Changes {
        // By insertion, as elsewhere: to collect a map is to sort, which is 4 kB of machine code for every kind of value.
        let mut exchanged = Changes::new();
        for linear in self.blocks.iter().flat_map(Block::linears) {
            if let Some(before) = linear.change.replace(changes.remove(&linear.name)) {
                exchanged.insert(linear.name.clone(), before);
            }
        }
        exchanged
    }

    /// The norm before the head.
    pub fn final_norm(&self) -> &RmsNorm {
        &self.norm
    }

    /// The head `[vocab, hidden]`, which may be the embedding.
    pub fn head(&self) -> &Weight {
        self.head.as_ref().unwrap_or(&self.embedding)
    }

    /// Logits `[tokens, vocab]` of what left the final norm, `[tokens, hidden]`.
    pub fn logits(&self, heads: Tensor<2>) -> Tensor<2> {
        let product = self.head().forward(heads);
        let logits = match self.config.logit_scale {
            Some(scale) => ops::scale(product, scale as f32),
            None => product,
        };
        match self.config.logit_cap {
            Some(cap) => ops::soft_cap(logits, cap as f32),
            None => logits,
        }
    }

    /// Gradient at the product of head and what left the final norm, from that at the logits: `[tokens, vocab]`.
    pub fn at_product(&self, logits: Tensor<2>, d_logits: Tensor<2>) -> Tensor<2> {
        let d = match self.config.logit_cap {
            Some(cap) => ops::soft_cap_backward(logits, d_logits, cap as f32),
            None => d_logits,
        };
        match self.config.logit_scale {
            Some(scale) => ops::scale(d, scale as f32),
            None => d,
        }
    }

    /// Number of weights.
    pub fn parameters(checkpoint: &Checkpoint) -> u64 {
        checkpoint.tensors().map(|t| t.shape.iter().map(|&n| n as u64).product::<u64>()).sum()
    }
}

/// One view of each kind of layer that there is, and which one each layer has.
fn views(config: &ModelConfig) -> (Vec<View>, Vec<usize>) {
    let rope = |theta, scaling| Rope::new(theta, [config.rotated, config.head_dim], scaling).at(config.temperature);
    let full = || rope(config.rope_theta, &config.rope_scaling);
    let local = || config.rope_local_theta.map_or_else(full, |theta| rope(theta, &RopeScaling::None));
    let view = |kind: &Layer| match kind {
        // A convolution looks at no positions: any view will do.
        Layer::Full | Layer::Convolution => View { rope: full(), window: None },
        Layer::Sliding => View { rope: local(), window: config.sliding_window },
        Layer::Unrotated => View { rope: Rope::none(config.head_dim), window: None },
    };
    let mut kinds: Vec<Layer> = Vec::new();
    let mut view_of = Vec::new();
    let seen_as = |kind| if kind == Layer::Convolution { Layer::Full } else { kind };
    for kind in (0..config.layers).map(|layer| seen_as(config.layer(layer))) {
        view_of.push(kinds.iter().position(|other| *other == kind).unwrap_or_else(|| {
            kinds.push(kind);
            kinds.len() - 1
        }));
    }
    (kinds.iter().map(view).collect(), view_of)
}

impl Loader<'_, '_> {
    async fn norm(&mut self, name: &str, eps: f64) -> Result<RmsNorm> {
        Ok(RmsNorm { weight: self.vector(name).await?, eps })
    }

    async fn block(&mut self, config: &ModelConfig, layer: usize) -> Result<Block> {
        let name = |part: &str| format!("model.layers.{layer}.{part}");
        let eps = config.norm_eps;
        let mixer_norm = match config.pre_norms {
            true => Some(self.norm(&name("input_layernorm.weight"), eps).await?),
            false => None,
        };
        let mixer = match config.layer(layer) {
            Layer::Full | Layer::Sliding | Layer::Unrotated => {
                Mixer::Attention(Box::new(self.attention(config, layer).await?))
            }
            Layer::Convolution => Mixer::Convolution(Box::new(self.convolution(layer).await?)),
        };
        let after_mixer = self.norm(&name("post_attention_layernorm.weight"), eps).await?;
        // What families with two norms call post-attention norm is the feed-forward's pre-norm; others have both.
        let (post_mixer_norm, feed_forward_norm, post_feed_forward_norm) = if config.post_norms {
            let pre = match config.pre_norms {
                true => Some(self.norm(&name("pre_feedforward_layernorm.weight"), eps).await?),
                false => None,
            };
            let post = self.norm(&name("post_feedforward_layernorm.weight"), eps).await?;
            (Some(after_mixer), pre, Some(post))
        } else {
            (None, Some(after_mixer), None)
        };
        Ok(Block {
            mixer_norm,
            mixer,
            post_mixer_norm,
            feed_forward_norm,
            gate: self.linear(&name("mlp.gate_proj"), false).await?,
            up: self.linear(&name("mlp.up_proj"), false).await?,
            down: self.linear(&name("mlp.down_proj"), false).await?,
            post_feed_forward_norm,
            activation: config.activation,
            residual_scale: config.residual_scale,
        })
    }

    async fn attention(&mut self, config: &ModelConfig, layer: usize) -> Result<Attention> {
        let name = |part: &str| format!("model.layers.{layer}.self_attn.{part}");
        let (eps, bias) = (config.norm_eps, config.attention_bias);
        let q = self.linear(&name("q_proj"), bias).await?;
        let k = self.linear(&name("k_proj"), bias).await?;
        let v = self.linear(&name("v_proj"), bias).await?;
        let o = self.linear(&name("o_proj"), false).await?;
        let qk_norm = if config.qk_norm != QkNorm::None {
            let q_norm = self.norm(&name("q_norm.weight"), eps).await?;
            Some((q_norm, self.norm(&name("k_norm.weight"), eps).await?))
        } else {
            None
        };
        let ModelConfig { heads, kv_heads, head_dim, attention_scale: scale, attention_cap: cap, .. } = *config;
        let gate = if config.head_gate {
            Some(HeadGate::new(self.linear(&name("g_proj"), false).await?, head_dim, self.device())?)
        } else {
            None
        };
        Ok(Attention { q, k, v, o, qk_norm, gate, heads, kv_heads, head_dim, scale, cap })
    }

    async fn convolution(&mut self, layer: usize) -> Result<Convolution> {
        let name = |part: &str| format!("model.layers.{layer}.conv.{part}");
        let in_proj = self.linear(&name("in_proj"), false).await?;
        let raw = self.raw(&name("conv.weight")).await?; // [hidden, 1, taps]
        let (hidden, taps) = (raw.shape[0], raw.shape.iter().skip(1).product::<usize>());
        let mut values = vec![0.0; hidden * taps];
        dequantize_row(raw.format, &raw.data, &mut values);
        let kernel = (0..taps * hidden).map(|i| values[i % hidden * taps + i / hidden]).collect();
        let burn = &self.device().burn;
        Ok(Convolution {
            in_proj,
            kernel: ops::upload(kernel, [taps, hidden], burn),
            none: ops::zeros([taps - 1, hidden], burn),
            out_proj: self.linear(&name("out_proj"), false).await?,
        })
    }
}
