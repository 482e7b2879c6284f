//! Exact gradients of the answer's entropy-weighted log-likelihood, on the suffix alone.
//!
//! Loss: ℒ = −(1/T) Σ_t ω_t ln p(y_t), ω_t the entropy of the token's distribution, held constant (methods §1.2–1.3).
//! With logits z = W·h and δ_t = p_t − e_{y_t}, ∂ℒ/∂z_t = ω_t·δ_t/T; the head gradient is δᵀ·H with these weights, and
//! `W·` of them starts the backward pass. Positions before the suffix are constants: no later token changes them.

use crate::control::Pacer;
use crate::error::Result;
use crate::generate::Suffix;
use crate::generate::milliseconds;
use crate::generate::statistics::{Summary, TokenStatistics, summarize};
use crate::kernels;
use crate::model::decoder::{Decoder, Span};
use crate::model::read;
use crate::model::tape::Tape;
use burn::tensor::{Tensor, TensorData};
use web_time::Instant;

/// Which gradients to take.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// Norm of the head's weight gradient, entropy-weighted.
    pub paragrad: bool,
    /// The same without entropy weights.
    pub exgrad: bool,
    /// Gradients at the hidden states.
    pub hidden: bool,
}

/// Gradient norms of one answer.
#[derive(Clone, Debug, Default)]
pub struct Gradients {
    /// Statistics by token of the answer.
    pub statistics: Vec<TokenStatistics>,
    /// Mean |∂ℒ/∂W| over the head's weights (its use as head only).
    pub paragrad: Option<f64>,
    /// The same with ω = 1.
    pub exgrad: Option<f64>,
    /// Mean |∂ℒ/∂h| by layer and by position from the suffix's start to the prompt's end; `None` for layers not computed.
    pub hidden: Vec<Option<Vec<f64>>>,
    /// Time of the forward pass over the suffix, ms.
    pub forward_ms: f64,
    /// Time of ParaGrad's head norm, ms.
    pub paragrad_ms: f64,
    /// Time of ExGrad's head norm, ms.
    pub exgrad_ms: f64,
    /// Time of the backward pass, ms.
    pub backward_ms: f64,
}

/// Forward pass over the suffix with everything the backward pass needs.
struct Forward {
    span: Span,
    /// By layer from the first one of interest.
    tapes: Vec<Tape>,
    /// Input of the final norm, `[suffix, hidden]`.
    top: Tensor<2>,
    /// Its output where tokens of the answer are predicted, `[response, hidden]`.
    heads: Tensor<2>,
    /// Logits there, `[response, vocab]`, row by row.
    logits: Tensor<2>,
}

/// Gradients for `response` after a prompt of `prompt` tokens. `on_gradient` sees ∂ℒ/∂h `[suffix, hidden]` of each layer,
/// from the top down.
///
/// # Errors
/// `aborted`, `device_lost`.
pub async fn gradients(
    decoder: &Decoder,
    suffix: Suffix,
    prompt: usize,
    response: &[u32],
    wanted: Wanted,
    pacer: &Pacer<'_>,
    on_gradient: &mut dyn FnMut(usize, &Tensor<2>),
) -> Result<Gradients> {
    let began = Instant::now();
    let (start, first_layer) = (suffix.start, suffix.first_layer);
    let forward = forward(decoder, suffix, prompt, pacer).await?;
    let rows = summarize(forward.logits.clone(), response).await?;
    let statistics = rows.iter().map(Summary::statistics).collect();
    let mut out = Gradients {
        statistics,
        hidden: vec![None; decoder.config.layers],
        forward_ms: milliseconds(began),
        ..Gradients::default()
    };
    let logits = forward.logits.clone();
    let head_gradient = |weighted| d_logits(logits.clone(), &rows, response, weighted);

    if wanted.exgrad {
        let began = Instant::now();
        out.exgrad = Some(head_norm(decoder, head_gradient(false), forward.heads.clone()).await?);
        out.exgrad_ms = milliseconds(began);
    }
    if !wanted.paragrad && !wanted.hidden {
        return Ok(out);
    }
    let began = Instant::now();
    let d_z = head_gradient(true);
    if wanted.paragrad {
        out.paragrad = Some(head_norm(decoder, d_z.clone(), forward.heads.clone()).await?);
        out.paragrad_ms = milliseconds(began);
    }
    if wanted.hidden {
        let began = Instant::now();
        let norms = backward(decoder, forward, d_z, first_layer, prompt - start, pacer, on_gradient).await?;
        out.hidden.splice(first_layer.., norms.into_iter().map(Some));
        out.backward_ms = milliseconds(began);
    }
    Ok(out)
}

