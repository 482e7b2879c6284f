//! One weight matrix on its device, in the layout its kernels read.

use crate::device::Device;
use crate::error::{Code, Error, Result};
use crate::kernels::{self, Layout};
use crate::weights::checkpoint::RawTensor;
use crate::weights::format::{Format, dequantize_row};
use burn::tensor::{Int, Tensor, TensorData};

/// A matrix `[rows, cols]`: packed as in its file on the CPU, `f32` on the GPU.
#[derive(Clone, Debug)]
pub struct Weight {
    data: Tensor<1, Int>,
    layout: Layout,
}

impl Weight {
    /// Moves a tensor of two dimensions to the device.
    ///
    /// # Errors
    /// `corrupt_weights` for another number of dimensions, `out_of_memory` when the GPU cannot bind a buffer this large.
    pub fn new(name: &str, raw: RawTensor, device: &Device) -> Result<Self> {
        let &[rows, cols] = raw.shape.as_slice() else {
            return Err(Error::new(
                Code::CorruptWeights,
                format!("tensor {name} has shape {:?}, a matrix was expected.", raw.shape),
                "Download the file again.",
            ));
        };
        if !device.is_gpu() {
            let layout = Layout { format: raw.format, rows, cols };
            return Ok(Self { data: device.buffer(raw.data), layout });
        }
        let bytes = rows as u64 * cols as u64 * 4;
        if device.max_binding.is_some_and(|max| bytes > max) {
            return Err(Error::new(
                Code::OutOfMemory,
                format!("tensor {name} needs a buffer of {} MiB, more than this GPU binds.", bytes >> 20),
                "Use a smaller model or the CPU device.",
            ));
        }
        let stride = raw.format.row_bytes(cols);
        let mut values = vec![0.0f32; rows * cols];
        for (line, packed) in values.chunks_exact_mut(cols).zip(raw.data.chunks_exact(stride)) {
            dequantize_row(raw.format, packed, line);
        }
        drop(raw);
        let layout = Layout { format: Format::F32, rows, cols };
        Ok(Self { data: device.buffer(bytemuck::cast_slice(&values).to_vec()), layout })
    }

    /// x `[tokens, cols]` → `[tokens, rows]`.
    pub fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        kernels::linear(x, self.data.clone(), self.layout)
    }

    /// Gradient with respect to the input: dy `[tokens, rows]` → `[tokens, cols]`.
    pub fn backward(&self, dy: Tensor<2>) -> Tensor<2> {
        kernels::linear_transposed(dy, self.data.clone(), self.layout)
    }

    /// Rows `ids`, each below [`Weight::rows`] → `[ids, cols]`.
    pub fn look_up(&self, ids: &[u32], device: &Device) -> Tensor<2> {
        let ids: Vec<i32> = ids.iter().map(|&id| id as i32).collect();
        let count = ids.len();
        let ids = Tensor::<1, Int>::from_data(TensorData::new(ids, [count]), &device.burn);
        kernels::rows(ids, self.data.clone(), self.layout)
    }

    /// Output features, or entries of a table.
    pub fn rows(&self) -> usize {
        self.layout.rows
    }

    /// Input features, or the width of a table.
    pub fn cols(&self) -> usize {
        self.layout.cols
    }
}

/// A linear layer `y = x·wᵀ + b`.
#[derive(Clone, Debug)]
pub struct Linear {
    /// `[out, in]`.
    pub weight: Weight,
    /// `[out]`.
    pub bias: Option<Tensor<1>>,
}

impl Linear {
    /// x `[tokens, in]` → `[tokens, out]`.
    pub fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let y = self.weight.forward(x);
        match &self.bias {
            Some(bias) => y + bias.clone().unsqueeze::<2>(),
            None => y,
        }
    }

    /// dy `[tokens, out]` → `[tokens, in]`.
    pub fn backward(&self, dy: Tensor<2>) -> Tensor<2> {
        self.weight.backward(dy)
    }
}
