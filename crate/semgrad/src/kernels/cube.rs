//! [`Kernels`] on WebGPU.

use super::launch::{contiguous, empty, groups, launch, shader};
use super::{Attention, Kernels, Layout, encode, fused, products};
use crate::weights::config::Activation;
use burn::backend::TensorMetadata;
use burn::backend::tensor::{FloatTensor, IntTensor};
use burn::backend::wgpu::{CubeBackend, CubeTensor};
use burn::tensor::DType;

/// Ids as 32-bit integers in order.
pub(super) fn words(ids: CubeTensor) -> CubeTensor {
    debug_assert_eq!(ids.dtype, DType::U32);
    contiguous(ids)
}

impl Kernels for CubeBackend {
    fn linear(x: FloatTensor<Self>, w: IntTensor<Self>, layout: Layout) -> FloatTensor<Self> {
        products::linear(x, &w, layout)
    }

    fn linear_transposed(dy: FloatTensor<Self>, w: IntTensor<Self>, layout: Layout) -> FloatTensor<Self> {
        products::linear_transposed(dy, &w, layout)
    }

    fn rows(ids: IntTensor<Self>, w: IntTensor<Self>, layout: Layout, first: usize) -> FloatTensor<Self> {
        products::rows(&words(ids), &w, layout, first)
    }

    fn gradient_norm(g: FloatTensor<Self>) -> FloatTensor<Self> {
        let g = contiguous(g);
        let (rows, cols) = (g.shape()[0], g.shape()[1]);
        let out = empty(&g, [rows]);
        launch(shader!("gradient_norm").joining(1), &[&g, &out], &[rows as u32, cols as u32], [rows, 1, 1]);
        out
    }

    fn head_gradient_norm(a: FloatTensor<Self>, h: FloatTensor<Self>) -> FloatTensor<Self> {
        let (a, h) = (contiguous(a), contiguous(h));
        let (tokens, vocab, cols) = (a.shape()[0], a.shape()[1], h.shape()[1]);
        let out = empty(&a, [vocab]);
        let info = [tokens, vocab, cols].map(|n| n as u32);
        launch(shader!("head_gradient_norm"), &[&a, &h, &out], &info, [groups(vocab), 1, 1]);
        out
    }

    fn rms_norm(x: FloatTensor<Self>, weight: FloatTensor<Self>, eps: f32) -> FloatTensor<Self> {
        fused::rms_norm(x, weight, eps)
    }

    fn rms_norm_residual(
        x: FloatTensor<Self>,
        delta: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        eps: f32,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        fused::rms_norm_residual(x, delta, weight, eps)
    }

    fn rms_norm_backward(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        dy: FloatTensor<Self>,
        eps: f32,
    ) -> FloatTensor<Self> {
        fused::rms_norm_backward(x, weight, dy, eps)
    }

    fn rope(x: FloatTensor<Self>, table: FloatTensor<Self>, sign: f32) -> FloatTensor<Self> {
        fused::rope(x, table, sign)
    }

    fn append(
        past_k: FloatTensor<Self>,
        past_v: FloatTensor<Self>,
        k: FloatTensor<Self>,
        v: FloatTensor<Self>,
        table: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        fused::append([past_k, past_v], [k, v], table)
    }

    fn glu(gate: FloatTensor<Self>, up: FloatTensor<Self>, kind: Activation) -> FloatTensor<Self> {
        fused::glu(gate, up, kind)
    }

    fn glu_backward(
        gate: FloatTensor<Self>,
        up: FloatTensor<Self>,
        d: FloatTensor<Self>,
        kind: Activation,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        fused::glu_backward(gate, up, d, kind)
    }

    fn attend(
        q: FloatTensor<Self>,
        k: FloatTensor<Self>,
        v: FloatTensor<Self>,
        a: Attention,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        fused::attend(q, k, v, a)
    }

    fn attend_backward(
        q: FloatTensor<Self>,
        k: FloatTensor<Self>,
        v: FloatTensor<Self>,
        out: FloatTensor<Self>,
        log_sum: FloatTensor<Self>,
        d_out: FloatTensor<Self>,
        a: Attention,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        fused::attend_backward([q, k, v, out, log_sum], d_out, a)
    }

    fn token_statistics(logits: FloatTensor<Self>, ids: IntTensor<Self>) -> (FloatTensor<Self>, IntTensor<Self>) {
        fused::token_statistics(logits, &words(ids))
    }

    fn logit_gradient(logits: FloatTensor<Self>, at: FloatTensor<Self>) -> FloatTensor<Self> {
        fused::logit_gradient(logits, at)
    }

    fn layer_norm(
        x: FloatTensor<Self>,
        delta: FloatTensor<Self>,
        parameters: FloatTensor<Self>,
        eps: f32,
    ) -> FloatTensor<Self> {
        encode::layer_norm(x, delta, parameters, eps)
    }

    fn gelu(x: FloatTensor<Self>, bias: FloatTensor<Self>) -> FloatTensor<Self> {
        encode::gelu(x, bias)
    }

    fn attend_segments(
        q: FloatTensor<Self>,
        k: FloatTensor<Self>,
        v: FloatTensor<Self>,
        segments: IntTensor<Self>,
        a: Attention,
    ) -> FloatTensor<Self> {
        encode::attend_segments([q, k, v], words(segments), None, a)
    }

    fn attend_disentangled(
        q: FloatTensor<Self>,
        k: FloatTensor<Self>,
        v: FloatTensor<Self>,
        segments: IntTensor<Self>,
        positions: FloatTensor<Self>,
        rows: IntTensor<Self>,
        a: Attention,
    ) -> FloatTensor<Self> {
        encode::attend_segments([q, k, v], words(segments), Some([positions, words(rows)]), a)
    }
}
