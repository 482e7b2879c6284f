//! One pass over the suffix, forward, and what is read off it: token statistics, exact gradients, shapes of
//! distributions, attention, hidden states.
//!
//! With a [`Loss`] ℒ = −(1/T) Σ_t ω_t ln p(y_t), logits z = W·h and δ_t = p_t − e_{y_t}, ∂ℒ/∂z_t = ω_t·δ_t/T; the head
//! gradient is δᵀ·H with these weights (methods.md §1.4), and `W·` of them starts the backward pass (methods.md §1.6). Where
//! logits are a scaled or capped W·h, δ is first taken back to the product. Positions before the suffix are constants: no later
//! token changes them.

use crate::control::Pacer;
use crate::error::Result;
use crate::evidence::loss::Loss;
use crate::generate::milliseconds;
use crate::generate::statistics::{Summary, TokenStatistics, summarize};
use crate::generate::suffix::Suffix;
use crate::model::decoder::{Decoder, Span};
use crate::model::gradients::Gradients;
use crate::model::tape::Tape;
use crate::ops::{self, read};
use burn::tensor::Tensor;
use semgrad_scores::evidence::observed::{Attention, LayerAttention};
use std::ops::Range;
use web_time::Instant;

/// Mean |∂ℒ/∂h| by layer and by position from the suffix's start to the prompt's end; `None` for layers not computed.
pub type HiddenGradients = Vec<Option<Vec<f64>>>;

/// The forward pass over the suffix with everything that a backward pass needs.
pub struct Pass<'a> {
    pub(super) decoder: &'a Decoder,
    pub(super) response: &'a [u32],
    start: usize,
    prompt: usize,
    first_layer: usize,
    span: Span,
    /// By layer from the first one of interest.
    tapes: Vec<Tape>,
    /// Input of the final norm, `[suffix, hidden]`.
    top: Tensor<2>,
    /// Its output where tokens of the answer are predicted, `[response, hidden]`.
    pub(super) heads: Tensor<2>,
    /// Logits there, `[response, vocab]`, row by row.
    pub(super) logits: Tensor<2>,
    pub(super) rows: Vec<Summary>,
    /// Time it took, ms.
    pub ms: f64,
}

impl<'a> Pass<'a> {
    /// Joins what generation kept, or runs the suffix: `response` after a prompt of `prompt` tokens.
    ///
    /// # Errors
    /// `aborted`, `device_lost`.
    pub async fn run(
        decoder: &'a Decoder,
        mut suffix: Suffix,
        prompt: usize,
        response: &'a [u32],
        pacer: &Pacer<'_>,
    ) -> Result<Self> {
        let began = Instant::now();
        let (start, first_layer) = (suffix.start, suffix.first_layer);
        let hidden = ops::stack(suffix.hidden);
        let [tokens, _] = hidden.dims();
        let span = decoder.span(start, tokens);
        // Position prompt − 1 predicts the first token of the answer.
        let before = prompt - 1 - start;
        let heads = |top: &Tensor<2>| decoder.final_norm().forward(ops::cut_rows(top.clone(), before, tokens - before));
        let (tapes, top, heads, logits) = if let Some(kept) = suffix.kept {
            let top = ops::stack(kept.tops);
            let tapes = kept.tapes.into_iter().filter_map(Tape::join).collect();
            let heads = heads(&top);
            (tapes, top, heads, ops::stack(kept.logits))
        } else {
            let mut tapes = Vec::new();
            let layers = first_layer..decoder.config.layers;
            let mut keep = |_: usize, _: &Tensor<2>, tape: Tape| tapes.push(tape);
            let top = decoder.forward(hidden, layers, &span, &mut suffix.cache, pacer, &mut keep).await?;
            let heads = heads(&top);
            let logits = decoder.logits(heads.clone());
            (tapes, top, heads, logits)
        };
        let rows = summarize(logits.clone(), response, &decoder.device).await?;
        let ms = milliseconds(began);
        Ok(Self { decoder, response, start, prompt, first_layer, span, tapes, top, heads, logits, rows, ms })
    }

    /// Statistics of the answer's tokens.
    pub fn statistics(&self) -> Vec<TokenStatistics> {
        self.rows.iter().map(Summary::statistics).collect()
    }

    /// Logits that predict the answer's tokens, `[response, vocab]`.
    pub fn logits(&self) -> Tensor<2> {
        self.logits.clone()
    }

    /// Mean |∂ℒ/∂W| over the head's weights (its use as head only).
    ///
    /// # Errors
    /// `device_lost`.
    pub async fn head_gradient(&self, loss: &Loss) -> Result<f64> {
        let size = self.decoder.head().rows() as f64 * self.decoder.head().cols() as f64;
        let (a, tokens) = (self.at_product(self.d_logits(loss), &loss.tokens), &loss.tokens);
        let norms = ops::head_gradient_norm(a, ops::cut_rows(self.heads.clone(), tokens.start, tokens.len()));
        Ok(read(norms).await?.iter().map(|&v| f64::from(v)).sum::<f64>() / size)
    }

