//! The project's own kernels: one trait, implemented by shaders on WebGPU and by plain loops on the CPU device.
//!
//! Here is what reads packed weights or fuses a reduction that a tensor library would have to materialize; [`arrange`] has
//! the few plain operations that a model needs besides.

pub mod arrange;
mod cube;
mod encode;
mod flex;
mod fused;
pub(crate) mod launch;
pub mod pack;
mod products;
#[cfg(test)]
pub(crate) mod tests;
#[cfg(test)]
mod tests_arrange;
#[cfg(test)]
mod tests_encode;
#[cfg(test)]
mod tests_fused;

pub use arrange::{add, beside, cut_columns, cut_rows, reshape, scale, stack, take};
pub(crate) use semgrad_kernels::samples;
pub use semgrad_kernels::{self as cpu, Activation, Attention, Layout, twins};

use burn::backend::tensor::{FloatTensor, IntTensor};
use burn::backend::{Dispatch, backend_extension};
use burn::tensor::{Int, Tensor};

/// The operations, by backend.
#[backend_extension(Cube, Flex)]
pub(crate) trait Kernels: burn::backend::Backend {
    /// x `[tokens, cols]` · wᵀ → `[tokens, rows]`.
    fn linear(x: FloatTensor<Self>, w: IntTensor<Self>, layout: Layout) -> FloatTensor<Self>;
    /// dy `[tokens, rows]` · w → `[tokens, cols]`.
    fn linear_transposed(dy: FloatTensor<Self>, w: IntTensor<Self>, layout: Layout) -> FloatTensor<Self>;
    /// Rows of a table whose first row is that of the id `first`: ids `[tokens]` → `[tokens, cols]`, zeros for ids that
    /// are not in it.
    fn rows(ids: IntTensor<Self>, w: IntTensor<Self>, layout: Layout, first: usize) -> FloatTensor<Self>;
    /// `[rows, cols]` → Σ_c |g| `[rows]`.
    fn gradient_norm(g: FloatTensor<Self>) -> FloatTensor<Self>;
    /// a `[tokens, vocab]`, h `[tokens, cols]` → Σ_c |(aᵀ·h)[v, c]| `[vocab]`.
    fn head_gradient_norm(a: FloatTensor<Self>, h: FloatTensor<Self>) -> FloatTensor<Self>;
    /// See [`twins::rms_norm`].
    fn rms_norm(x: FloatTensor<Self>, weight: FloatTensor<Self>, eps: f32) -> FloatTensor<Self>;
    /// See [`twins::rms_norm_residual`].
    fn rms_norm_residual(
        x: FloatTensor<Self>,
        delta: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        eps: f32,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);
    /// See [`twins::rms_norm_backward`].
    fn rms_norm_backward(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        dy: FloatTensor<Self>,
        eps: f32,
    ) -> FloatTensor<Self>;
    /// See [`twins::rope`].
    fn rope(x: FloatTensor<Self>, table: FloatTensor<Self>, sign: f32) -> FloatTensor<Self>;
    /// See [`twins::append`].
    fn append(
        past_k: FloatTensor<Self>,
        past_v: FloatTensor<Self>,
        k: FloatTensor<Self>,
        v: FloatTensor<Self>,
        table: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);
    /// See [`twins::glu`].
    fn glu(gate: FloatTensor<Self>, up: FloatTensor<Self>, kind: Activation) -> FloatTensor<Self>;
    /// See [`twins::glu_backward`].
    fn glu_backward(
        gate: FloatTensor<Self>,
        up: FloatTensor<Self>,
        d: FloatTensor<Self>,
        kind: Activation,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);
    /// See [`twins::attend`].
    fn attend(
        q: FloatTensor<Self>,
        k: FloatTensor<Self>,
        v: FloatTensor<Self>,
        a: Attention,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);
    /// See [`twins::attend_backward`].
    fn attend_backward(
        q: FloatTensor<Self>,
        k: FloatTensor<Self>,
        v: FloatTensor<Self>,
        out: FloatTensor<Self>,
        log_sum: FloatTensor<Self>,
        d_out: FloatTensor<Self>,
        a: Attention,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);
    /// See [`twins::token_statistics`]; and the ids of the largest logits as such.
    fn token_statistics(logits: FloatTensor<Self>, ids: IntTensor<Self>) -> (FloatTensor<Self>, IntTensor<Self>);
    /// See [`twins::logit_gradient`].
    fn logit_gradient(logits: FloatTensor<Self>, at: FloatTensor<Self>) -> FloatTensor<Self>;
    /// See [`cpu::layer_norm`].
    fn layer_norm(
        x: FloatTensor<Self>,
        delta: FloatTensor<Self>,
        parameters: FloatTensor<Self>,
        eps: f32,
    ) -> FloatTensor<Self>;
    /// See [`cpu::gelu`].
    fn gelu(x: FloatTensor<Self>, bias: FloatTensor<Self>) -> FloatTensor<Self>;
    /// See [`cpu::attend_segments`].
    fn attend_segments(
        q: FloatTensor<Self>,
        k: FloatTensor<Self>,
        v: FloatTensor<Self>,
        segments: IntTensor<Self>,
        a: Attention,
    ) -> FloatTensor<Self>;
    /// The same with what the distance between two tokens adds to a score, see [`cpu::Positions`].
    fn attend_disentangled(
        q: FloatTensor<Self>,
        k: FloatTensor<Self>,
        v: FloatTensor<Self>,
        segments: IntTensor<Self>,
        positions: FloatTensor<Self>,
        rows: IntTensor<Self>,
        a: Attention,
    ) -> FloatTensor<Self>;
}

