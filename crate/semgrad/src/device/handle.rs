//! A device, and how values get there; [`crate::ops::read`] brings them back.

use crate::ops::{Layout, upload_matrix, upload_words};
use crate::weights::format::Format;
use burn::tensor::{Device as BurnDevice, Int, Tensor};

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
        upload_matrix(data, Layout { format, rows, cols }, self.is_gpu(), &self.burn)
    }

    /// Token ids where the device's kernels take them, `[ids]`.
    pub fn ids(&self, ids: &[u32]) -> Tensor<1, Int> {
        upload_words(ids.to_vec(), &self.burn)
    }
}
