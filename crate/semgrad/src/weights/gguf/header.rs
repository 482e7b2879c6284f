//! The beginning of a GGUF file: what it says of itself, and which tensors it holds.

use super::metadata::Metadata;
use super::reader::{Reader, corrupt};
use super::tensors;
use crate::error::{Code, Error, Result};
use crate::weights::foreign;
use crate::weights::source::ModelFile;
use crate::weights::tensors::Stored;
use std::collections::HashMap;

/// The first bytes of every GGUF file.
pub(super) const MAGIC: &[u8] = b"GGUF";

/// Caps on what a header may claim; real files have some hundreds of tensors and some tens of keys.
const MAX_TENSORS: u64 = 1 << 16;
const MAX_KEYS: u64 = 1 << 14;

/// The beginning of a GGUF file; its tensors come next.
pub(crate) struct Header {
    pub metadata: Metadata,
    /// How many tensors there are.
    pub count: u64,
    reader: Reader,
}

impl Header {
    /// Reads what stands before the tensors' names.
    pub async fn read(file: &ModelFile) -> Result<Self> {
        let mut reader = Reader::new(file.source.clone());
        let (count, keys) = preamble(&mut reader, &foreign::head(file).await?).await?;
        let metadata = Metadata::read(&mut reader, keys).await?;
        Ok(Self { metadata, count, reader })
    }

    /// The tensors that `name` has a name for, by that name.
    pub async fn tensors(&mut self, name: impl Fn(&str) -> Option<String>) -> Result<HashMap<String, Stored>> {
        tensors::read(&mut self.reader, self.count, self.metadata.alignment()?, name).await
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
            ("imatrix", _) => Some(("an importance matrix (imatrix), which helps to quantize a model", foreign::MODEL)),
            // Of a model in several files the first may hold no tensors.
            _ if self.count == 0 && metadata.get("tokenizer.ggml.tokens").is_some() && !self.is_part()? => Some((
                "a vocabulary without weights",
                "Load a GGUF file of the whole model: this one was made for tests of tokenizers.",
            )),
            _ => None,
        })
    }
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

/// An error about a file.
pub(crate) fn named(file: &ModelFile, error: Error) -> Error {
    Error { message: format!("{}: {}", file.name, error.message), ..error }
}