/// `x · wᵀ`: x `[tokens, cols]` → `[tokens, rows]`.
pub fn linear(x: Tensor<2>, w: Tensor<1, Int>, layout: Layout) -> Tensor<2> {
    Tensor::from_dispatch(<Dispatch as Kernels>::linear(x.into_dispatch(), w.into_dispatch(), layout))
}

/// `dy · w`, the gradient of [`linear`] with respect to its input: dy `[tokens, rows]` → `[tokens, cols]`.
pub fn linear_transposed(dy: Tensor<2>, w: Tensor<1, Int>, layout: Layout) -> Tensor<2> {
    Tensor::from_dispatch(<Dispatch as Kernels>::linear_transposed(dy.into_dispatch(), w.into_dispatch(), layout))
}

/// Look-up in a table that begins with the row of the id `first`: ids `[tokens]` → `[tokens, cols]`, zeros for ids that are
/// not in it.
pub fn rows(ids: Tensor<1, Int>, w: Tensor<1, Int>, layout: Layout, first: usize) -> Tensor<2> {
    Tensor::from_dispatch(<Dispatch as Kernels>::rows(ids.into_dispatch(), w.into_dispatch(), layout, first))
}

/// L1 norm of every row: `[rows, cols]` → `[rows]`.
pub fn gradient_norm(g: Tensor<2>) -> Tensor<1> {
    Tensor::from_dispatch(<Dispatch as Kernels>::gradient_norm(g.into_dispatch()))
}

/// L1 norms of the rows of aᵀ·h, which is not stored: a `[tokens, vocab]`, h `[tokens, cols]` → `[vocab]`.
pub fn head_gradient_norm(a: Tensor<2>, h: Tensor<2>) -> Tensor<1> {
    Tensor::from_dispatch(<Dispatch as Kernels>::head_gradient_norm(a.into_dispatch(), h.into_dispatch()))
}

/// RMS normalization of every row with a learned scale: x `[rows, width]`, weight `[width]` → `[rows, width]`.
pub fn rms_norm(x: Tensor<2>, weight: Tensor<1>, eps: f32) -> Tensor<2> {
    Tensor::from_dispatch(<Dispatch as Kernels>::rms_norm(x.into_dispatch(), weight.into_dispatch(), eps))
}

