//! Inputs gathered into passes of a bearable size.

use crate::device::Device;
use crate::model::encoder::Batch;
use crate::ops::launch::is_software;
use crate::text::Input;
use std::ops::Range;

/// Tokens of a pass. Enough to read weights seldom, few enough for an abort to act soon.
fn most(device: &Device) -> usize {
    if device.is_gpu() && !is_software() { 4096 } else { 256 }
}

/// Neighboring inputs together, each batch with the inputs that it holds; one that is larger goes alone.
pub fn batches(inputs: &[Input], device: &Device) -> Vec<(Range<usize>, Batch)> {
    let most = most(device);
    let mut all: Vec<(Range<usize>, Batch)> = Vec::new();
    for (i, input) in inputs.iter().enumerate() {
        match all.last_mut() {
            Some((range, batch)) if batch.ids.len() + input.ids.len() <= most => {
                batch.push(input);
                range.end = i + 1;
            }
            _ => {
                let mut batch = Batch::default();
                batch.push(input);
                all.push((i..i + 1, batch));
            }
        }
    }
    all
}
