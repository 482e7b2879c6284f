//! What the device can do at most, measured with shaders that do nothing else.

use super::timing::{seconds, seconds_of_host};
use crate::device::{Device, facts};
use crate::error::{Error, Result};
use crate::ops::launch::{WORKGROUP, empty, launch, shader};
use crate::ops::on::{On, on};
use crate::ops::upload;
use burn::backend::wgpu::CubeTensor;
use serde::Serialize;

/// Bytes that are read: many times what caches hold.
const BYTES: u64 = 1 << 28;
const BYTES_SOFTWARE: u64 = 1 << 24;
/// Lanes that read, and lanes that multiply.
const LANES: usize = 1 << 19;
const LANES_SOFTWARE: usize = 1 << 12;
/// Rounds of sixteen multiply-adds a lane.
const ROUNDS: usize = 1024;
const ROUNDS_SOFTWARE: usize = 256;
/// Launches by which the host's share is measured.
const LAUNCHES: usize = 3000;

/// The limits.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Peaks {
    /// Bytes a second that a kernel read, or read and wrote, whichever were more.
    pub bandwidth: f64,
    /// Of those that were only read.
    pub read: f64,
    /// Of those that were read and written.
    pub copy: f64,
    /// Multiplications and additions of single precision a second, fused ones counted as two.
    pub flops: f64,
    /// Seconds of the device that the smallest kernel takes, with the barrier after it.
    pub dispatch: f64,
    /// Seconds of the host from one launch of such a kernel to the next, when many follow one another.
    pub launch: f64,
}

/// Measures them.
///
/// # Errors
/// `internal` on the CPU device, or where the device gives no times.
pub fn measure(device: &Device) -> Result<Peaks> {
    let software = facts().is_none_or(|facts| facts.software);
    let (most, lanes, rounds) = match software {
        true => (BYTES_SOFTWARE, LANES_SOFTWARE, ROUNDS_SOFTWARE),
        false => (BYTES, LANES, ROUNDS),
    };
    let On::Gpu([small]) =
        on([upload(vec![0.5, 0.5, 0.5, 0.5, 1.0, 1.0, 1.0, 1.0], [8], &device.burn).into_dispatch()])
    else {
        return Err(Error::internal("the CPU device has no kernels to be timed"));
    };
    let bytes = most.min(device.max_binding.unwrap_or(most)) as usize & !4095;
    let vectors = bytes / 16;
    let [x, y] = [(); 2].map(|()| empty(&small, [bytes / 4]));
    let out = empty(&small, [lanes]);
    let across = [lanes / WORKGROUP, 1, 1];
    let info = [vectors, lanes].map(|n| n as u32);
    let read = bytes as f64 / seconds(&x, |_| launch(shader!("peak/read"), &[&x, &out], &info, across))?;
    let copied = seconds(&x, |_| launch(shader!("peak/copy"), &[&x, &y], &info, across))?;
    let copy = 2.0 * bytes as f64 / copied;
    let multiplied = seconds(&x, |_| launch(shader!("peak/multiply"), &[&small, &out], &[rounds as u32], across))?;
    let flops = (lanes * rounds * 32) as f64 / multiplied;
    let smallest = |out: &CubeTensor| launch(shader!("peak/read"), &[&small, out], &[2, lanes as u32], [1, 1, 1]);
    let dispatch = seconds(&x, |_| smallest(&out))?;
    let launched = seconds_of_host(&x, if software { LAUNCHES / 10 } else { LAUNCHES }, |_| smallest(&out))?;
    Ok(Peaks { bandwidth: read.max(copy), read, copy, flops, dispatch, launch: launched })
}