/// x + delta and its [`rms_norm`], both `[rows, width]`.
pub fn rms_norm_residual(x: Tensor<2>, delta: Tensor<2>, weight: Tensor<1>, eps: f32) -> (Tensor<2>, Tensor<2>) {
    pair(<Dispatch as Kernels>::rms_norm_residual(
        x.into_dispatch(),
        delta.into_dispatch(),
        weight.into_dispatch(),
        eps,
    ))
}

/// Gradient of [`rms_norm`] with respect to x: dy `[rows, width]` → `[rows, width]`.
pub fn rms_norm_backward(x: Tensor<2>, weight: Tensor<1>, dy: Tensor<2>, eps: f32) -> Tensor<2> {
    Tensor::from_dispatch(<Dispatch as Kernels>::rms_norm_backward(
        x.into_dispatch(),
        weight.into_dispatch(),
        dy.into_dispatch(),
        eps,
    ))
}

/// Rotary embedding of x `[tokens, heads · 2 · half]` by angles with the cosines and sines in `table` `[tokens, 2 · half]`;
/// sign −1 turns back.
pub fn rope(x: Tensor<2>, table: Tensor<2>, sign: f32) -> Tensor<2> {
    Tensor::from_dispatch(<Dispatch as Kernels>::rope(x.into_dispatch(), table.into_dispatch(), sign))
}

/// New keys (to be rotated by `table`) and values `[tokens, width]` behind the old ones `[past, width]`.
pub fn append(past: (Tensor<2>, Tensor<2>), k: Tensor<2>, v: Tensor<2>, table: Tensor<2>) -> (Tensor<2>, Tensor<2>) {
    pair(<Dispatch as Kernels>::append(
        past.0.into_dispatch(),
        past.1.into_dispatch(),
        k.into_dispatch(),
        v.into_dispatch(),
        table.into_dispatch(),
    ))
}

/// `activation(gate)·up`, all `[tokens, width]`.
pub fn glu(gate: Tensor<2>, up: Tensor<2>, kind: Activation) -> Tensor<2> {
    Tensor::from_dispatch(<Dispatch as Kernels>::glu(gate.into_dispatch(), up.into_dispatch(), kind))
}

/// Gradients of [`glu`] with respect to gate and up, from that of its result; all `[tokens, width]`.
pub fn glu_backward(gate: Tensor<2>, up: Tensor<2>, d: Tensor<2>, kind: Activation) -> (Tensor<2>, Tensor<2>) {
    pair(<Dispatch as Kernels>::glu_backward(gate.into_dispatch(), up.into_dispatch(), d.into_dispatch(), kind))
}

/// Causal attention of queries at the last positions: q `[tokens, heads · width]`, k and v `[keys, kv_heads · width]` →
/// result like q, and ln Σ exp of the scaled scores `[tokens, heads]`, which the gradient needs.
pub fn attend(q: Tensor<2>, k: Tensor<2>, v: Tensor<2>, a: Attention) -> (Tensor<2>, Tensor<2>) {
    pair(<Dispatch as Kernels>::attend(q.into_dispatch(), k.into_dispatch(), v.into_dispatch(), a))
}

/// What [`attend`] took and gave.
#[derive(Clone)]
pub struct Attended {
    /// `[tokens, heads · width]`.
    pub q: Tensor<2>,
    /// `[keys, kv_heads · width]`.
    pub k: Tensor<2>,
    /// `[keys, kv_heads · width]`.
    pub v: Tensor<2>,
    /// `[tokens, heads · width]`.
    pub out: Tensor<2>,
    /// `[tokens, heads]`.
    pub log_sum: Tensor<2>,
}