/// Joins what generation kept, or runs the suffix.
async fn forward(decoder: &Decoder, mut suffix: Suffix, prompt: usize, pacer: &Pacer<'_>) -> Result<Forward> {
    let hidden = Tensor::cat(suffix.hidden, 0);
    let [tokens, _] = hidden.dims();
    let span = decoder.span(suffix.start, tokens);
    // Position prompt − 1 predicts the first token of the answer.
    let before = prompt - 1 - suffix.start;
    let heads = |top: &Tensor<2>| decoder.final_norm().forward(top.clone().narrow(0, before, tokens - before));
    if let Some(kept) = suffix.kept {
        let top = Tensor::cat(kept.tops, 0);
        let tapes = kept.tapes.into_iter().filter_map(Tape::join).collect();
        return Ok(Forward { span, tapes, heads: heads(&top), top, logits: Tensor::cat(kept.logits, 0) });
    }
    let mut tapes = Vec::new();
    let layers = suffix.first_layer..decoder.config.layers;
    let mut keep = |_: usize, _: &Tensor<2>, tape: Tape| tapes.push(tape);
    let top = decoder.forward(hidden, layers, &span, &mut suffix.cache, pacer, &mut keep).await?;
    let heads = heads(&top);
    let logits = decoder.head().forward(heads.clone());
    Ok(Forward { span, tapes, top, heads, logits })
}

/// Mean |∂ℒ/∂h| by layer from `first_layer` on, at the first `positions` rows.
async fn backward(
    decoder: &Decoder,
    forward: Forward,
    d_z: Tensor<2>,
    first_layer: usize,
    positions: usize,
    pacer: &Pacer<'_>,
    on_gradient: &mut dyn FnMut(usize, &Tensor<2>),
) -> Result<Vec<Vec<f64>>> {
    let [tokens, width] = forward.top.dims();
    let d_heads = decoder.head().backward(d_z); // [response, hidden]
    let before = tokens - d_heads.dims()[0];
    let d_heads = match before {
        0 => d_heads,
        _ => Tensor::cat(vec![Tensor::zeros([before, width], &decoder.device.burn), d_heads], 0),
    };
    let mut d = decoder.final_norm().backward(forward.top, d_heads);
    let mut norms = Vec::new();
    for (layer, tape) in (first_layer..decoder.config.layers).zip(forward.tapes).rev() {
        pacer.tick().await?;
        d = decoder.backward(layer, tape, &forward.span, d);
        on_gradient(layer, &d);
        norms.push(kernels::gradient_norm(d.clone().narrow(0, 0, positions)));
    }
    if norms.is_empty() {
        return Ok(Vec::new());
    }
    norms.reverse();
    let flat = read(Tensor::cat(norms, 0)).await?; // [layers · positions]
    Ok(flat.chunks_exact(positions).map(|l| l.iter().map(|&n| f64::from(n) / width as f64).collect()).collect())
}

/// ∂ℒ/∂z `[response, vocab]` from z: ω_t·(p_t − e_{y_t})/T, with ω = 1 unless `weighted`.
fn d_logits(logits: Tensor<2>, rows: &[Summary], response: &[u32], weighted: bool) -> Tensor<2> {
    let mut at = Vec::with_capacity(4 * rows.len());
    for (row, &id) in rows.iter().zip(response) {
        let token = row.statistics();
        let weight = if weighted { token.entropy } else { 1.0 } / response.len() as f64;
        // p − 1 of the token itself keeps its digits this way.
        at.extend([row.max, weight / row.sum(), f64::from(id), weight * token.logprob.exp_m1()].map(|v| v as f32));
    }
    let at = Tensor::from_data(TensorData::new(at, [rows.len(), 4]), &logits.device());
    kernels::logit_gradient(logits, at)
}

/// Mean |aᵀ·h| over the head's weights.
async fn head_norm(decoder: &Decoder, a: Tensor<2>, h: Tensor<2>) -> Result<f64> {
    let size = decoder.head().rows() as f64 * decoder.head().cols() as f64;
    let rows = read(kernels::head_gradient_norm(a, h)).await?;
    Ok(rows.iter().map(|&v| f64::from(v)).sum::<f64>() / size)
}
