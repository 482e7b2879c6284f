//! The project's own kernels: one trait, implemented by shaders on WebGPU and by plain loops on the CPU device.
//!
//! What Burn offers as a tensor operation is not here; here is what reads packed weights or fuses a reduction that Burn
//! would have to materialize.

pub mod cpu;
mod flex;
mod launch;
#[cfg(test)]
mod tests;

use crate::weights::format::Format;
use burn::backend::tensor::{FloatTensor, IntTensor};
use burn::backend::{Dispatch, backend_extension};
use burn::tensor::{Int, Tensor};

/// How a packed matrix `[rows, cols]` lies in its buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Block format of a row.
    pub format: Format,
    /// Output features of a linear layer, or entries of a table.
    pub rows: usize,
    /// Input features, or the width of a table.
    pub cols: usize,
}

/// The operations, by backend.
#[backend_extension(Cube, Flex)]
pub(crate) trait Kernels: burn::backend::Backend {
    /// x `[tokens, cols]` · wᵀ → `[tokens, rows]`.
    fn linear(x: FloatTensor<Self>, w: IntTensor<Self>, layout: Layout) -> FloatTensor<Self>;
    /// dy `[tokens, rows]` · w → `[tokens, cols]`.
    fn linear_transposed(dy: FloatTensor<Self>, w: IntTensor<Self>, layout: Layout) -> FloatTensor<Self>;
    /// Rows of a table: ids `[tokens]` → `[tokens, cols]`.
    fn rows(ids: IntTensor<Self>, w: IntTensor<Self>, layout: Layout) -> FloatTensor<Self>;
    /// `[rows, cols]` → Σ_c |g| `[rows]`.
    fn gradient_norm(g: FloatTensor<Self>) -> FloatTensor<Self>;
    /// a `[tokens, vocab]`, h `[tokens, cols]` → Σ_c |(aᵀ·h)[v, c]| `[vocab]`.
    fn head_gradient_norm(a: FloatTensor<Self>, h: FloatTensor<Self>) -> FloatTensor<Self>;
}

/// `x · wᵀ`: x `[tokens, cols]` → `[tokens, rows]`.
pub fn linear(x: Tensor<2>, w: Tensor<1, Int>, layout: Layout) -> Tensor<2> {
    Tensor::from_dispatch(<Dispatch as Kernels>::linear(x.into_dispatch(), w.into_dispatch(), layout))
}

/// `dy · w`, the gradient of [`linear`] with respect to its input: dy `[tokens, rows]` → `[tokens, cols]`.
pub fn linear_transposed(dy: Tensor<2>, w: Tensor<1, Int>, layout: Layout) -> Tensor<2> {
    Tensor::from_dispatch(<Dispatch as Kernels>::linear_transposed(dy.into_dispatch(), w.into_dispatch(), layout))
}

/// Table look-up: ids `[tokens]` (each below `layout.rows`) → `[tokens, cols]`.
pub fn rows(ids: Tensor<1, Int>, w: Tensor<1, Int>, layout: Layout) -> Tensor<2> {
    Tensor::from_dispatch(<Dispatch as Kernels>::rows(ids.into_dispatch(), w.into_dispatch(), layout))
}

/// L1 norm of every row: `[rows, cols]` → `[rows]`.
pub fn gradient_norm(g: Tensor<2>) -> Tensor<1> {
    Tensor::from_dispatch(<Dispatch as Kernels>::gradient_norm(g.into_dispatch()))
}

/// L1 norms of the rows of aᵀ·h, which is not stored: a `[tokens, vocab]`, h `[tokens, cols]` → `[vocab]`.
pub fn head_gradient_norm(a: Tensor<2>, h: Tensor<2>) -> Tensor<1> {
    Tensor::from_dispatch(<Dispatch as Kernels>::head_gradient_norm(a.into_dispatch(), h.into_dispatch()))
}
