//! [`Kernels`] on the CPU device: hands the tensors' memory to the loops in [`super::cpu`].

use super::{Kernels, Layout, cpu};
use burn::backend::Flex;
use burn::backend::ops::{FloatTensorOps, IntTensorOps};
use burn::backend::tensor::{FloatTensor, IntTensor};
use burn::tensor::{DType, TensorData};

/// The device argument of Burn's constructors; the CPU device has no state.
fn from_vec(values: Vec<f32>, shape: impl Into<burn::tensor::Shape>) -> FloatTensor<Flex> {
    Flex::float_from_data(TensorData::new(values, shape.into()), &Default::default())
}

/// The elements in row-major order.
fn contiguous(x: FloatTensor<Flex>) -> FloatTensor<Flex> {
    // A view that starts inside its buffer counts as contiguous, but its memory is not at the start.
    if x.is_contiguous() && x.layout().start_offset() == 0 { x } else { x.to_contiguous() }
}

/// Elements of a contiguous tensor of which the buffer may be longer than the view.
fn values(x: &FloatTensor<Flex>) -> &[f32] {
    &x.storage::<f32>()[..x.layout().num_elements()]
}

impl Kernels for Flex {
    fn linear(x: FloatTensor<Self>, w: IntTensor<Self>, layout: Layout) -> FloatTensor<Self> {
        let x = contiguous(x);
        let y = cpu::linear(values(&x), w.bytes(), layout.format, layout.rows, layout.cols);
        let tokens = y.len() / layout.rows;
        from_vec(y, [tokens, layout.rows])
    }

    fn linear_transposed(dy: FloatTensor<Self>, w: IntTensor<Self>, layout: Layout) -> FloatTensor<Self> {
        let dy = contiguous(dy);
        let dx = cpu::linear_transposed(values(&dy), w.bytes(), layout.format, layout.rows, layout.cols);
        let tokens = dx.len() / layout.cols;
        from_vec(dx, [tokens, layout.cols])
    }

    fn rows(ids: IntTensor<Self>, w: IntTensor<Self>, layout: Layout) -> FloatTensor<Self> {
        let ids = Flex::int_cast(ids, burn::tensor::IntDType::U32).to_contiguous();
        debug_assert_eq!(ids.dtype(), DType::U32);
        let ids = &ids.storage::<u32>()[..ids.layout().num_elements()];
        from_vec(cpu::rows(ids, w.bytes(), layout.format, layout.cols), [ids.len(), layout.cols])
    }

    fn gradient_norm(g: FloatTensor<Self>) -> FloatTensor<Self> {
        let g = contiguous(g);
        let norms = cpu::gradient_norm(values(&g), g.layout().shape()[1]);
        let rows = norms.len();
        from_vec(norms, [rows])
    }

    fn head_gradient_norm(a: FloatTensor<Self>, h: FloatTensor<Self>) -> FloatTensor<Self> {
        let (a, h) = (contiguous(a), contiguous(h));
        let (vocab, cols) = (a.layout().shape()[1], h.layout().shape()[1]);
        from_vec(cpu::head_gradient_norm(values(&a), values(&h), vocab, cols), [vocab])
    }
}
