//! A model that is split over several GGUF files, as llama.cpp's `gguf-split` does: all hold tensors, the first one holds what is
//! said of the model, and each says which part of how many it is, counted from 0.

use super::header::{Header, named};
use crate::error::{Code, Error, Result};
use crate::weights::part::PartName;
use crate::weights::source::ModelFile;

/// More than any model has.
const MAX_PARTS: u64 = 1 << 10;

/// The files in the order of their numbers if they are parts of one model by their names.
pub(super) fn of_one<'a>(files: &[&'a ModelFile]) -> Option<Vec<&'a ModelFile>> {
    let mut parts = Vec::new();
    for &file in files {
        parts.push((PartName::of(&file.name)?, file));
    }
    let (first, _) = *parts.first()?;
    parts.sort_by_key(|(name, _)| name.number);
    let is_one = parts.iter().all(|(name, _)| name.stem == first.stem && name.count == first.count);
    is_one.then(|| parts.into_iter().map(|(_, file)| file).collect())
}

/// What a file says of itself.
struct Said {
    /// Counted from 1; `None` where it says nothing of parts.
    number: Option<u64>,
    count: u64,
    /// Of all parts together.
    tensors: Option<u64>,
}

impl Said {
    fn read(header: &Header) -> Result<Self> {
        let metadata = &header.metadata;
        Ok(Self {
            number: metadata.unsigned("split.no")?.map(|no| no.saturating_add(1)),
            count: metadata.unsigned("split.count")?.unwrap_or(1).max(1),
            tensors: metadata.unsigned("split.tensors.count")?,
        })
    }
}

/// The headers of the files of one model, the first part before the others, after a check that they belong together and that
/// none is missing. A single file may be whole.
pub(super) async fn read<'a>(files: &[&'a ModelFile]) -> Result<Vec<(&'a ModelFile, Header)>> {
    let mut parts = Vec::new();
    for &file in files {
        let read = async {
            let header = Header::read(file).await?;
            let said = Said::read(&header)?;
            Ok((header, said))
        };
        let (header, said) = read.await.map_err(|error| named(file, error))?;
        parts.push((file, header, said));
    }
    if !matches!(parts.as_slice(), [(_, _, Said { count: 1, .. })]) {
        check(&parts)?;
        parts.sort_by_key(|(_, _, said)| said.number);
    }
    Ok(parts.into_iter().map(|(file, header, _)| (file, header)).collect())
}

fn check(parts: &[(&ModelFile, Header, Said)]) -> Result<()> {
    let Some((first, _, whole)) = parts.first() else { return Ok(()) };
    let mut there: Vec<Option<&ModelFile>> = Vec::new();
    for (file, _, said) in parts {
        let number = match said.number {
            Some(number) if said.count > 1 && number <= said.count => number,
            _ => return Err(mixed_up(file, "it does not say which part of a model it is")),
        };
        if said.count > MAX_PARTS {
            return Err(mixed_up(file, &format!("it says that there are {} parts", said.count)));
        }
        if said.count != whole.count || said.tensors != whole.tensors {
            return Err(mixed_up(file, &format!("it is a part of another model than {}", first.name)));
        }
        let name = PartName::of(&file.name).map(|name| (name.number as u64, name.count as u64));
        if name.is_some_and(|name| name != (number, said.count)) {
            return Err(mixed_up(file, &format!("it says that it is part {number} of {}", said.count)));
        }
        there.resize(said.count as usize, None); // at most `MAX_PARTS`, and the same each time
        let place = &mut there[number as usize - 1]; // from 1 to the count
        if let Some(other) = place.replace(file) {
            return Err(mixed_up(file, &format!("it is part {number} as {} is", other.name)));
        }
    }
    if let Some(missing) = there.iter().position(Option::is_none) {
        return Err(absent(first, missing + 1, there.len()));
    }
    let tensors: u64 = parts.iter().map(|(_, header, _)| header.count).sum();
    match whole.tensors {
        Some(claimed) if claimed != tensors => Err(mixed_up(
            first,
            &format!("it says that the parts hold {claimed} tensors together, and they hold {tensors}"),
        )),
        _ => Ok(()),
    }
}

/// The error of a part that is not there; `file` is one that is.
fn absent(file: &ModelFile, number: usize, count: usize) -> Error {
    let name = PartName::of(&file.name).filter(|name| name.count == count);
    let called = name.map_or_else(String::new, |name| format!(", `{}`,", name.other(number)));
    Error::new(
        Code::BadInput,
        format!("{}: the model is split over {count} files, and part {number}{called} is missing", file.name),
        "Give all of its files, or the folder that they are in, under their own names.",
    )
}

/// The error of files that do not belong together.
fn mixed_up(file: &ModelFile, what: &str) -> Error {
    Error::new(
        Code::CorruptWeights,
        format!("{}: {what}", file.name),
        "Download the parts of the model again, and leave them their names.",
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
