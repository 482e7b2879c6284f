//! GGUF versions 2 and 3, little-endian.
//!
//! Layout: magic, version, tensor count, key count; typed key-value pairs; tensor names, dimensions, types and offsets;
//! padding; data. Only headers are read here, through a [`reader`] that fetches chunks as they are needed.

mod config;
mod header;
#[cfg(not(target_family = "wasm"))]
pub(crate) mod keys;
pub(crate) mod metadata;
pub(crate) mod names;
mod parts;
mod reader;
mod tensors;
mod vocab;
pub(crate) mod writer;

pub(crate) use header::{Header, named};

use super::container::Container;
use super::families;
use super::source::ModelFile;
use crate::error::{Code, Error, Result};
use crate::text::source::TextSource;
use header::MAGIC;
use reader::corrupt;

/// Those of `files` that are GGUF by their names.
fn by_name(files: &[ModelFile]) -> impl Iterator<Item = &ModelFile> {
    files.iter().filter(|f| f.name.to_ascii_lowercase().ends_with(".gguf"))
}

/// The GGUF files of a model among `files`: one, or its parts.
pub(super) async fn find_model(files: &[ModelFile]) -> Result<Option<Vec<&ModelFile>>> {
    match parts::of_one(&by_name(files).collect::<Vec<_>>()) {
        Some(parts) => Ok(Some(parts)),
        None => Ok(find(files).await?.map(|file| vec![file])),
    }
}

/// The GGUF file among `files`: by name, or by its first bytes when a single file has another name.
pub(crate) async fn find(files: &[ModelFile]) -> Result<Option<&ModelFile>> {
    let mut named = by_name(files);
    match (named.next(), named.next()) {
        (Some(file), None) => Ok(Some(file)),
        (Some(a), Some(b)) => Err(Error::new(
            Code::BadInput,
            format!("there are several GGUF files, e.g. `{}` and `{}`", a.name, b.name),
            "Name one of them.",
        )),
        (None, _) => match files {
            [file] if file.source.size() >= 4 && file.source.read_at(0, 4).await? == MAGIC => Ok(Some(file)),
            _ => Ok(None),
        },
    }
}

/// Reads the headers of a model's files.
pub(super) async fn open(files: &[&ModelFile]) -> Result<Container> {
    let mut parts = parts::read(files).await?.into_iter();
    let Some((first, header)) = parts.next() else { return Err(Error::internal("a model without files")) };
    open_header(header, parts).await.map_err(|e| named(first, e))
}

async fn open_header(mut header: Header, others: impl Iterator<Item = (&ModelFile, Header)>) -> Result<Container> {
    if let Some((what, advice)) = header.other_kind()? {
        return Err(Error::new(Code::UnsupportedFormat, format!("this is {what}"), advice));
    }
    let family = families::find(header.metadata.text("general.architecture")?.unwrap_or("(none)"))?;
    families::in_gguf(family)?;
    let pooling = header.metadata.unsigned(&format!("{}.pooling_type", family.architecture()))?.unwrap_or(0);
    if pooling > 0 {
        return Err(Error::new(
            Code::UnsupportedArchitecture,
            "the model was made to embed texts or to rank them, not to write",
            "Choose a language model here. An encoder for embeddings is the folder of another model, and no GGUF file.",
        ));
    }
    let known = |name: &str| names::canonical_name(name, family);
    let mut tensors = header.tensors(known).await?;
    for (file, mut header) in others {
        for (name, stored) in header.tensors(known).await? {
            if tensors.insert(name.clone(), stored).is_some() {
                return Err(corrupt(format!("the tensor `{name}` is in {} too", file.name)));
            }
        }
    }
    let mut metadata = header.metadata;
    let rope_factors = tensors::take_rope_factors(&mut tensors).await?;
    let config = config::model_config(&metadata, family, &tensors, rope_factors)?;
    let text = TextSource { gguf: vocab::vocabulary(&mut metadata, family.pre)?, ..TextSource::default() };
    Ok(Container {
        config,
        text,
        tensors,
        interleaved: family.gguf_interleaved,
        norms_less_one: false, // the converter has added the one
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
