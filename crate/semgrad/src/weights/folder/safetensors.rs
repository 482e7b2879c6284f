//! Headers of safetensors files, read without the data behind them, and small files of ours.

use super::fields::damaged;
use crate::error::{Error, Result};
use crate::weights::foreign;
use crate::weights::format::Format;
use crate::weights::source::ModelFile;
use crate::weights::tensors::Stored;
use safetensors::tensor::{Dtype, Metadata, TensorInfo};
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// The format's own limit on headers.
const MAX_HEADER_BYTES: u64 = 100_000_000;

/// What a file holds.
pub(crate) struct Header {
    /// Under the names that they have there.
    pub tensors: Vec<(String, Stored)>,
    /// What its writer noted beside them (`__metadata__`).
    pub notes: HashMap<String, String>,
}

/// Reads the header of `file`.
pub(crate) async fn header(file: &ModelFile) -> Result<Header> {
    let size = file.source.size();
    if size < 8 {
        return Err(damaged(&file.name, &format!("it has only {size} bytes")));
    }
    let prefix = file.source.read_at(0, 8).await?;
    let prefix = <[u8; 8]>::try_from(prefix).map_err(|_| damaged(&file.name, "it ends within its first bytes"))?;
    let length = u64::from_le_bytes(prefix);
    if length > MAX_HEADER_BYTES.min(size - 8) {
        if let Some((what, advice)) = foreign::recognize(&foreign::head(file).await?) {
            return Err(foreign::error(&file.name, &what, advice));
        }
        return Err(damaged(&file.name, &format!("its header claims {length} bytes")));
    }
    let header = file.source.read_at(8, length as usize).await?; // at most MAX_HEADER_BYTES
    let metadata = parse(&header).map_err(|e| damaged(&file.name, &format!("its header is invalid: {e}")))?;
    let data = 8 + length;
    let held = size - data;
    if metadata.data_len() as u64 != held {
        let claimed = metadata.data_len();
        return Err(damaged(&file.name, &format!("its tensors take {claimed} bytes, the file has {held}")));
    }
    let tensor = |(name, info): (String, &TensorInfo)| {
        let format = match info.dtype {
            Dtype::F32 => Ok(Format::F32),
            Dtype::F16 => Ok(Format::F16),
            Dtype::BF16 => Ok(Format::BF16),
            other => Err(foreign::packed(format!("the tensor `{name}` is stored as {other:?}"))),
        };
        let offset = data + info.data_offsets.0 as u64; // within the file, as checked above
        (name, Stored { source: file.source.clone(), offset, shape: info.shape.clone(), format })
    };
    let tensors = metadata.tensors().into_iter().map(tensor).collect();
    Ok(Header { tensors, notes: metadata.metadata().clone().unwrap_or_default() })
}

/// Parsing into `Metadata` checks that shapes, types and offsets agree and that tensors lie without gap or overlap. Not
/// inlined: it is much code, and used twice.
#[inline(never)]
fn parse(header: &[u8]) -> serde_json::Result<Metadata> {
    serde_json::from_slice(header)
}

/// What a file in memory holds, and its data; nothing where it is no whole file.
pub(crate) fn open(file: &[u8]) -> Option<(Metadata, &[u8])> {
    let (length, rest) = file.split_first_chunk::<8>()?;
    let (header, data) = rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
    let metadata = parse(header).ok()?;
    (metadata.data_len() == data.len()).then_some((metadata, data))
}

/// A file with these notes and tensors, in single precision: name, shape and numbers of each. By hand, because the library
/// keeps notes in an order that differs from run to run: the same tensors are to be the same file.
pub(crate) fn write(notes: Value, tensors: &[(String, &[usize], &[f32])]) -> Result<Vec<u8>> {
    let mut header = Map::from_iter([("__metadata__".to_owned(), notes)]);
    let mut data = Vec::new();
    for (name, shape, numbers) in tensors {
        let begin = data.len();
        data.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        let entry = json!({ "dtype": "F32", "shape": shape, "data_offsets": [begin, data.len()] });
        header.insert(name.clone(), entry);
    }
    let header = serde_json::to_vec(&header);
    let mut header = header.map_err(|e| Error::internal(format!("a header of safetensors: {e}")))?;
    header.resize(header.len().next_multiple_of(8), b' ');
    Ok([&(header.len() as u64).to_le_bytes(), header.as_slice(), &data].concat())
}