    /// Gradients at the hidden states of the prompt's positions, of layer `first` and those above it. `gradients` takes
    /// those at all positions of the suffix, and those of the weights there: all of them where the suffix is the whole
    /// sequence.
    ///
    /// # Errors
    /// `aborted`, `device_lost`.
    pub async fn hidden_gradients(
        &self,
        loss: &Loss,
        first: usize,
        pacer: &Pacer<'_>,
        gradients: &mut impl Gradients,
    ) -> Result<HiddenGradients> {
        let layers = self.decoder.config.layers;
        let (positions, [_, width]) = (self.prompt - self.start, self.top.dims());
        let mut norms = Vec::new();
        let mut heard = |d: &Tensor<2>| norms.push(ops::gradient_norm(ops::cut_rows(d.clone(), 0, positions)));
        self.descend(self.d_logits(loss), &loss.tokens, first, pacer, gradients, &mut heard).await?;
        let mut by_layer = vec![None; layers];
        if norms.is_empty() {
            return Ok(by_layer);
        }
        norms.reverse();
        let flat = read(ops::stack(norms)).await?; // [layers · positions]
        for (out, layer) in by_layer[first..].iter_mut().zip(flat.chunks_exact(positions)) {
            *out = Some(layer.iter().map(|&n| f64::from(n) / width as f64).collect());
        }
        Ok(by_layer)
    }

    /// The way down from ∂ℒ/∂z `[tokens, vocab]` where `tokens` of the answer are predicted, to the input of layer `first`.
    /// `heard` is told the gradient at the input of each layer, `[suffix, hidden]`, and `gradients` those of the weights.
    ///
    /// # Errors
    /// `aborted`.
    pub async fn descend(
        &self,
        d_logits: Tensor<2>,
        tokens: &Range<usize>,
        first: usize,
        pacer: &Pacer<'_>,
        gradients: &mut impl Gradients,
        heard: &mut dyn FnMut(&Tensor<2>),
    ) -> Result<()> {
        let mut d = self.decoder.final_norm().backward(self.top.clone(), self.d_heads(d_logits, tokens));
        for layer in (first..self.decoder.config.layers).rev() {
            pacer.tick().await?;
            let tape = self.tapes[layer - self.first_layer].clone();
            d = self.decoder.backward(layer, tape, &self.span, d, gradients);
            heard(&d);
        }
        Ok(())
    }

    /// Attention to themselves of the positions that predict the answer's tokens, in the layers named; all of them are
    /// among those that the pass was interested in.
    ///
    /// # Errors
    /// `device_lost`.
    pub async fn attention(&self, layers: &[usize]) -> Result<Attention> {
        let config = &self.decoder.config;
        let without = (0..config.layers).filter(|&layer| !config.layer(layer).has_attention()).collect();
        let mut out = Attention { depth: config.layers, layers: Vec::new(), without };
        for &layer in layers {
            let tape = &self.tapes[layer - self.first_layer];
            let from = self.prompt - 1 - self.start;
            if let Some(to_self) = self.decoder.attention_to_self(layer, tape, from).await? {
                out.layers.push(LayerAttention { layer, to_self });
            }
        }
        Ok(out)
    }

    /// Hidden state `layer` at a position of the sequence, `[hidden]`; both are within what the pass was interested in.
    ///
    /// # Errors
    /// `device_lost`.
    pub async fn state(&self, layer: usize, position: usize) -> Result<Vec<f32>> {
        let x = self.tapes[layer - self.first_layer].input();
        read(ops::cut_rows(x.clone(), position - self.start, 1)).await
    }

    /// Gradient at the final norm's output, `[suffix, hidden]`, from that at the logits of `tokens`; zero where none of them
    /// is predicted.
    fn d_heads(&self, d_logits: Tensor<2>, tokens: &Range<usize>) -> Tensor<2> {
        let [suffix, width] = self.top.dims();
        let d = self.decoder.head().backward(self.at_product(d_logits, tokens)); // [tokens, hidden]
        let before = self.prompt - 1 - self.start + tokens.start;
        let after = suffix - before - tokens.len();
        let zeros = |rows| ops::zeros([rows, width], &self.decoder.device.burn);
        let mut parts = vec![d];
        if before > 0 {
            parts.insert(0, zeros(before));
        }
        if after > 0 {
            parts.push(zeros(after));
        }
        ops::stack(parts)
    }

    /// Gradient at the head's product from that at the logits of `tokens`, `[tokens, vocab]`.
    fn at_product(&self, d_logits: Tensor<2>, tokens: &Range<usize>) -> Tensor<2> {
        let logits = ops::cut_rows(self.logits.clone(), tokens.start, tokens.len());
        self.decoder.at_product(logits, d_logits)
    }

    /// ∂ℒ/∂z `[tokens, vocab]`: ω_t·(p_t − e_{y_t})/T.
    pub fn d_logits(&self, loss: &Loss) -> Tensor<2> {
        let tokens = &loss.tokens;
        let mut at = Vec::with_capacity(4 * tokens.len());
        for (row, &id) in self.rows[tokens.clone()].iter().zip(&self.response[tokens.clone()]) {
            let token = row.statistics();
            let weight = loss.factor(&token);
            // p − 1 of the token itself keeps its digits this way.
            at.extend([row.max, weight / row.sum(), f64::from(id), weight * token.logprob.exp_m1()].map(|v| v as f32));
        }
        let logits = ops::cut_rows(self.logits.clone(), tokens.start, tokens.len());
        let at = ops::upload(at, [tokens.len(), 4], &logits.device());
        ops::logit_gradient(logits, at)
    }
}
