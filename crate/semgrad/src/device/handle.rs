//! A device, and how values get there; [`super::reading`] brings them back.

use crate::kernels::arrange::{upload_integers, upload_words};
use crate::kernels::pack;
use crate::weights::format::Format;
use burn::tensor::{DType, Device as BurnDevice, Int, Tensor, TensorData};

/// A device that passed its self-test.
#[derive(Clone, Debug)]
pub struct Device {
    /// Burn's handle.
    pub burn: BurnDevice,
    /// Name of the GPU adapter; `None` on the CPU.
    pub adapter: Option<String>,
    /// Why this device was chosen, for people.
    pub reason: String,
    /// Whether shaders can use subgroups here.
    pub subgroups: bool,
    /// Largest buffer a shader can bind, bytes; `None` on the CPU.
    pub max_binding: Option<u64>,
    /// How many steps of greedy decoding are begun before the token of the first is known; 0 on the CPU, where a step that
    /// turns out to be too many takes real time.
    pub in_flight: usize,
}

impl Device {
    /// The CPU device.
    pub fn cpu(reason: impl Into<String>) -> Self {
        Self {
            burn: BurnDevice::flex(),
            adapter: None,
            reason: reason.into(),
            subgroups: false,
            max_binding: None,
            in_flight: 0,
        }
    }

    /// True on WebGPU.
    pub fn is_gpu(&self) -> bool {
        self.adapter.is_some()
    }

    /// `webgpu` or `cpu`.
    pub fn name(&self) -> &'static str {
        if self.is_gpu() { "webgpu" } else { "cpu" }
    }

    /// A matrix of file blocks (`rows` rows of `format.row_bytes(cols)`) in the layout that the device's kernels read.
    pub fn matrix(&self, format: Format, data: Vec<u8>, rows: usize, cols: usize) -> Tensor<1, Int> {
        if self.is_gpu() { self.buffer(pack::pack(format, &data, rows, cols)) } else { self.buffer(data) }
    }

    /// Bytes as an integer tensor of one dimension: words on the GPU (the length must be a multiple of four), single
    /// bytes on the CPU. They are not copied on the CPU.
    pub fn buffer(&self, bytes: Vec<u8>) -> Tensor<1, Int> {
        let (dtype, size) = if self.is_gpu() { (DType::U32, 4) } else { (DType::U8, 1) };
        let shape = [bytes.len() / size];
        upload_integers(TensorData::from_bytes_vec(bytes, shape, dtype), &self.burn)
    }

    /// Token ids where the device's kernels take them, `[ids]`.
    pub fn ids(&self, ids: &[u32]) -> Tensor<1, Int> {
        upload_words(ids.to_vec(), &self.burn)
    }
}
