//! GGUF versions 2 and 3, little-endian.
//!
//! Layout: magic, version, tensor count, key count; typed key-value pairs; tensor names, dimensions, types and offsets;
//! padding; data. Only the header is read here, through a [`reader`] that fetches chunks as they are needed.

mod config;
mod metadata;
mod names;
mod reader;
mod tensors;
mod vocab;

use super::container::Container;
use super::source::ModelFile;
use super::{families, foreign};
use crate::error::{Code, Error, Result};
use crate::text::source::TextSource;
use metadata::Metadata;
use reader::{Reader, corrupt};

/// The first bytes of every GGUF file.
pub(crate) const MAGIC: &[u8] = b"GGUF";

/// Caps on what a header may claim; real files have some hundreds of tensors and some tens of keys.
const MAX_TENSORS: u64 = 1 << 16;
const MAX_KEYS: u64 = 1 << 14;

/// Reads the header of a GGUF file.
pub(crate) async fn open(file: &ModelFile) -> Result<Container> {
    open_header(file).await.map_err(|e| Error { message: format!("{}: {}", file.name, e.message), ..e })
}

async fn open_header(file: &ModelFile) -> Result<Container> {
    let mut reader = Reader::new(file.source.clone());
    let (tensor_count, key_count) = preamble(&mut reader, &foreign::head(file).await?).await?;
    let mut metadata = Metadata::read(&mut reader, key_count).await?;
    if metadata.unsigned("split.count")?.is_some_and(|n| n > 1) {
        return Err(Error::new(
            Code::UnsupportedFormat,
            "the model is split over several GGUF files",
            "Merge them into one file first.",
        ));
    }
    if let Some((what, advice)) = other_kind(&metadata, tensor_count)? {
        return Err(Error::new(Code::UnsupportedFormat, format!("this is {what}"), advice));
    }
    let family = families::find(metadata.text("general.architecture")?.unwrap_or("(none)"))?;
    let mut tensors = tensors::read(&mut reader, tensor_count, metadata.alignment()?, family).await?;
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

/// What a GGUF file holds that is no language model, and what to do.
fn other_kind(metadata: &Metadata, tensors: u64) -> Result<Option<(&'static str, &'static str)>> {
    let kind = metadata.text("general.type")?.unwrap_or("model");
    let adapter = metadata.text("adapter.type")?.is_some();
    Ok(match (kind, metadata.text("general.architecture")?.unwrap_or_default()) {
        ("adapter", _) => Some(("a LoRA adapter, not a whole model", foreign::LORA)),
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
        _ if tensors == 0 && metadata.get("tokenizer.ggml.tokens").is_some() => Some((
            "a vocabulary without weights",
            "Load a GGUF file of the whole model: this one was made for tests of tokenizers.",
        )),
        _ => None,
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
