//! GGUF versions 2 and 3, little-endian.
//!
//! Layout: magic, version, tensor count, key count; typed key-value pairs; tensor names, dimensions, types and offsets;
//! padding; data. Only the header is read here, through a [`reader`] that fetches chunks as they are needed.

mod config;
pub(crate) mod metadata;
pub(crate) mod names;
mod parts;
mod reader;
mod tensors;
mod vocab;
pub(crate) mod writer;

use super::container::Container;
use super::source::ModelFile;
use super::tensors::Stored;
use super::{families, foreign};
use crate::error::{Code, Error, Result};
use crate::text::source::TextSource;
use metadata::Metadata;
use reader::{Reader, corrupt};
use std::collections::HashMap;

/// The first bytes of every GGUF file.
const MAGIC: &[u8] = b"GGUF";

/// Caps on what a header may claim; real files have some hundreds of tensors and some tens of keys.
const MAX_TENSORS: u64 = 1 << 16;
const MAX_KEYS: u64 = 1 << 14;

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

/// The beginning of a GGUF file; its tensors come next.
pub(crate) struct Header {
    pub metadata: Metadata,
    reader: Reader,
    tensors: u64,
}

impl Header {
    /// Reads what stands before the tensors' names.
    pub async fn read(file: &ModelFile) -> Result<Self> {
        let mut reader = Reader::new(file.source.clone());
        let (tensors, keys) = preamble(&mut reader, &foreign::head(file).await?).await?;
        let metadata = Metadata::read(&mut reader, keys).await?;
        Ok(Self { metadata, reader, tensors })
    }

    /// The tensors that `name` has a name for, by that name.
    pub async fn tensors(&mut self, name: impl Fn(&str) -> Option<String>) -> Result<HashMap<String, Stored>> {
        tensors::read(&mut self.reader, self.tensors, self.metadata.alignment()?, name).await
    }

    /// Whether the file says that it is an adapter.
    pub fn is_adapter(&self) -> Result<bool> {
        Ok(self.metadata.text("general.type")? == Some("adapter") || self.metadata.text("adapter.type")?.is_some())
    }

    /// Whether the file says that it is one of several of a model.
    fn is_part(&self) -> Result<bool> {
        Ok(self.metadata.unsigned("split.count")?.is_some_and(|count| count > 1))
    }

    /// What a GGUF file holds that is no language model, and what to do.
    pub fn other_kind(&self) -> Result<Option<(&'static str, &'static str)>> {
        let metadata = &self.metadata;
        let kind = metadata.text("general.type")?.unwrap_or("model");
        let adapter = self.is_adapter()?;
        Ok(match (kind, metadata.text("general.architecture")?.unwrap_or_default()) {
            _ if adapter => Some(("a LoRA adapter, not a whole model", foreign::LORA)),
            (_, "controlvector") => Some(("a control vector, not a model", "Load the model that it was made for.")),
            ("mmproj", _) | (_, "clip") => Some((
                "the image or audio part of a model (mmproj), not its language model",
                "Load the other GGUF file of the same model.",
            )),
            ("imatrix", _) => Some((
                "an importance matrix (imatrix), which helps to quantize a model",
                "Load a GGUF file of the model itself.",
            )),
            // Of a model in several files the first may hold no tensors.
            _ if self.tensors == 0 && metadata.get("tokenizer.ggml.tokens").is_some() && !self.is_part()? => Some((
                "a vocabulary without weights",
                "Load a GGUF file of the whole model: this one was made for tests of tokenizers.",
            )),
            _ => None,
        })
    }
}

/// Reads the headers of a model's files.
pub(super) async fn open(files: &[&ModelFile]) -> Result<Container> {
    let mut parts = parts::read(files).await?.into_iter();
    let Some((first, header)) = parts.next() else { return Err(Error::internal("a model without files")) };
    open_header(header, parts).await.map_err(|e| named(first, e))
}

/// An error about a file.
pub(crate) fn named(file: &ModelFile, error: Error) -> Error {
    Error { message: format!("{}: {}", file.name, error.message), ..error }
}

async fn open_header(mut header: Header, others: impl Iterator<Item = (&ModelFile, Header)>) -> Result<Container> {
    if let Some((what, advice)) = header.other_kind()? {
        return Err(Error::new(Code::UnsupportedFormat, format!("this is {what}"), advice));
    }
    let family = families::find(header.metadata.text("general.architecture")?.unwrap_or("(none)"))?;
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

/// Magic, version and counts: `(tensors, keys)`, both within the caps. `head` is how the file begins.
async fn preamble(reader: &mut Reader, head: &[u8]) -> Result<(u64, u64)> {
    if reader.size() < 24 || reader.bytes(4).await? != MAGIC {
        let begins = "the file does not begin as a GGUF file does".to_owned();
        let advice = "Check that it is a GGUF model, and that all of it was downloaded.";
        let known = foreign::recognize(head).filter(|_| !head.starts_with(MAGIC));
        let (message, advice) = known.map_or((begins, advice), |(what, advice)| (format!("this is {what}"), advice));
        return Err(Error::new(Code::UnsupportedFormat, message, advice));
    }
    let version = reader.u32().await?;
    match version {
        2 | 3 => {}
        _ if version & 0xffff == 0 => {
            return Err(Error::new(
                Code::UnsupportedFormat,
                "the GGUF file is big-endian",
                "Use the little-endian file, which almost all are.",
            ));
        }
        _ => {
            return Err(Error::new(
                Code::UnsupportedFormat,
                format!("the GGUF file has version {version}"),
                "Versions 2 and 3 can be read: convert the model again.",
            ));
        }
    }
    let (tensors, keys) = (reader.u64().await?, reader.u64().await?);
    if tensors > MAX_TENSORS || keys > MAX_KEYS {
        return Err(corrupt(format!("the header claims {tensors} tensors and {keys} keys")));
    }
    Ok((tensors, keys))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
