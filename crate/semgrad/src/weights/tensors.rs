//! The tensors of an opened model: where they lie, what becomes of them, and reading one.

use super::config::inconsistent;
use super::first_not_finite;
use super::format::{Format, dequantize_row};
use super::source::{ReadAt, check_range};
use crate::error::{Code, Error, Result};
use std::collections::HashMap;
use std::rc::Rc;

/// A tensor as [`Tensors::read`] returns it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TensorInfo {
    /// Canonical (Hugging Face) name.
    pub name: String,
    /// Row-major shape; matrices are `[out, in]`.
    pub shape: Vec<usize>,
    /// Storage format; of all but matrices it is always [`Format::F32`].
    pub format: Format,
    /// Size of the data.
    pub bytes: u64,
}

/// The content of one tensor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawTensor {
    /// Row-major shape; matrices are `[out, in]`.
    pub shape: Vec<usize>,
    /// Storage format.
    pub format: Format,
    /// Rows of whole blocks, little-endian.
    pub data: Vec<u8>,
}

/// A tensor as it lies in a file.
pub(crate) struct Stored {
    pub source: Rc<dyn ReadAt>,
    pub offset: u64,
    pub shape: Vec<usize>,
    /// The format, or why the tensor cannot be read. An error only if it is needed.
    pub format: Result<Format>,
}

/// What happens to a tensor between the file and the caller.
#[derive(Copy, Clone, PartialEq)]
pub(crate) enum Canonical {
    AsStored,
    /// All but matrices become F32, and `add` is added.
    Widened {
        add: f32,
    },
    /// Rows of each head are de-interleaved.
    HeadRows {
        head_dim: usize,
    },
}

struct Entry {
    info: TensorInfo,
    stored: Stored,
    /// Size in the file.
    stored_bytes: u64,
    canonical: Canonical,
}

/// The tensors of one model, in the order of the data flow.
#[derive(Default)]
pub struct Tensors {
    entries: Vec<Entry>,
    by_name: HashMap<String, usize>,
}

