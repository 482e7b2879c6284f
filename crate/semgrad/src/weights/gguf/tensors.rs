//! The tensor table of a GGUF header.

use super::names::{ROPE_FACTORS, ROPE_SHORT};
use super::reader::{Reader, corrupt};
use crate::error::Result;
use crate::weights::format::{Format, dequantize_row};
use crate::weights::tensors::{Stored, unreadable};
use std::collections::HashMap;

const MAX_NAME_BYTES: u64 = 1 << 10;
const MAX_DIMENSIONS: u32 = 4;
/// `head_dim / 2` divisors; the cap is that of the head size.
const MAX_ROPE_FACTORS: usize = 512;

/// Reads `count` entries, a number that the caller has bounded, and returns those that `known` has a name for, by that
/// name.
pub(super) async fn read(
    reader: &mut Reader,
    count: u64,
    alignment: u64,
    known: impl Fn(&str) -> Option<String>,
) -> Result<HashMap<String, Stored>> {
    let mut tensors = HashMap::new();
    for _ in 0..count {
        let name = reader.string(MAX_NAME_BYTES).await?;
        let dimensions = reader.u32().await?;
        if dimensions > MAX_DIMENSIONS {
            return Err(corrupt(format!("the tensor `{name}` claims {dimensions} dimensions")));
        }
        let mut shape = Vec::new();
        for _ in 0..dimensions {
            let n = reader.u64().await?;
            shape.push(usize::try_from(n).map_err(|_| corrupt(format!("the tensor `{name}` claims a length of {n}")))?);
        }
        shape.reverse(); // the file lists the fastest dimension first
        let kind = reader.u32().await?;
        let offset = reader.u64().await?;
        if !offset.is_multiple_of(alignment) {
            return Err(corrupt(format!("the offset {offset} of `{name}` is not a multiple of {alignment}")));
        }
        let Some(name) = known(&name) else { continue };
        let format = Format::of_ggml(kind).map_err(|found| unreadable(&name, &found));
        let stored = Stored { source: reader.source(), offset, shape, format };
        if tensors.insert(name.clone(), stored).is_some() {
            return Err(corrupt(format!("the tensor `{name}` occurs twice")));
        }
    }
    let data = reader.position().next_multiple_of(alignment); // position is below the file size, alignment is small
    for (name, stored) in &mut tensors {
        let offset = stored.offset.checked_add(data);
        stored.offset = offset.ok_or_else(|| corrupt(format!("the offset of `{name}` overflows")))?;
    }
    Ok(tensors)
}

/// Divisors of rotary frequencies, `[rotated / 2]`, that a file holds as tensors.
pub(super) struct RopeFactors {
    /// For every context.
    pub all: Option<Vec<f32>>,
    /// For the context that the model was first trained with.
    pub short: Option<Vec<f32>>,
}

/// Removes and reads them.
pub(super) async fn take_rope_factors(tensors: &mut HashMap<String, Stored>) -> Result<RopeFactors> {
    Ok(RopeFactors { all: take_vector(tensors, ROPE_FACTORS).await?, short: take_vector(tensors, ROPE_SHORT).await? })
}

async fn take_vector(tensors: &mut HashMap<String, Stored>, name: &str) -> Result<Option<Vec<f32>>> {
    let Some(stored) = tensors.remove(name) else { return Ok(None) };
    let (&[count], Ok(Format::F32)) = (stored.shape.as_slice(), &stored.format) else {
        return Err(corrupt(format!("`{name}` is not a vector of F32")));
    };
    if count > MAX_ROPE_FACTORS {
        return Err(corrupt(format!("`{name}` claims {count} values")));
    }
    let bytes = stored.source.read_at(stored.offset, 4 * count).await?;
    let mut factors = vec![0.0; count];
    dequantize_row(Format::F32, &bytes, &mut factors);
    Ok(Some(factors))
}
