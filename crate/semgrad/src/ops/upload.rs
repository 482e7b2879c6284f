//! The way to the device.

use burn::backend::Dispatch;
use burn::backend::ops::{FloatTensorOps, IntTensorOps};
use burn::tensor::{DType, Device, Int, Tensor, TensorData};
use semgrad_kernels::Layout;
use semgrad_kernels::pack::pack;

/// Values on the device.
pub fn upload<const D: usize>(values: Vec<f32>, shape: [usize; D], device: &Device) -> Tensor<D> {
    let data = TensorData::new(values, shape);
    Tensor::from_dispatch(<Dispatch as FloatTensorOps<Dispatch>>::float_from_data(data, device.as_dispatch()))
}

/// Zeros on the device.
pub fn zeros<const D: usize>(shape: [usize; D], device: &Device) -> Tensor<D> {
    upload(vec![0.0; shape.iter().product()], shape, device)
}

/// Integers on the device, as the kernels read them.
pub fn upload_words(values: Vec<u32>, device: &Device) -> Tensor<1, Int> {
    let shape = [values.len()];
    integers(TensorData::new(values, shape), device)
}

/// A matrix of file blocks, rows after rows, in the layout that the device's kernels read: packed anew on a GPU, not even
/// copied on the CPU.
pub fn upload_matrix(blocks: Vec<u8>, layout: Layout, gpu: bool, device: &Device) -> Tensor<1, Int> {
    let (bytes, dtype, size) = match gpu {
        true => (pack(layout.format, &blocks, layout.rows, layout.cols), DType::U32, 4),
        false => (blocks, DType::U8, 1),
    };
    let shape = [bytes.len() / size];
    integers(TensorData::from_bytes_vec(bytes, shape, dtype), device)
}

fn integers(data: TensorData, device: &Device) -> Tensor<1, Int> {
    Tensor::from_dispatch(<Dispatch as IntTensorOps<Dispatch>>::int_from_data(data, device.as_dispatch()))
}