/// Gradients of [`attend`] with respect to q (like q) and to the keys and values of the queries' own positions
/// (`[2 · tokens, kv_heads · width]`, keys first), from that of its result.
pub fn attend_backward(x: Attended, d_out: Tensor<2>, a: Attention) -> (Tensor<2>, Tensor<2>) {
    pair(<Dispatch as Kernels>::attend_backward(
        x.q.into_dispatch(),
        x.k.into_dispatch(),
        x.v.into_dispatch(),
        x.out.into_dispatch(),
        x.log_sum.into_dispatch(),
        d_out.into_dispatch(),
        a,
    ))
}

/// See [`twins::token_statistics`]: logits `[rows, vocab]`, ids `[rows]` → `[rows, 6]`, and the ids of the largest logits,
/// `[rows]`, for what goes on with them on the device.
pub fn token_statistics(logits: Tensor<2>, ids: Tensor<1, Int>) -> (Tensor<2>, Tensor<1, Int>) {
    let (rows, best) = <Dispatch as Kernels>::token_statistics(logits.into_dispatch(), ids.into_dispatch());
    (Tensor::from_dispatch(rows), Tensor::from_dispatch(best))
}

/// See [`twins::logit_gradient`]: logits `[rows, vocab]`, at `[rows, 4]` → `[rows, vocab]`.
pub fn logit_gradient(logits: Tensor<2>, at: Tensor<2>) -> Tensor<2> {
    Tensor::from_dispatch(<Dispatch as Kernels>::logit_gradient(logits.into_dispatch(), at.into_dispatch()))
}

/// Layer normalization of every row of x + delta + bias: x and delta `[rows, width]`, parameters bias, scale and shift
/// `[3, width]` → `[rows, width]`.
pub fn layer_norm(x: Tensor<2>, delta: Tensor<2>, parameters: Tensor<2>, eps: f32) -> Tensor<2> {
    Tensor::from_dispatch(<Dispatch as Kernels>::layer_norm(
        x.into_dispatch(),
        delta.into_dispatch(),
        parameters.into_dispatch(),
        eps,
    ))
}

/// Exact GELU of x + bias: x `[rows, width]`, bias `[width]` → `[rows, width]`.
pub fn gelu(x: Tensor<2>, bias: Tensor<1>) -> Tensor<2> {
    Tensor::from_dispatch(<Dispatch as Kernels>::gelu(x.into_dispatch(), bias.into_dispatch()))
}

/// What the distance between two tokens adds to a score.
#[derive(Clone)]
pub struct Distances {
    /// Keys of distances, then their queries: `[2 · rows, heads · width]`.
    pub positions: Tensor<2>,
    /// The row of each distance query − key from 1 − longest to longest − 1, rising: `[2 · longest − 1]`.
    pub rows: Tensor<1, Int>,
}

/// Attention of every token to all tokens of its own text: q, k and v `[tokens, heads · width]` → the same; `segments`
/// `[2 · tokens]` holds the first token of each token's text and one past the last. Every head has its own keys.
pub fn attend_segments(
    [q, k, v]: [Tensor<2>; 3],
    segments: Tensor<1, Int>,
    distances: Option<Distances>,
    a: Attention,
) -> Tensor<2> {
    let (q, k, v, segments) = (q.into_dispatch(), k.into_dispatch(), v.into_dispatch(), segments.into_dispatch());
    Tensor::from_dispatch(match distances {
        None => <Dispatch as Kernels>::attend_segments(q, k, v, segments, a),
        Some(d) => <Dispatch as Kernels>::attend_disentangled(
            q,
            k,
            v,
            segments,
            d.positions.into_dispatch(),
            d.rows.into_dispatch(),
            a,
        ),
    })
}

fn pair((a, b): (FloatTensor<Dispatch>, FloatTensor<Dispatch>)) -> (Tensor<2>, Tensor<2>) {
    (Tensor::from_dispatch(a), Tensor::from_dispatch(b))
}
