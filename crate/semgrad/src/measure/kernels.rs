//! What each kernel of some work takes, and what it would take at the device's limits.

use super::peaks::Peaks;
use super::timing::seconds;
use crate::error::Result;
use crate::ops::launch::{Launched, keep_launches, kept_launches};
use burn::backend::wgpu::CubeTensor;
use serde::Serialize;

/// A share of a limit from which on it is said to bound a kernel.
const NEAR: f64 = 0.5;
/// As many smallest kernels as this a kernel may take, to be said to be bound by being started.
const SMALL: f64 = 3.0;

/// Launches in the order in which they were begun.
pub struct Recording(Vec<Launched>);

/// The launches of the same kernel at the same sizes; numbers are of one launch.
#[derive(Clone, Debug, Serialize)]
pub struct Kernel {
    /// The shader, with the format of the weights that it reads.
    pub name: String,
    /// How much it does.
    pub sizes: String,
    /// How many there were.
    pub launches: usize,
    /// Seconds of the device.
    pub seconds: f64,
    /// Bytes of its buffers, each of which is read or written once at least.
    pub bytes: u64,
    /// Multiplications and additions, of those kernels where there are many.
    pub flops: u64,
    /// Share of the time that its bytes take at the limit.
    pub memory: f64,
    /// Share of the time that its arithmetic takes at the limit.
    pub arithmetic: f64,
    /// `memory`, `arithmetic`, `start` where it takes little more than the smallest kernel, or `latency`: none of them.
    pub bound: &'static str,
}

/// Keeps this thread's launches from now on, with their buffers.
pub fn begin() {
    keep_launches();
}

/// The launches since [`begin`].
pub fn end() -> Recording {
    Recording(kept_launches())
}

impl Recording {
    /// How many there are.
    pub fn launches(&self) -> usize {
        self.0.len()
    }

    /// Without the first of them.
    pub fn after(mut self, first: usize) -> Self {
        self.0.drain(..first.min(self.0.len()));
        self
    }

    /// Repeats each kind of launch and times it; where layers have buffers of their own, these take turns, so that none is
    /// found in a cache that it would not be in.
    ///
    /// # Errors
    /// `internal` where the device gives no times.
    pub fn measure(self, peaks: &Peaks) -> Result<Vec<Kernel>> {
        let mut kinds: Vec<Vec<Launched>> = Vec::new();
        for launched in self.0 {
            match kinds.iter_mut().find(|kind| is_same(&kind[0], &launched)) {
                Some(kind) => kind.push(launched),
                None => kinds.push(vec![launched]),
            }
        }
        let mut kernels: Vec<Kernel> = kinds.iter().map(|kind| kernel(kind, peaks)).collect::<Result<_>>()?;
        kernels.sort_by(|a, b| b.total().total_cmp(&a.total()));
        Ok(kernels)
    }
}

impl Kernel {
    /// Seconds of the device that all of its launches take.
    pub fn total(&self) -> f64 {
        self.seconds * self.launches as f64
    }
}

/// Whether they do the same amount of work in the same way, wherever in their buffers.
fn is_same(a: &Launched, b: &Launched) -> bool {
    let sizes = |launched: &Launched| launched.buffers.iter().map(elements).collect::<Vec<_>>();
    (a.shader.name, &a.shader.values, a.groups) == (b.shader.name, &b.shader.values, b.groups) && sizes(a) == sizes(b)
}

/// What the sizes of a launch are called.
fn sizes(Launched { shader, buffers, info, .. }: &Launched) -> String {
    match (shader.name, info.as_slice()) {
        (name, [tokens, rows, octets, ..]) if name.starts_with("linear_") && *octets < 1 << 16 => {
            format!("{tokens} × {rows}×{}", 8 * octets)
        }
        (name, [tokens, heads, _, first, ..]) if name.starts_with("attend_") => {
            format!("{tokens} behind {first}, {heads} heads")
        }
        // Of others, how much they write.
        _ => buffers.last().map_or(String::new(), |out| {
            out.meta.shape().to_vec().iter().map(|n| n.to_string()).collect::<Vec<_>>().join("×")
        }),
    }
}

fn kernel(kind: &[Launched], peaks: &Peaks) -> Result<Kernel> {
    let first = &kind[0]; // kinds begin with one
    let seconds = seconds(&first.buffers[0], |turn| kind[turn % kind.len()].again())?;
    let (bytes, flops) = (bytes(first), flops(first));
    let share = |amount: u64, limit: f64| amount as f64 / limit / seconds;
    let (memory, arithmetic) = (share(bytes, peaks.bandwidth), share(flops, peaks.flops));
    let bound = match (memory >= arithmetic, memory.max(arithmetic)) {
        (true, near) if near >= NEAR => "memory",
        (false, near) if near >= NEAR => "arithmetic",
        _ if seconds < SMALL * peaks.dispatch => "start",
        _ => "latency",
    };
    let values = &first.shader.values;
    let format = values.iter().find(|(name, _)| *name == "format").map_or("", |(_, value)| value);
    Ok(Kernel {
        name: format!("{} {format}", first.shader.name).trim_end().to_owned(),
        sizes: sizes(first),
        launches: kind.len(),
        seconds,
        bytes,
        flops,
        memory,
        arithmetic,
        bound,
    })
}