impl Tensors {
    /// Adds a tensor of this shape after checking it against what the file holds.
    pub(crate) fn add(&mut self, name: String, shape: Vec<usize>, stored: Stored, canonical: Canonical) -> Result<()> {
        let entry = entry(name, shape, stored, canonical)?;
        self.by_name.insert(entry.info.name.clone(), self.entries.len());
        self.entries.push(entry);
        Ok(())
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &TensorInfo> {
        self.entries.iter().map(|entry| &entry.info)
    }

    /// One tensor by its canonical name; `None` when the model has none of this name.
    pub fn get(&self, name: &str) -> Option<&TensorInfo> {
        self.by_name.get(name).map(|&i| &self.entries[i].info)
    }

    /// Bytes of all tensors together.
    pub fn total_bytes(&self) -> u64 {
        self.iter().map(|info| info.bytes).sum()
    }

    /// The canonical content of one tensor: head rows in Hugging Face order, norms as multipliers, vectors in F32.
    ///
    /// # Errors
    /// `corrupt_weights` when there is no such tensor, the file ends early or a value is not finite, `out_of_memory` when
    /// it cannot be addressed, or the error of the medium.
    pub async fn read(&self, name: &str) -> Result<RawTensor> {
        let Some(&i) = self.by_name.get(name) else {
            return Err(inconsistent(format!("the model has no tensor `{name}`")));
        };
        let Entry { info, stored, stored_bytes, canonical } = &self.entries[i];
        let length = usize::try_from(*stored_bytes).map_err(|_| {
            Error::new(
                Code::OutOfMemory,
                format!("the tensor `{name}` has {stored_bytes} bytes, more than this platform can address"),
                "Use a smaller model.",
            )
        })?;
        let mut data = stored.source.read_at(stored.offset, length).await?;
        if data.len() != length {
            return Err(Error::internal(format!("a read of {length} bytes returned {}", data.len())));
        }
        let format = stored.format.clone()?;
        if let Some(at) = first_not_finite(format, &data) {
            return Err(not_finite(name, at, &info.shape));
        }
        match *canonical {
            Canonical::AsStored => {}
            Canonical::Widened { add } => data = widen(format, &data, add),
            Canonical::HeadRows { head_dim } => deinterleave_heads(&mut data, info.shape[0], head_dim),
        }
        Ok(RawTensor { shape: info.shape.clone(), format: info.format, data })
    }
}

/// The error of a format that is not implemented.
pub(crate) fn unreadable(name: &str, found: &str) -> Error {
    Error::new(
        Code::UnsupportedFormat,
        format!("the tensor `{name}` is stored as {found}"),
        format!("Use a file with {} weights.", Format::names()),
    )
}

/// The error of a weight that is NaN or infinite.
fn not_finite(name: &str, at: usize, shape: &[usize]) -> Error {
    let place = match shape {
        [_, .., cols] => format!("row {} of the tensor `{name}`", at / cols.max(&1)),
        _ => format!("the tensor `{name}`"),
    };
    Error::new(
        Code::CorruptWeights,
        format!("{place} holds NaN or infinity"),
        "Take another conversion of the model: numbers that BF16 and F32 hold can overflow in F16.",
    )
}

/// Checks one tensor against what the configuration implies and the file holds.
fn entry(name: String, shape: Vec<usize>, stored: Stored, canonical: Canonical) -> Result<Entry> {
    let format = stored.format.clone()?;
    if stored.shape != shape {
        return Err(inconsistent(format!(
            "the tensor `{name}` has shape {:?}, the configuration implies {shape:?}",
            stored.shape
        )));
    }
    let Some(stored_bytes) = format.tensor_bytes(&shape) else {
        return Err(inconsistent(format!("{} rows of {shape:?} in `{name}` are not whole blocks", format.name())));
    };
    check_range(stored.offset, stored_bytes, stored.source.size())
        .map_err(|e| Error { message: format!("the tensor `{name}` lies outside the file: {}", e.message), ..e })?;
    let info = match canonical {
        Canonical::Widened { .. } => {
            let bytes = 4 * shape.iter().map(|&n| n as u64).product::<u64>(); // as many as blocks were counted of
            TensorInfo { name, shape, format: Format::F32, bytes }
        }
        _ => TensorInfo { name, shape, format, bytes: stored_bytes },
    };
    Ok(Entry { info, stored, stored_bytes, canonical })
}

/// Numbers in any format as F32, plus a constant.
fn widen(format: Format, data: &[u8], add: f32) -> Vec<u8> {
    let mut values = vec![0.0; data.len() / format.block_bytes() * format.block_len()];
    dequantize_row(format, data, &mut values);
    values.iter().flat_map(|x| (x + add).to_le_bytes()).collect()
}

/// Puts the rows of each head from GGUF's order (x₀ y₀ x₁ y₁ …, rotary pairs side by side) into that of Hugging Face
/// (x₀ x₁ … y₀ y₁ …). Rows move whole, so packed blocks need not be opened. `data` is `rows` rows, whole heads.
fn deinterleave_heads(data: &mut [u8], rows: usize, head_dim: usize) {
    move_rows(data, rows, head_dim, |apart, side_by_side| (side_by_side, apart));
}

/// The other way.
pub(crate) fn interleave_heads(data: &mut [u8], rows: usize, head_dim: usize) {
    move_rows(data, rows, head_dim, |apart, side_by_side| (apart, side_by_side));
}

/// `places` gives (from, to) of a row that stands at one place of its head in Hugging Face's order and at another in GGUF's.
fn move_rows(data: &mut [u8], rows: usize, head_dim: usize, places: impl Fn(usize, usize) -> (usize, usize)) {
    let row = data.len() / rows; // checked positive by whoever knows the shape
    let half = head_dim / 2;
    let mut moved = vec![0; head_dim * row];
    for head in data.chunks_exact_mut(head_dim * row) {
        for apart in 0..head_dim {
            let (from, to) = places(apart, 2 * (apart % half) + apart / half);
            moved[to * row..(to + 1) * row].copy_from_slice(&head[from * row..(from + 1) * row]);
        }
        head.copy_from_slice(&moved);
    }
}
