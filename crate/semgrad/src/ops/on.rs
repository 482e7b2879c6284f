//! Which device an operation's tensors are on, and its results as tensors.

use super::launch::contiguous;
use burn::backend::ops::{FloatTensorOps, IntTensorOps};
use burn::backend::tensor::FloatTensor;
use burn::backend::wgpu::CubeTensor;
use burn::backend::{BackendTensor, DispatchAutodiffContext, DispatchTensor, DispatchTensorKind, Flex};
use burn::tensor::{DType, Int, Shape, Tensor, TensorData};

/// A tensor in the host's memory, of floats or integers.
pub type HostTensor = FloatTensor<Flex>;

/// The tensors of an operation, all on one device, their elements in row-major order.
pub enum On<const N: usize> {
    /// WebGPU.
    Gpu([CubeTensor; N]),
    /// The CPU device.
    Cpu([HostTensor; N]),
}

/// Where these tensors are.
///
/// # Panics
/// When they are on different devices: a model and all that it computes are on one.
pub fn on<const N: usize>(tensors: [DispatchTensor; N]) -> On<N> {
    if tensors.iter().all(|tensor| matches!(tensor.kind, DispatchTensorKind::Cube(_))) {
        On::Gpu(tensors.map(|tensor| match tensor.kind {
            DispatchTensorKind::Cube(BackendTensor::Float(tensor) | BackendTensor::Int(tensor)) => contiguous(tensor),
            _ => unreachable!("an operation takes floats and integers"),
        }))
    } else {
        On::Cpu(tensors.map(|tensor| match tensor.kind {
            DispatchTensorKind::Flex(BackendTensor::Float(tensor) | BackendTensor::Int(tensor)) => in_order(tensor),
            _ => unreachable!("an operation takes floats and integers of one device"),
        }))
    }
}

fn in_order(x: HostTensor) -> HostTensor {
    if x.is_contiguous() { x } else { x.to_contiguous() }
}

/// The floats of a tensor, which may be a view of some rows of a longer buffer.
pub fn values(x: &HostTensor) -> &[f32] {
    &x.storage::<f32>()[x.layout().start_offset()..][..x.layout().num_elements()]
}

/// The same of integers.
pub fn ids(x: &HostTensor) -> &[u32] {
    debug_assert_eq!(x.dtype(), DType::U32);
    &x.storage::<u32>()[x.layout().start_offset()..][..x.layout().num_elements()]
}

/// A tensor that the GPU has.
pub fn from_gpu<const D: usize>(tensor: CubeTensor) -> Tensor<D> {
    Tensor::from_dispatch(wrap(DispatchTensorKind::Cube(BackendTensor::Float(tensor))))
}

/// One of integers.
pub fn ids_from_gpu(tensor: CubeTensor) -> Tensor<1, Int> {
    Tensor::from_dispatch(wrap(DispatchTensorKind::Cube(BackendTensor::Int(tensor))))
}

/// A tensor that the host has.
pub fn from_host<const D: usize>(tensor: HostTensor) -> Tensor<D> {
    Tensor::from_dispatch(wrap(DispatchTensorKind::Flex(BackendTensor::Float(tensor))))
}

/// A tensor of values that the CPU device computed.
pub fn from_cpu<const D: usize>(values: Vec<f32>, shape: impl Into<Shape>) -> Tensor<D> {
    from_host(Flex::float_from_data(TensorData::new(values, shape.into()), &Default::default()))
}

/// One of integers.
pub fn ids_from_cpu(ids: Vec<u32>) -> Tensor<1, Int> {
    let shape = [ids.len()];
    let ids = Flex::int_from_data(TensorData::new(ids, shape), &Default::default());
    Tensor::from_dispatch(wrap(DispatchTensorKind::Flex(BackendTensor::Int(ids))))
}

fn wrap(kind: DispatchTensorKind) -> DispatchTensor {
    DispatchTensor { kind, autodiff: DispatchAutodiffContext::Disabled }
}