fn elements(buffer: &CubeTensor) -> u64 {
    buffer.meta.shape().num_elements() as u64
}

/// Floats and words have four bytes alike.
fn bytes(launched: &Launched) -> u64 {
    let all: u64 = launched.buffers.iter().map(elements).sum();
    match launched.shader.name {
        // Of a table, the rows that are looked up.
        "rows" | "take" => 8 * launched.buffers.last().map_or(0, elements),
        _ => 4 * all,
    }
}

/// What products and attention take; others do a few operations for each number that they read.
fn flops(Launched { shader, buffers, info, .. }: &Launched) -> u64 {
    let info: Vec<u64> = info.iter().map(|&n| u64::from(n)).collect();
    // Tokens, rows and octets of a row.
    let product = || 2 * info[0] * info[1] * info[2] * 8;
    // Tokens, heads, heads of keys, first position: half of the tokens' own keys are seen.
    let own = || 2 * elements(&buffers[0]) * info[0].div_ceil(2);
    let attention = || own() + 2 * elements(&buffers[0]) * info[3];
    match shader.name {
        "linear_lane" | "linear_one" | "linear_shared" | "linear_tiled" | "linear_transposed" => product(),
        "attend_lane" | "attend_shared" => 2 * attention(),
        "attend_backward_q" => 3 * attention(),
        // Of keys before the first token there is none.
        "attend_backward_kv" => 4 * own(),
        // Tokens, rows, columns.
        "head_gradient_norm" => 2 * info[0] * info[1] * info[2],
        _ => 0,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::ops::tests::{devices, matrix};
    use crate::ops::{Layout, attend, linear, rows};
    use crate::weights::format::Format;
    use semgrad_kernels::Attention;
    use semgrad_kernels::samples::{blocks, wave};

    const PEAKS: Peaks = Peaks { bandwidth: 1e30, read: 1e30, copy: 1e30, flops: 1e30, dispatch: 1e-30, launch: 1e-6 };

    #[test]
    fn kernels_of_a_recording_are_told_apart_and_counted() {
        for device in devices().iter().filter(|device| device.is_gpu()) {
            let layout = Layout { format: Format::Q8_0, rows: 67, cols: 64 };
            let weight = || device.matrix(Format::Q8_0, blocks(Format::Q8_0, 67, 64), 67, 64);
            let x = |tokens: usize| matrix(&wave(tokens * 64, 1), 64, device);
            let a = Attention { heads: 2, kv_heads: 1, width: 32, scale: 0.2, window: None, cap: None };
            let keys = || matrix(&wave(10 * 32, 2), 32, device);
            linear(x(3), weight(), layout); // not kept
            begin();
            linear(x(3), weight(), layout);
            linear(x(3), weight(), layout);
            linear(x(1), weight(), layout);
            rows(device.ids(&[1, 2]), weight(), layout, 0);
            attend(x(3), keys(), keys(), a);
            let recording = end();
            assert_eq!(recording.launches(), 5);
            let kernels = recording.after(1).measure(&PEAKS).unwrap();
            assert_eq!(kernels.len(), 4);
            let find = |what: &dyn Fn(&Kernel) -> bool| kernels.iter().find(|kernel| what(kernel)).unwrap();
            let words = semgrad_kernels::pack::bytes(Format::Q8_0, 67, 64);
            let three = find(&|kernel| kernel.sizes == "3 × 67×64");
            assert!(three.name.starts_with("linear_") && three.name.ends_with(" Q8_0"), "{}", three.name);
            assert_eq!((three.launches, three.flops), (1, 2 * 3 * 67 * 64));
            assert_eq!(three.bytes, words + 4 * (3 * 64 + 3 * 67));
            assert!(three.seconds > 0.0 && three.bound == "latency");
            assert_eq!(find(&|kernel| kernel.sizes == "1 × 67×64").flops, 2 * 67 * 64);
            // Two rows of the table, not all of it.
            assert_eq!(find(&|kernel| kernel.name == "rows Q8_0").bytes, 2 * 4 * 2 * 64);
            // Seven keys before, and of three own ones two on average: two products.
            let attended = find(&|kernel| kernel.name.starts_with("attend_"));
            assert_eq!((attended.flops, attended.sizes.as_str()), (2 * 2 * 3 * 64 * 9, "3 behind 7, 2 heads"));
            assert_eq!(end().launches(), 0);
        }
    }
}
