//! What a GPU's driver says of it, for reports: none of it decides anything.

use burn::backend::wgpu::wgpu::{self, DeviceType};
use serde::Serialize;
use std::sync::OnceLock;

/// The process's adapter.
#[derive(Clone, Debug, Serialize)]
pub struct Facts {
    /// What it calls itself.
    pub name: String,
    /// The interface that it is reached by, e.g. `Vulkan`.
    pub backend: String,
    /// Whether the processor runs its shaders.
    pub software: bool,
    /// The driver's name and version.
    pub driver: String,
    /// Fewest and most lanes of a subgroup.
    pub subgroups: [u32; 2],
    /// Whether shaders here may use subgroups.
    pub has_subgroups: bool,
    /// Whether the device itself can say how long a kernel took.
    pub timestamps: bool,
    /// Largest buffer that a shader can bind, bytes.
    pub max_binding: u64,
    /// Largest buffer, bytes.
    pub max_buffer: u64,
    /// Memory that the lanes of a workgroup share, bytes.
    pub workgroup_memory: u32,
}

static KEPT: OnceLock<Facts> = OnceLock::new();

/// The facts of the adapter that was opened; `None` before that.
pub fn facts() -> Option<&'static Facts> {
    KEPT.get()
}

/// Keeps them.
pub fn keep(adapter: &wgpu::Adapter, device: &wgpu::Device) {
    let (info, limits) = (adapter.get_info(), device.limits());
    // There is one adapter in a process: what is there already is the same.
    let _ = KEPT.set(Facts {
        name: info.name,
        backend: format!("{:?}", info.backend),
        software: info.device_type == DeviceType::Cpu,
        driver: format!("{} {}", info.driver, info.driver_info).trim().to_owned(),
        subgroups: [info.subgroup_min_size, info.subgroup_max_size],
        has_subgroups: device.features().contains(wgpu::Features::SUBGROUP),
        timestamps: device.features().contains(wgpu::Features::TIMESTAMP_QUERY),
        max_binding: limits.max_storage_buffer_binding_size,
        max_buffer: limits.max_buffer_size,
        workgroup_memory: limits.max_compute_workgroup_storage_size,
    });
}
